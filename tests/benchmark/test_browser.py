from benchmark.browser import Form

PAGE = """
<form method="post" action="/sign-in/out/"><input name="no" value="1"></form>
<form method="get"><input name="q" value="meadow"></form>
<form method="post">
  <input type="hidden" name="csrfmiddlewaretoken" value="x">
  <input type="hidden" name="version" value="3">
  <input type="radio" name="kind" value="a"><input type="radio" name="kind" value="b" checked>
  <input type="checkbox" name="agree" checked><input type="checkbox" name="more">
  <input type="file" name="photo"><input name="off" value="1" disabled>
  <select name="place"><option value="1">One</option><option value="2" selected>Two</option></select>
  <textarea name="what">
We grow &amp; share.</textarea>
  <button name="later" value="1">Save</button>
</form>
"""


def test_a_form_is_sent_as_it_stands():
    assert Form(PAGE).fields == [
        ("version", "3"), ("kind", "b"), ("agree", "on"), ("place", "2"), ("what", "We grow & share."),
    ]  # fmt: skip


def test_fields_can_be_filled_in_anew():
    assert Form(PAGE).filled(kind="a", later="1")[-2:] == [("kind", "a"), ("later", "1")]
    assert ("kind", "b") not in Form(PAGE).filled(kind="a")

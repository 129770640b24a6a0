"""Pages for when things go wrong stand on their own feet."""

import pytest
from django.template.loader import render_to_string

from communities.core.refusals import Refused


@pytest.mark.parametrize("code", [400, 403, 404, 413, 429, 500, 503])
def test_an_error_page_needs_nothing_and_says_what_to_do(code):
    html = render_to_string(f"{code}.html", {})

    assert html.count("<h1") == 1
    assert "Go to the first page" in html


def test_an_address_that_leads_nowhere_is_told_so(client, asha):
    client.force_login(asha)
    response = client.get("/no/such/page/")

    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/office/", "http://testserver/office/"),
        ("https://evil.example/", None),
        ("javascript:alert(1)", None),
    ],
)
def test_a_refusal_leads_back_to_pages_of_ours_only(rf, referer, back):
    request = rf.get("/", headers={"referer": referer})
    html = render_to_string("refused.html", {"refused": Refused("No.", "Ask."), "typed": [("Name", "Pat")]}, request)

    assert ("Go back to the page you came from" in html) is bool(back)
    assert "evil" not in html
    assert "javascript" not in html
    assert "Pat" in html


def test_help_stands_at_the_foot_of_every_page(client, asha, settings):
    client.force_login(asha)
    html = client.get("/no/such/page/").content.decode()

    assert settings.HELP_PHONE in html
    assert html.index("</main>") < html.rindex(settings.HELP_PHONE)

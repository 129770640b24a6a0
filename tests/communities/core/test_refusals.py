"""A refusal is a page that says why, what to do next, and gives back what was typed."""

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from communities.core.models import Event
from communities.core.refusals import RefusalMiddleware, Refused, kept_on, typed
from tests.sample.models import BID


@pytest.fixture
def post(asha):
    request = RequestFactory().post(
        "/apply/", {"title": "A shed", "what_for": "Tools", "csrfmiddlewaretoken": "x", "sort_code": "200000"}
    )
    request.user = asha
    return request


def test_the_page_tells_why_and_what_next_and_keeps_what_was_typed(post):
    answer = RefusalMiddleware(None).process_exception(post, Refused("This round has closed.", "Look at the next."))
    page = answer.content.decode()
    assert answer.status_code == 409
    for text in ("This round has closed.", "Look at the next.", "What for", "Tools"):
        assert text in page
    assert "200000" not in page


def test_other_errors_are_left_alone(post):
    assert RefusalMiddleware(None).process_exception(post, ValueError()) is None
    assert not Event.objects.exists()


def test_the_refusal_is_kept_although_the_steps_transaction_is_gone(post, bid, stranger, at):
    post.user = stranger
    with pytest.raises(Refused) as refused, BID.step("send", bid, by=stranger, at=at):
        pass
    RefusalMiddleware(None).process_exception(post, refused.value)
    event = Event.objects.get()
    assert (event.verb, event.actor, event.case, event.object_model) == ("refused", stranger, bid.case, "sample.Bid")
    assert event.detail.data == {"act": "bid.send", "method": "POST", "path": "/apply/"}


def test_a_visitor_is_refused_too(post):
    post.user = AnonymousUser()
    assert RefusalMiddleware(None).process_exception(post, Refused("No.", status=403)).status_code == 403
    assert Event.objects.get().actor is None


def test_a_refusal_is_never_a_success_or_a_fault():
    with pytest.raises(ValueError, match="4xx"):
        Refused("No.", status=500)


def test_a_form_keeps_its_page_when_the_rules_say_no(post):
    class Title(forms.Form):
        title = forms.CharField()

    form = Title(post.POST)
    assert form.is_valid()
    with kept_on(form, post):
        raise Refused("This round has closed.", "Look at the next.")
    assert not form.is_valid()
    assert form.non_field_errors() == ["This round has closed. Look at the next."]
    assert Event.objects.filter(verb="refused").exists()


def test_passwords_codes_and_bank_details_are_not_given_back():
    request = RequestFactory().post(
        "/", {"password1": "a", "account_number": "b", "code": "c", "story": "d", "no": " "}
    )
    assert typed(request) == [("Story", "d")]

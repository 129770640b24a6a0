"""Whatever is not on this list needs an account."""

from django.urls import URLResolver, get_resolver

OPEN = {
    "/",
    "/rounds/",
    "/rounds/<uuid:public_id>/",
    "/rounds/<uuid:public_id>/questions/",
    "/rounds/<uuid:public_id>/quiz/",
    "/healthz",
    "/readyz",
    "/sign-in/",
    "/sign-in/code/",
    "/sign-in/password/",
    "/sign-in/closed/",
    "/sign-in/new/",
    "/sign-in/password/forgotten/",
    "/sign-in/email/confirm/",
    "/sign-in/out/",
    "/sign-in/2fa/authenticate/",
    "/demonstration/sign-in/<int:pk>/",  # answers 404 outside the demonstration: test_demonstration.py
    "/help/contact/",
    "/help/accessibility/",
    "/help/privacy/",
    "/help/cookies/",
    "/purpose/",
    "/places/",
    "/places/check/",
    "/places/data/",
    "/places/<slug:code>/",
}


def addresses(resolver, before="/"):
    for pattern in resolver.url_patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, address)
        else:
            yield address, pattern.callback


def test_only_the_listed_pages_open_without_an_account():
    found = {address for address, view in addresses(get_resolver()) if not getattr(view, "login_required", True)}
    assert found == OPEN


WITHOUT_SECOND_PROOF = ("/healthz", "/help/", "/sign-in/2fa/", "/sign-in/again/", "/sign-in/out/")


def test_nobody_of_the_office_gets_anywhere_without_a_second_proof(client, carol):
    client.force_login(carol)
    plain = sorted(address for address, _ in addresses(get_resolver()) if "<" not in address and "(" not in address)
    asked = [address for address in plain if not address.startswith(WITHOUT_SECOND_PROOF)]
    found = {address: client.get(address).headers.get("Location") for address in asked}
    assert set(found.values()) == {"/sign-in/2fa/totp/activate/"}, found

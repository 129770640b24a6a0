"""A browser that is signed in as one of the cast."""

import pytest

from tests.browser.pages import watch


@pytest.fixture
def site(page, live_server, client, settings):
    """Open pages as somebody: `site(carol, "/office/")` gives the page."""
    settings.STAFF_SECOND_FACTOR = False
    watch(page)

    def visit(user, address):
        if user is not None:
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page.goto(f"{live_server.url}{address}")
        return page

    return visit

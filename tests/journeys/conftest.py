"""A village of browsers: one for each person, all looking at the same site, with a clock that the story moves."""

import re
from contextlib import ExitStack

import pytest
from pytest_django.live_server_helper import LiveServer

from communities.core.clock import moved


class Person:
    """Somebody at a browser: reads labels and buttons, types and presses, as people do."""

    def __init__(self, page, email):
        self.page, self.email = page, email
        page.set_default_timeout(20_000)

    def open(self, address):
        answer = self.page.goto(address)
        assert answer.status == 200, f"{self.email}: {address} answers {answer.status}"

    def sign_in(self):
        """With a code, as everybody does."""
        self.open("/sign-in/")
        self.page.get_by_label("Your email address").fill(self.email)
        self.press("Send me a code")
        self.page.get_by_label("Code from the email").fill(newest_code(self.email))
        self.press("Continue")

    def press(self, name):
        """A button, or a link: people do not know which is which."""
        same = {"name": name, "exact": isinstance(name, str)}
        self.page.get_by_role("button", **same).or_(self.page.get_by_role("link", **same)).first.click()

    def press_twice(self, name):
        """Where the first press leads to a page that asks once more."""
        self.press(name)
        self.press(name)

    def type(self, **fields):
        """Into fields, by their names."""
        for name, value in fields.items():
            self.page.locator(f"[name='{name}']:visible").fill(value)

    def date(self, name, day, month, year):
        self.type(**{f"{name}_day": day, f"{name}_month": month, f"{name}_year": year})

    def choose(self, name, value):
        self.page.locator(f"[name='{name}'][value='{value}']").check()

    def answer(self, question, answer):
        """A choice under its question."""
        self.page.get_by_role("group", name=question).get_by_label(answer, exact=True).first.check()

    def tick(self, label):
        self.page.get_by_label(label).first.check()

    def reads(self, *sentences):
        """All of these stand on the page."""
        text = " ".join(self.page.locator("body").inner_text().split())
        missing = [each for each in sentences if each not in text]
        assert not missing, f"{self.page.url} does not say {missing}:\n{text[:3000]}"


def newest_code(email):
    from communities.core.models import Message

    letters = Message.objects.filter(recipient=email, subject__startswith="Your code").order_by("-pk")
    return re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", letters[0].body, re.MULTILINE).group()


@pytest.fixture(scope="module")
def server(world):
    """The site with the demonstration in it."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def visitor(browser, server, settings):
    """Opens browsers: `visitor("tilly@example.org")` is not signed in yet."""
    settings.STAFF_SECOND_FACTOR = False
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    with ExitStack() as open_:

        def someone(email, **options):
            context = open_.enter_context(browser.new_context(base_url=server, **options))
            return Person(context.new_page(), email)

        yield someone


@pytest.fixture
def somebody(visitor):
    """Opens browsers of people who have signed in; the same person keeps the same one."""
    known = {}

    def someone(name):
        if name not in known:
            known[name] = visitor(f"{name}@demo.invalid")
            known[name].sign_in()
        return known[name]

    return someone


@pytest.fixture
def clock():
    """Moves the clock of the story: `clock(datetime)`."""
    with ExitStack() as stack:
        yield lambda at: stack.enter_context(moved(at))

"""A browser of the smallest kind: one kept connection, one session, forms filled in as they stand."""

import http.client
import select
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

CSRF = "benchmarkbenchmarkbenchmarkbench"  # 32 letters: cookie and form agree, which is all that is asked


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    location: str
    seconds: float

    @property
    def text(self) -> str:
        """The page."""
        return self.body.decode()


@dataclass
class Browser:
    """Somebody at the site."""

    port: int
    session: str = ""
    connection: Any = field(init=False)

    def __post_init__(self) -> None:
        """Connect at once, so that the first request does not pay for it."""
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        self._connect()

    def _connect(self) -> None:
        """Before the time is taken: connect, again if the server has closed what was kept too long."""
        if self.connection.sock and select.select([self.connection.sock], [], [], 0)[0]:
            self.connection.close()
        if not self.connection.sock:
            self.connection.connect()

    def get(self, path: str, *, signed_in: bool = True) -> Answer:
        """Open an address."""
        return self._ask("GET", path, None, signed_in=signed_in)

    def post(self, path: str, content: list[tuple[str, str]]) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode([("csrfmiddlewaretoken", CSRF), *content]).encode(), signed_in=True)

    def _ask(self, method: str, path: str, body: bytes | None, *, signed_in: bool) -> Answer:
        headers = {"Host": f"127.0.0.1:{self.port}"}
        if signed_in and self.session:
            headers["Cookie"] = f"sessionid={self.session}; csrftoken={CSRF}"
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connect()
        began = time.perf_counter()
        try:
            self.connection.request(method, path, body, headers)
            response = self.connection.getresponse()
            content = response.read()
        except OSError:
            self.connection.close()  # one broken line must not break whatever is asked next
            raise
        return Answer(response.status, content, response.headers.get("Location", ""), time.perf_counter() - began)


class Form(HTMLParser):
    """The form of a page whose address ends like this, with what stands in it."""

    def __init__(self, page: str, action: str | None = None) -> None:
        super().__init__()
        self.wanted, self.inside, self.fields = action, False, list[tuple[str, str]]()
        self.area, self.choice, self.text = "", "", ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A field begins."""
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            action = given.get("action", "")
            self.inside = given.get("method", "").lower() == "post" and "sign-in/out" not in action
            self.inside = self.inside and (self.wanted is None or self.wanted in action)
        if not self.inside or "disabled" in given:
            return
        if tag == "input" and name and name != "csrfmiddlewaretoken":
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    self.fields.append((name, given.get("value", "on")))
            elif kind not in ("file", "submit", "button"):
                self.fields.append((name, given.get("value", "")))
        elif tag == "textarea":
            self.area, self.text = name, ""
        elif tag == "select":
            self.choice = name
        elif tag == "option" and self.choice and "selected" in given:
            self.fields.append((self.choice, given.get("value", "")))

    def handle_data(self, data: str) -> None:
        """What is written in a large field."""
        if self.area:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        """A field ends."""
        if tag == "form":
            self.inside = False
        if tag == "textarea" and self.area:
            self.fields.append((self.area, self.text.removeprefix("\n")))
            self.area = ""
        if tag == "select":
            self.choice = ""

    def filled(self, **values: str) -> list[tuple[str, str]]:
        """The fields with some of them filled in anew."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        return kept + list(values.items())

"""Reading the office's pages in tests."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


def text(response):
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def buttons(response):
    """What the action bar offers."""
    return [button["text"] for button in response.context["buttons"]]


def case_page(bid, step=""):
    """The address of a bid's case page, or of a step from there."""
    if step:
        return reverse("admin:grants_application_act", args=[bid.public_id, step])
    return reverse("admin:grants_application_case", args=[bid.public_id])


def cost(client, address):
    """How many statements a page costs, none of them twice. The first visit warms what is kept between pages."""
    client.get(address)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(address).status_code == 200
    statements = [query["sql"] for query in caught.captured_queries]
    assert len(set(statements)) == len(statements), "the same statement twice"
    return len(statements)

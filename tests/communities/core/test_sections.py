"""Rooms show their part on shared pages, in order, at the cost of one load each."""

import pytest

from communities.core import sections
from communities.core.sections import assemble, section


@pytest.fixture(autouse=True)
def _none_yet(monkeypatch):
    monkeypatch.setattr(sections, "SECTIONS", {})


class Row:
    def __init__(self, pk):
        self.pk = pk


def test_parts_come_in_order_and_only_where_there_is_something_to_show(asha):
    loads = []
    section("case", "second", order=20, template="b.html")(lambda rows, user: loads.append(len(rows)) or {1: "b"})
    section("case", "first", order=10, template="a.html")(lambda rows, user: {row.pk: "a" for row in rows})
    parts = assemble("case", [Row(1), Row(2)], asha)
    assert {pk: [(part.name, part.template, part.value) for part in shown] for pk, shown in parts.items()} == {
        1: [("first", "a.html", "a"), ("second", "b.html", "b")],
        2: [("first", "a.html", "a")],
    }
    assert loads == [2]


def test_a_page_nobody_adds_to_is_empty(asha):
    assert assemble("nowhere", [Row(1)], asha) == {1: []}


@pytest.mark.parametrize(("name", "order"), [("first", 20), ("other", 10)])
def test_a_taken_name_or_place_is_a_mistake(name, order):
    section("case", "first", order=10, template="a.html")(lambda rows, user: {})
    with pytest.raises(ValueError, match="collide"):
        section("case", name, order=order, template="a.html")(lambda rows, user: {})

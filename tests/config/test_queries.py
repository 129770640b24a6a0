"""The watch for a query for each row sees one: in a page, in a unit of work, and not where there is none."""

import pytest
from django.http import HttpResponse
from django.urls import path

from communities.core.lifecycle import unit
from communities.people.models import Person
from tests.plugins import queries

pytestmark = pytest.mark.django_db


def taken():
    """What was seen so far, taken away so that this test does not fail of it."""
    seen = dict(queries.found)
    queries.found.clear()
    return seen


@pytest.fixture
def people(asha, ben):
    return Person.objects.order_by("pk")


def by_relation(people):
    return [person.user.email for person in people]


def by_get(people):
    return [Person.objects.get(pk=pk).full_name for pk in people.values_list("pk", flat=True)]


def by_missing_column(people):
    return [person.phone for person in people.only("pk")]


@pytest.mark.parametrize("ask", [by_relation, by_get, by_missing_column])
def test_a_query_for_each_row_is_seen(people, ask):
    with unit():
        ask(people)
    [(where, what)] = taken().items()
    assert __file__ in where
    assert what.startswith("communities.Person.")


def test_one_query_for_all_rows_is_nothing(people):
    with unit():
        by_relation(people.select_related("user"))
        by_relation(people.prefetch_related("user"))
    assert taken() == {}


def test_the_same_row_twice_is_nothing(people):
    with unit():
        for _ in range(2):
            by_relation(people[:1])
            by_get(people[:1])
    assert taken() == {}


def test_each_unit_is_counted_by_itself(people):
    for person in people:
        with unit():
            by_relation([person])
    assert taken() == {}


def page(request):
    return HttpResponse(" ".join(by_relation(Person.objects.all())))


urlpatterns = [path("health/", page)]


@pytest.mark.urls(__name__)
def test_it_is_seen_in_a_page(people, client, asha):
    client.force_login(asha)
    client.get("/health/")
    assert [what for what in taken().values() if "Person" in what] == ["communities.Person.user"]


def test_what_was_seen_fails_the_test():
    running = queries.pytest_runtest_call()
    next(running)
    queries.found["a place"] = "grants.Application.group"
    with pytest.raises(pytest.fail.Exception, match=r"grants\.Application\.group at a place"):
        running.send(None)

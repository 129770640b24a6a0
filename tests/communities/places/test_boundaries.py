"""A place gets a new boundary with its own dates; the old one stays as it was."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from communities.core.events import Event
from communities.core.refusals import Refused
from communities.places.models import DefinitionPart, PlaceDefinition, PriorityPlace
from communities.places.operations.boundaries import NewPart, define
from communities.places.operations.facts import load_places
from communities.places.queries.boundaries import boundary, current_places
from tests.cast import AT
from tests.communities.places.test_imports import areas  # noqa: F401  a fixture

ESTATES = [NewPart("lsoa", "E01000011", 2021)]


def drawn(by, parts=ESTATES, valid_from=date(2026, 9, 1), certainty="certain", decided_by="Cabinet, 3 July 2026"):
    place = PriorityPlace.objects.get(code="BAS")
    return define(
        place,
        parts,
        certainty=certainty,
        decided_by=decided_by,
        note="The estates.",
        valid_from=valid_from,
        by=by,
        at=AT,
    )


def standing(on):
    return boundary(next(each for each in current_places(on) if each.code == "BAS"))


def test_a_new_boundary_holds_from_its_day_and_the_old_until_then(areas, carol):  # noqa: F811
    new = drawn(carol)
    assert (new.version, standing(date(2026, 8, 31)).version, standing(date(2026, 9, 1))) == (2, 1, new)
    assert [part.name for part in new.parts.all()] == ["Basildon 001A"]
    event = Event.objects.get(verb="priority_place.define")
    assert (event.actor, event.detail.data["areas"]) == (carol, ["lsoa E01000011 2021"])


def test_codes_that_are_no_known_areas_draw_no_boundary(areas, carol):  # noqa: F811
    for parts in ([NewPart("lsoa", "E01000099", 2021)], [NewPart("ward", "E01000011", 2024)], []):
        with pytest.raises(Refused):
            drawn(carol, parts)
    assert PlaceDefinition.objects.filter(place__code="BAS").count() == 1


def test_a_boundary_cannot_begin_before_the_one_in_force(areas, carol):  # noqa: F811
    with pytest.raises(Refused, match="began on 1 January 2022"):
        drawn(carol, valid_from=date(2021, 1, 1))


def test_those_without_the_right_draw_nothing(areas, asha, anil):  # noqa: F811
    for by in (asha, anil):
        with pytest.raises(Refused):
            drawn(by)


def test_the_database_refuses_a_certain_boundary_that_nobody_decided(facts):
    place = PriorityPlace.objects.get(code="BAS")
    PlaceDefinition.objects.filter(place=place).update(valid_to=date(2026, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceDefinition.objects.create(
            place=place, version=2, certainty="certain", note="x", decided_by="", valid_from=date(2026, 1, 1)
        )


def test_the_database_refuses_two_boundaries_at_once(facts):
    place = PriorityPlace.objects.get(code="BAS")
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceDefinition.objects.create(
            place=place, version=2, certainty="candidate", note="x", valid_from=date(2026, 1, 1)
        )


def test_the_areas_of_a_boundary_never_change(facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        DefinitionPart.objects.filter(code="E07000076").update(code="E07000077")


def test_six_places_come_with_three_certain_boundaries(facts):
    certain = set(PlaceDefinition.objects.filter(certainty="certain").values_list("place__code", flat=True))
    assert (PriorityPlace.objects.count(), certain) == (6, {"TEN", "HAR", "CAN"})


def test_loading_again_adds_nothing_and_keeps_what_officers_changed(areas, carol):  # noqa: F811
    PriorityPlace.objects.filter(code="TEN").update(strengths="The pier, the band, the lifeboat.")
    drawn(carol)
    loaded = load_places()
    assert {name: each.new for name, each in loaded.items()} == dict.fromkeys(loaded, 0)
    assert loaded["priority places"].differing == ("Tendring",)
    assert PriorityPlace.objects.get(code="TEN").strengths.startswith("The pier")
    assert PlaceDefinition.objects.filter(place__code="BAS").count() == 2

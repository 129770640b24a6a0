"""What happened is written down with the change, read as one life, and proved by seals."""

import io
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import connection

from communities.core import sealing
from communities.core.clock import moved
from communities.core.events import describe, erase_detail, record_event, sentence, timeline
from communities.core.models import Event, EventDetail, Link
from communities.core.sealing import seal, verify
from tests.sample.models import BID


def test_a_bids_life_is_one_query_with_names_sentences_and_reasons(bid, asha, at, django_assert_num_queries):
    with BID.step("send", bid, by=asha, at=at, reason="Ready at last"):
        pass
    describe("bid.phone", "Telephone call")
    record_event("bid.phone", bid, by=asha, at=at + timedelta(hours=1))
    record_event("refused", bid, by=asha, at=at)
    with django_assert_num_queries(1):
        lines = [(entry.who, entry.sentence, entry.reason) for entry in timeline(bid.case)]
    assert lines == [
        ("Asha Patel", "Bid sent to the council", "Ready at last"),
        ("Asha Patel", "Telephone call", ""),
    ]


def test_a_verb_without_a_sentence_reads_as_its_words():
    assert sentence("bid.moved_place") == "Moved place"


def test_a_visitors_event_has_no_actor(db, at):
    assert record_event("export", at=at).actor is None


def test_detail_keeps_money_and_microseconds_exactly(bid, at):
    moment = datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC)
    event = record_event("note", bid, at=at, detail={"amount": Decimal("10.50"), "when": moment})
    assert event.detail.data == {"amount": "10.50", "when": "2026-01-01T00:00:00.000001+00:00"}


@pytest.fixture
def chain(bid, asha, at):
    for number in range(12):
        record_event("note", bid, by=asha, at=at + timedelta(minutes=number), reason=f"{number}", detail={"n": number})
        if number % 4 == 3:
            seal()
    return list(Event.objects.order_by("pk"))


@pytest.fixture
def without_triggers(chain):
    """As somebody who owns the tables could."""
    from communities.core.triggers import lifted

    with lifted([Event, EventDetail, Link]):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
                cursor.execute("SET session_replication_role = replica")  # foreign keys could be dropped as well
        else:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA defer_foreign_keys = ON")
        yield chain
        # what the test broke is thrown away with its transaction, before the checks at its end
        for model in (EventDetail, Link, Event):
            model.objects.all()._raw_delete("default")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET session_replication_role = origin")


def test_an_untouched_chain_verifies(chain):
    verdict = verify()
    assert (verdict.sealed, verdict.unsealed, verdict.anchors, verdict.findings) == (12, 0, 3, [])


def test_the_unsealed_tail_is_counted(chain, at):
    record_event("note", at=at)
    assert (verify().unsealed, verify().findings) == (1, [])


def test_sealing_twice_changes_nothing(chain):
    assert seal() == 0
    assert Link.objects.count() == 12


def test_a_late_event_with_a_lower_key_is_sealed_too(bid, asha, at):
    """A slow transaction's key appears after a higher one was sealed."""
    first = record_event("slow", bid, by=asha, at=at)
    kept = Event.objects.filter(pk=first.pk)
    later = Event(**{field.attname: getattr(first, field.attname) for field in Event._meta.concrete_fields})
    later.pk = first.pk + 10
    later.save(force_insert=True)
    Link.objects.create(position=1, event=later, sealed_at=at, hash=sealing.link_hash(sealing.START, 1, at, later))
    with moved(at):
        assert seal() == 1
    assert Link.objects.get(event=kept.get()).position == 2
    assert verify().findings == []


def test_the_quick_seal_looks_back_an_hour_and_the_daily_one_through_all(bid, asha, at):
    with moved(at):
        early, late = (record_event("note", bid, by=asha, at=at) for _ in range(2))
        Link.objects.create(position=1, event=late, sealed_at=at, hash=sealing.link_hash(sealing.START, 1, at, late))
    with moved(at + timedelta(hours=2)):
        assert seal() == 0
        assert seal(everything=True) == 1
    assert Link.objects.get(event=early).position == 2
    assert verify().findings == []


def test_erased_detail_is_no_finding_and_the_erasure_stays(chain, asha, at):
    erase_detail(chain[:2], by=asha, at=at, reason="She asked for it")
    assert EventDetail.objects.count() == 10
    assert verify().findings == []
    assert Event.objects.filter(verb="event_detail.erase", reason="She asked for it").count() == 2


def test_an_event_sealed_days_after_its_time_is_noted(db, at):
    with moved(at + timedelta(days=3)):
        record_event("paper_vote", at=at)
        seal()
    assert len(verify().notes) == 1


def altered(model, pk, **values):
    model.objects.filter(pk=pk).update(**values)


def rechain(after):
    """What somebody who knows the code would do: write all later seals anew."""
    link = Link.objects.filter(position__lte=after).order_by("-position").first()
    previous = link.hash if link else sealing.START
    for position, link in enumerate(Link.objects.filter(position__gt=after).order_by("position"), start=after + 1):
        Link.objects.filter(pk=link.pk).update(position=position)
        event = Event.objects.get(pk=link.event_id)
        previous = sealing.link_hash(previous, position, link.sealed_at, event)
        Link.objects.filter(pk=position).update(hash=previous)


def raw_delete(model, **where):
    model.objects.filter(**where)._raw_delete("default")


def remove_tail(event):
    position = event.link.position
    pks = list(Link.objects.filter(position__gte=position).values_list("event_id", flat=True))
    raw_delete(Link, position__gte=position)
    raw_delete(EventDetail, pk__in=pks)
    raw_delete(Event, pk__in=pks)


def remove_and_rechain(event):
    position = event.link.position
    raw_delete(Link, event=event)
    raw_delete(EventDetail, event=event)
    raw_delete(Event, pk=event.pk)
    rechain(position - 1)


def alter_and_rechain(event):
    altered(Event, event.pk, reason="innocent")
    rechain(event.link.position - 1)


def swap(event):
    other = Event.objects.exclude(pk=event.pk).order_by("?").first()
    one, two = event.link.position, other.link.position
    raw_delete(Link, position__in=[one, two])
    Link.objects.create(position=one, event=other, sealed_at=other.link.sealed_at, hash=event.link.hash)
    Link.objects.create(position=two, event=event, sealed_at=event.link.sealed_at, hash=other.link.hash)


def forge_detail(event):
    from communities.core.canonical import canonical, digest

    detail = event.detail
    altered(EventDetail, event.pk, content=canonical({"n": 99}))
    altered(Event, event.pk, digest=digest({"n": 99}, salt=detail.salt))


MUTATIONS = {
    "at, by a microsecond": lambda e: altered(Event, e.pk, at=e.at + timedelta(microseconds=1)),
    "recorded_at": lambda e: altered(Event, e.pk, recorded_at=e.recorded_at - timedelta(days=1)),
    "actor": lambda e: altered(Event, e.pk, actor=None),
    "verb": lambda e: altered(Event, e.pk, verb="other"),
    "model": lambda e: altered(Event, e.pk, object_model="sample.Pot"),
    "object": lambda e: altered(Event, e.pk, object_pk="0"),
    "case": lambda e: altered(Event, e.pk, case=None),
    "from": lambda e: altered(Event, e.pk, source="x"),
    "to": lambda e: altered(Event, e.pk, target="x"),
    "reason": lambda e: altered(Event, e.pk, reason="x"),
    "digest": lambda e: altered(Event, e.pk, digest="0" * 64),
    "digest away": lambda e: altered(Event, e.pk, digest=""),
    "event deleted": lambda e: raw_delete(Event, pk=e.pk),
    "link deleted": lambda e: raw_delete(Link, event=e),
    "all of it deleted": lambda e: [
        raw_delete(Link, event=e),
        raw_delete(EventDetail, event=e),
        raw_delete(Event, pk=e.pk),
    ],
    "detail deleted": lambda e: raw_delete(EventDetail, event=e),
    "detail altered": lambda e: altered(EventDetail, e.pk, content='{"n":99}'),
    "detail and digest altered": forge_detail,
    "salt": lambda e: altered(EventDetail, e.pk, salt="0" * 32),
    "seal": lambda e: altered(Link, e.link.pk, hash="0" * 64),
    "time of seal": lambda e: altered(Link, e.link.pk, sealed_at=e.link.sealed_at + timedelta(seconds=1)),
    "two places swapped": swap,
    "tail cut": remove_tail,
    "altered, chain written anew": alter_and_rechain,
    "removed, chain written anew": remove_and_rechain,
}


@pytest.mark.parametrize("kind", MUTATIONS)
@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_altered_is_found(without_triggers, kind, seed):
    """25 kinds, 8 places each: 200 alterations, by somebody who owns the tables."""
    event = random.Random(f"{kind}{seed}").choice(without_triggers)
    event.link, event.detail  # noqa: B018 (read before they are gone)
    MUTATIONS[kind](event)
    findings = verify().findings
    assert findings
    if "anew" not in kind and kind != "tail cut":
        named = f"Event {event.pk} ", f"event {event.pk} ", f"Places {event.link.position} ", "anchored but gone"
        assert any(name in finding for name in named for finding in findings), findings


def test_without_the_anchors_a_cut_tail_goes_unseen(without_triggers, settings, tmp_path):
    """Why the anchors are kept, and should be kept by somebody else."""
    settings.EVENT_ANCHORS = tmp_path / "none.txt"
    remove_tail(without_triggers[-1])
    assert verify().findings == []


def test_the_command_names_the_altered_event_and_ends_with_an_error(without_triggers, capsys):
    event = without_triggers[5]
    altered(Event, event.pk, reason="innocent")
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify_events", stdout=out, stderr=err)
    assert ended.value.code == 1
    assert f"Event {event.pk} (place 6" in err.getvalue()


def test_the_command_reports_a_sound_chain_and_its_tail(chain, at):
    record_event("note", at=at)
    out = io.StringIO()
    call_command("verify_events", stdout=out)
    assert "12 events sealed, 3 anchors compared." in out.getvalue()
    assert "1 not sealed yet" in out.getvalue()
    assert "Nothing was altered." in out.getvalue()

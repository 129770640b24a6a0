"""Two hundred groups are told in one step while everybody else goes on working."""

from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from django.db import OperationalError, connection, connections

from communities.core.lifecycle import lock, unit
from communities.core.models import Message
from grants.applications import operations as applications
from grants.applications.models import ReferenceYear, SectionAnswer, Submission
from grants.awards.models import Award
from grants.awards.operations import extend_offer, lapse_offers
from grants.decisions import operations as decisions
from grants.decisions.models import Decision, Meeting, Motion, Vote
from grants.funds.models import Budget
from tests.at_once import at_once, crowd, meanwhile, unexpected, wait_until
from tests.cast import AT
from tests.factories import awards as make
from tests.factories.applications import ApplicationFactory, WholeRoundFactory, copied, fill_in, framework
from tests.factories.assessment import BidFactory, declare, panel_of
from tests.factories.decisions import HELD, meeting_of, motion_on
from tests.factories.groups import make_group

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def waiting(meadow, carol, grace):
    """Two hundred decisions, two of three to fund."""
    make.money_round(limit=100_000)
    return make.waiting_to_be_told(meadow, 200, officer=carol, ratifier=grace)


@pytest.fixture
def writers(asha, ben, dev, joan, hassan, monkeypatch):
    """In another round somebody saves a section, somebody sends bids and somebody votes, over and over."""
    framework()
    ReferenceYear.objects.create(year=2026, last=1000)  # the others have the first numbers
    round_ = WholeRoundFactory()
    bid = fill_in(ApplicationFactory(round=round_, group=make_group(asha, ben), started_by=asha), asha)
    ready = iter([copied(bid, make_group(asha, name=f"Group {number}")) for number in range(20)])
    versions = count(bid.answers.get(section="idea").version)
    panel, item = panel_of(dev, joan, hassan, round=round_), BidFactory(round=round_, reference="CCF-2026-0999")
    declare(item, dev, joan, hassan)
    meeting, seat = meeting_of(panel, dev, joan, hassan), panel.seats.get(person__user=dev)

    def save():
        content = {"title": "Suppers", "what": "Cook and eat together."}
        return applications.save_section(bid, section="idea", content=content, version=next(versions), by=asha, at=AT)

    def send():
        return applications.submit(sent, by=asha, at=AT) if (sent := next(ready, None)) else None

    def vote():
        motion = motion_on(meeting, item)
        cast = decisions.cast_vote(motion, seat=seat, choice="for", by=dev, at=HELD)
        Motion.objects.filter(pk=motion.pk).update(status="lost")
        return cast

    if connection.vendor == "postgresql":  # they are refused what they would have to wait a second for
        options = connections.databases["default"]["OPTIONS"]
        monkeypatch.setitem(options, "options", f"{options['options']} -c lock_timeout=1s")
    return save, send, vote


def three_turns_each(met):
    """Everybody gets something done three times from now on."""
    before = Counter(type(each) for each in list(met))
    wait_until(
        lambda: (
            unexpected(met)
            or all(
                (Counter(type(each) for each in list(met)) - before)[kind] >= 3
                for kind in (SectionAnswer, Submission, Vote)
            )
        )
    )


def test_two_hundred_groups_are_told_in_one_step_and_nobody_waits_for_it(waiting, writers, grace):
    with meanwhile(*writers) as met, unit():
        told = decisions.release(waiting, by=grace, at=make.OFFERED)
        if connection.vendor == "postgresql":
            three_turns_each(met)  # while all is written and nothing let go of; SQLite has one writer at a time
    assert unexpected(met) == []
    assert len(told) == Decision.objects.filter(status="released").count() == 200
    assert (Award.objects.count(), Message.objects.filter(template="offer_made").count()) == (133, 266)


@pytest.mark.postgresql
def test_whoever_had_to_wait_would_be_noticed(waiting, writers, grace):
    """The control: the same step with a lock that the others need."""
    with meanwhile(*writers) as met, unit():
        lock(Meeting.objects.all())
        decisions.release(waiting, by=grace, at=make.OFFERED)
        three_turns_each(met)
    assert [type(each) for each in unexpected(met)][:1] == [OperationalError]


def test_an_offer_given_more_time_while_offers_end_does_not_end(offered, grace):
    """Twenty times an officer and the clock meet."""
    last = offered.offer_ends_on
    night = make.OFFERED + timedelta(days=29)
    with crowd(2) as together:
        for _ in range(20):
            met = together(
                lambda: lapse_offers(at=night),
                lambda: extend_offer(offered, until=last + timedelta(days=7), reason="Ill.", by=grace, at=make.OFFERED),
            )
            assert unexpected(met) == []
            award = Award.objects.get()
            assert (award.status, award.offer_ends_on > last) in (("lapsed", False), ("offered", True))
            Award.objects.filter(pk=award.pk).update(status="offered", offer_ends_on=last)
            if award.status == "lapsed":
                break  # its money went back once: that is booked and cannot be put back


def test_two_clocks_end_an_offer_once(offered):
    met = at_once(*[lambda: lapse_offers(at=make.OFFERED + timedelta(days=29))] * 4)
    assert sorted(met) == [0, 0, 0, 1]
    assert Budget.objects.get().committed == 0


def test_a_decision_set_aside_or_put_off_in_the_moment_of_telling_is_not_told(meadow, grace, carol):
    """Ten times two clocks, an officer with another day and an officer with a doubt meet."""
    noon = make.OFFERED
    later = noon + timedelta(days=1)
    with crowd(4) as together:
        for _ in range(10):
            mine = make.waiting_to_be_told(meadow, 6, officer=carol, ratifier=grace)
            these = Decision.objects.filter(pk__in=[each.pk for each in mine])
            these.update(release_due_at=noon, release_set_by=grace)
            met = together(
                lambda: decisions.release_due(at=noon),
                lambda: decisions.release_due(at=noon),
                lambda mine=mine: decisions.release(mine[:2], by=grace, at=noon, not_before=later),
                lambda mine=mine: decisions.set_aside(mine[0], reason="By the minute.", by=grace, at=noon),
            )
            assert unexpected(met) == []
            told = these.filter(status="released")
            assert sum(met[:2]) == told.count() >= 3
            assert {each.release_due_at for each in told} == {noon}
            Decision.objects.filter(pk__in=these, status="ratified").update(release_due_at=None)

"""A step happens whole or not at all, to the right row, by the right person, at the right time."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, connections, transaction

from communities.core.events import timeline
from communities.core.lifecycle import Lifecycle, Step, lock, need, unit
from communities.core.locking import Inversion
from communities.core.models import Event, Message
from communities.core.permissions import SYSTEM
from communities.core.refusals import Refused
from tests.at_once import at_once, crowd
from tests.sample.models import BID, Bid, Entry, Pot


def send(bid, by, at, **more):
    with BID.step("send", bid, by=by, at=at, **more) as row:
        row.amount = 250
    return row


def test_a_step_changes_state_version_and_what_the_body_wrote(bid, asha, at):
    row = send(bid, asha, at)
    bid.refresh_from_db()
    assert (bid.status, bid.version, bid.amount) == ("sent", 2, 250)
    assert row.pk == bid.pk


def test_a_step_leaves_an_event_with_who_when_from_to_and_why(bid, asha, at):
    send(bid, asha, at, reason="Ready")
    event = Event.objects.get()
    assert (event.verb, event.actor, event.at, event.source, event.target, event.reason, event.case) == (
        "bid.send",
        asha,
        at,
        "draft",
        "sent",
        "Ready",
        bid.case,
    )


def test_a_step_writes_its_message_with_the_words_of_that_moment(bid, asha, at):
    send(bid, asha, at)
    message = Message.objects.get()
    assert (message.recipient, message.subject, message.state) == (
        "asha@example.org",
        f"We have your bid {bid.pk}",
        "waiting",
    )
    assert 'your bid "A shed"' in message.body


def test_detail_set_in_the_body_is_kept_beside_the_event(bid, asha, at):
    with BID.step("send", bid, by=asha, at=at) as row:
        row.event_detail = {"before": "A shed"}
    assert Event.objects.get().detail.data == {"before": "A shed"}


def test_without_the_right_the_step_is_refused_and_nothing_is_left(bid, stranger, at):
    with pytest.raises(Refused) as refused:
        send(bid, stranger, at)
    bid.refresh_from_db()
    assert (refused.value.status, refused.value.verb, bid.status) == (403, "bid.send", "draft")
    assert not Event.objects.exists()


def test_a_visitor_may_take_no_step(bid, at):
    with pytest.raises(Refused):
        send(bid, AnonymousUser(), at)


def test_the_system_may_take_any_step_and_is_named_so(bid, at):
    send(bid, SYSTEM, at)
    assert [(entry.who, entry.sentence) for entry in timeline(bid.case)] == [("The system", "Bid sent to the council")]


def test_a_step_from_the_wrong_state_says_where_the_row_stands(bid, asha, at):
    send(bid, asha, at)
    with pytest.raises(Refused) as refused:
        send(bid, asha, at)
    assert "already “Received”" in refused.value.sentence


def test_a_need_that_fails_reads_as_its_second_sentence(bid, pot, asha, at):
    Pot.objects.update(is_open=False)
    with pytest.raises(Refused) as refused:
        send(bid, asha, at)
    assert (refused.value.sentence, refused.value.next_step) == ("This pot has closed.", "Look at the next pot.")


def test_a_need_may_give_a_sentence_of_its_own(bid, asha, at):
    Bid.objects.update(title="")
    with pytest.raises(Refused, match=f"Bid {bid.pk} has no title."):
        send(bid, asha, at)


def test_the_row_is_read_again_under_the_lock(bid, asha, at):
    Bid.objects.filter(pk=bid.pk).update(title="Changed meanwhile")
    assert send(bid, asha, at).title == "Changed meanwhile"


def test_a_page_older_than_the_row_is_refused(bid, asha, at):
    Bid.objects.filter(pk=bid.pk).update(version=5)
    with pytest.raises(Refused, match="Somebody else changed this"):
        send(bid, asha, at, version=1)
    assert send(bid, asha, at, version=5).version == 6


def test_a_body_that_fails_leaves_no_trace_and_the_connection_works_on(bid, asha, at):
    with unit():
        with pytest.raises(ZeroDivisionError), BID.step("send", bid, by=asha, at=at):  # noqa: PT012
            Entry.objects.create(pot=bid.pot, bid=bid, amount=1)
            1 / 0  # noqa: B018
        Pot.objects.create()
    bid.refresh_from_db()
    assert (bid.status, Entry.objects.count(), Event.objects.count(), Message.objects.count()) == ("draft", 0, 0, 0)


def test_leaving_the_body_with_return_still_saves(bid, asha, at):
    def leave():
        with BID.step("send", bid, by=asha, at=at) as row:
            row.title = "Early"
            return

    leave()
    assert Bid.objects.get().title == "Early"


def test_a_batch_takes_those_who_may_and_lists_the_others(sent_bids, carol, at):
    Bid.objects.filter(pk=sent_bids[1].pk).update(status="declined")
    with BID.step_many("decline", sent_bids, by=carol, at=at) as batch:
        pass
    assert [row.pk for row in batch.done] == [sent_bids[0].pk, sent_bids[2].pk]
    assert [(row.pk, refused.status) for row, refused in batch.refused] == [(sent_bids[1].pk, 409)]
    assert Event.objects.filter(verb="bid.decline").count() == 2


def test_a_batch_of_all_or_nothing_stops_at_the_first_refusal(sent_bids, carol, at):
    Bid.objects.filter(pk=sent_bids[1].pk).update(status="declined")
    with pytest.raises(Refused), BID.step_many("decline", sent_bids, by=carol, at=at, all_or_nothing=True):
        pass
    assert Bid.objects.filter(status="sent").count() == 2


def test_a_batch_costs_the_same_for_three_rows_and_for_thirty(pot, asha, carol, at, django_assert_max_num_queries):
    def queries(count):
        bids = [Bid.objects.create(pot=pot, owner=asha, status="sent") for _ in range(count)]
        with django_assert_max_num_queries(40) as context:  # noqa: SIM117
            with BID.step_many("decline", bids, by=carol, at=at) as batch:
                for row in batch.done:
                    row.title = f"Declined {row.pk}"
        return len(context)

    carol.role_codes  # noqa: B018 (read once for each request)
    assert queries(3) == queries(30)


def test_effects_see_the_saved_rows_and_share_their_fate(monkeypatch, bid, asha, at):
    seen = []

    def note(rows, moment):
        seen.append([(Bid.objects.get(pk=row.pk).status, moment.by, moment.at) for row in rows])
        raise Refused("The later room says no.")

    monkeypatch.setattr(BID, "effects", {})
    BID.then("send", note)
    with pytest.raises(Refused, match="later room"):
        send(bid, asha, at)
    assert seen == [[("sent", asha, at)]]
    assert Bid.objects.get().status == "draft"


def test_an_effect_that_names_its_locks_keeps_the_order(monkeypatch, bid, asha, at):
    def take(rows, moment):
        lock(Pot.objects.filter(bids__in=rows))

    monkeypatch.setattr(BID, "effects", {})
    BID.then("send", take)
    with pytest.raises(Inversion):
        send(bid, asha, at)
    monkeypatch.setattr(BID, "effects", {})
    BID.then("send", take, locks=lambda bids: [Pot.objects.filter(bids__in=bids)])
    assert send(bid, asha, at).status == "sent"


def test_locks_against_the_declared_order_are_refused_on_both_engines(bid, pot):
    with unit():
        lock(Bid.objects.all())
        with pytest.raises(Inversion):
            lock(Pot.objects.all())


def test_two_rows_of_one_kind_are_locked_in_key_order(sent_bids):
    first, second, _ = sent_bids
    with unit():
        lock(Bid.objects.filter(pk=second.pk))
        with pytest.raises(Inversion):
            lock(Bid.objects.filter(pk=first.pk))
    with unit():
        assert [row.pk for row in lock(Bid.objects.filter(pk__in=[second.pk, first.pk]))] == [first.pk, second.pk]


def test_a_lock_taken_already_may_be_taken_again(bid, pot):
    with unit():
        lock(Pot.objects.all())
        lock(Bid.objects.all())
        lock(Pot.objects.all())


def test_a_lock_outside_a_unit_is_a_mistake(bid):
    with pytest.raises(RuntimeError):
        lock(Bid.objects.all())


def test_a_step_that_adds_its_ledger_row_under_the_lock(sent_bids, carol, at):
    with BID.step("fund", sent_bids[0], by=carol, at=at) as row:
        [pot] = lock(Pot.objects.filter(pk=row.pot_id))
        pot.committed += row.amount
        pot.save()
        Entry.objects.create(pot=pot, bid=row, amount=row.amount)
    assert Pot.objects.get().committed == 100


def test_the_database_stops_what_the_code_forgot(sent_bids, carol, at):
    with pytest.raises(IntegrityError), transaction.atomic(), BID.step("fund", sent_bids[0], by=carol, at=at) as row:
        Pot.objects.filter(pk=row.pot_id).update(committed=5000)
    assert Bid.objects.get(pk=sent_bids[0].pk).status == "sent"


def test_a_new_row_starts_in_the_declared_state_with_an_event(pot, asha, at):
    bid = BID.create("start", Bid(pot=pot, owner=asha), by=asha, at=at)
    assert (bid.status, bid.version, Event.objects.get().verb) == ("draft", 1, "bid.start")


def test_a_new_row_by_somebody_without_the_right_is_not_kept(pot, asha, stranger, at):
    with pytest.raises(Refused):
        BID.create("start", Bid(pot=pot, owner=asha), by=stranger, at=at)
    assert not Bid.objects.exists()


def test_a_new_row_whose_need_fails_is_not_kept(pot, asha, at):
    pot.is_open = False
    with pytest.raises(Refused, match="closed"):
        BID.create("start", Bid(pot=pot, owner=asha), by=asha, at=at)
    assert not Bid.objects.exists()


def test_an_edit_keeps_the_state_counts_the_version_and_leaves_an_event(bid, asha, at):
    with BID.record("rename", bid, by=asha, at=at, who="sample.send_bid", detail={"to": "B"}) as row:
        row.title = "B"
    bid.refresh_from_db()
    event = Event.objects.get()
    assert (bid.title, bid.version, event.verb, event.source, event.target) == ("B", 2, "bid.rename", "draft", "draft")
    assert event.detail.data == {"to": "B"}


def test_an_edit_cannot_change_the_state(bid, asha, at):
    with (
        pytest.raises(ValueError, match="declare a step"),
        BID.record("rename", bid, by=asha, at=at, who="sample.send_bid") as row,
    ):
        row.status = "sent"
    assert Bid.objects.get().status == "draft"


def test_an_edit_needs_its_permission_and_a_fresh_page(bid, asha, stranger, at):
    with pytest.raises(Refused), BID.record("rename", bid, by=stranger, at=at, who="sample.send_bid"):
        pass
    with (
        pytest.raises(Refused, match="Somebody else"),
        BID.record("rename", bid, by=asha, at=at, who="sample.send_bid", version=7),
    ):
        pass


def test_buttons_are_offered_with_the_reason_why_not_yet(bid, asha, carol, at):
    assert [(offer.step.name, offer.refused) for offer in BID.available([bid], asha, at)[bid.pk]] == [("send", None)]
    assert BID.available([bid], carol, at)[bid.pk] == []
    Pot.objects.update(is_open=False)
    bid = Bid.objects.get()
    [offer] = BID.available([bid], asha, at)[bid.pk]
    assert (offer.refused, offer.next_step) == ("This pot has closed.", "Look at the next pot.")


def test_buttons_for_a_list_cost_the_same_for_one_row_and_for_thirty(pot, asha, at, django_assert_num_queries):
    asha.role_codes  # noqa: B018 (read once for each request)
    for count in (1, 30):
        Bid.objects.all().delete()
        for _ in range(count):
            Bid.objects.create(pot=pot, owner=asha)
        bids = list(Bid.objects.all())
        with django_assert_num_queries(2):
            assert len(BID.available(bids, asha, at)) == count


def test_the_table_tells_each_step_in_words():
    table = {row["step"]: row for row in BID.as_table()}
    assert table["send"]["source"] == ["Not sent"]
    assert table["send"]["target"] == "Received"
    assert table["send"]["needs"] == ["the pot is open", "the bid has a title"]
    assert table["send"]["room"] == "tests.sample"


def test_a_step_declared_twice_is_a_mistake():
    with pytest.raises(ValueError, match="twice"):
        BID.add(Step("send", ("draft",), "sent", "sample.send_bid"))


def test_a_lifecycle_without_a_state_to_start_in_says_so(pot, at):
    class Stateless:
        _meta = Bid._meta

    kept = Lifecycle.__new__(Lifecycle)
    kept.model, kept.steps, kept.effects = Bid, {}, {}
    with pytest.raises(ValueError, match="no first state"):
        kept.create("begin", Bid(pot=pot, status=""), by=SYSTEM, at=at)


def test_a_need_keeps_both_sentences():
    @need("it rains", "It is dry.")
    def it_rains(row, moment):
        return False

    assert (it_rains.rule, it_rains.refused(None, None).sentence) == ("it rains", "It is dry.")


@pytest.mark.django_db(transaction=True)
def test_eight_people_at_once_send_one_bid_once(bid, asha, at):
    results = at_once(*[lambda: send(bid, asha, at)] * 8)
    assert sorted(type(result).__name__ for result in results) == ["Bid"] + ["Refused"] * 7
    assert Event.objects.filter(verb="bid.send").count() == 1


def fund(number, bids, carol, at, *, locked):
    with BID.step("fund", bids[number], by=carol, at=at) as row:
        pot = Pot.objects.get(pk=row.pot_id)
        if not locked:
            pot = STALE
        if pot.committed + row.amount > 500:
            raise Refused("There is not enough left.")
        Pot.objects.filter(pk=pot.pk).update(committed=pot.committed + row.amount)
        Entry.objects.create(pot=pot, bid=row, amount=row.amount)


STALE = None


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("locked", [True, False])
def test_eight_promises_at_once_never_pass_the_limit_unless_read_before_the_lock(locked, pot, asha, carol, at):
    global STALE  # noqa: PLW0603
    STALE = pot
    bids = [Bid.objects.create(pot=pot, owner=asha, status="sent", amount=100) for _ in range(8)]
    at_once(*(lambda number=number: fund(number, bids, carol, at, locked=locked) for number in range(8)))
    promised = sum(entry.amount for entry in Entry.objects.all())
    committed = Pot.objects.get().committed
    assert (promised == committed == 500) if locked else promised > committed


@pytest.mark.django_db(transaction=True)
def test_a_ledger_row_that_points_to_a_locked_bid_does_not_wait(bid, pot, asha, at):
    """A plain FOR UPDATE would hold the foreign key check of the other request until the step ends."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    inserted = threading.Event()

    def insert():
        Entry.objects.create(pot=pot, bid=bid, amount=1)
        inserted.set()
        connections.close_all()

    with BID.step("send", bid, by=asha, at=at):
        other = threading.Thread(target=insert)
        other.start()
        assert inserted.wait(2)
    other.join()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("narrow", [lambda bids: bids, lambda bids: bids.filter(owner=bids[0].owner)])
def test_a_condition_still_holds_when_the_lock_was_waited_for(sent_bids, carol, at, narrow):
    """Two take all that is sent at the same moment: nobody is handed what the other has dealt with."""
    waiting = narrow(Bid.objects.filter(status="sent"))

    def decline():
        with unit(), BID.step_many("decline", lock(waiting), by=carol, at=at, all_or_nothing=True) as batch:
            return len(batch.done)

    with crowd(2) as together:
        for _ in range(10):
            assert sorted(together(decline, decline)) == [0, 3]
            Bid.objects.update(status="sent")

"""The database itself refuses to rewrite evidence, whichever way somebody comes."""

import pytest
from django.db import IntegrityError, connection, models, transaction

from communities.core.events import record_event
from communities.core.models import Event, EventDetail
from communities.core.triggers import install_for, lifted, missing_triggers, present_triggers, wanted_triggers
from tests.sample.models import Entry, Verdict


def refused(act):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        act()


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_events_cannot_be_changed_or_deleted(bid, at):
    event = record_event("note", bid, at=at, detail={"n": 1})
    refused(lambda: Event.objects.filter(pk=event.pk).update(reason="x"))
    refused(lambda: Event.objects.filter(pk=event.pk)._raw_delete("default"))
    refused(lambda: execute("UPDATE communities_event SET reason = 'x'"))
    refused(lambda: execute("DELETE FROM communities_link WHERE 1 = 1") or execute("DELETE FROM communities_event"))


def test_details_can_be_erased_but_not_changed(bid, at):
    event = record_event("note", bid, at=at, detail={"n": 1})
    refused(lambda: EventDetail.objects.filter(pk=event.pk).update(content="{}"))
    assert EventDetail.objects.filter(pk=event.pk).delete()[0] == 1


@pytest.mark.postgresql
def test_tables_of_evidence_cannot_be_emptied_at_once(bid, at):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    refused(lambda: execute("TRUNCATE sample_entry"))


def test_a_verdict_can_change_until_it_is_final_and_then_only_be_published(db, at):
    verdict = Verdict.objects.create()
    verdict.text, verdict.state = "Yes", "final"
    verdict.save()
    refused(lambda: Verdict.objects.update(text="No"))
    refused(lambda: Verdict.objects.all().delete())
    Verdict.objects.update(state="published", published_at=at)
    refused(lambda: Verdict.objects.update(text="No", published_at=None))


def test_every_declared_trigger_is_there(db):
    assert missing_triggers() == []


def test_a_lost_trigger_is_noticed_and_put_back(db):
    [name, *_] = present_triggers(Entry, connection)
    on = " ON sample_entry" if connection.vendor == "postgresql" else ""
    execute(f'DROP TRIGGER "{name}"{on}')
    assert missing_triggers() == ["sample.Entry"]
    install_for(Entry, connection)
    assert missing_triggers() == []


def test_a_new_column_of_a_frozen_row_makes_a_new_trigger(db, monkeypatch):
    before = wanted_triggers(Verdict, connection.vendor)
    monkeypatch.setattr(Verdict, "frozen_except", ("state",))
    after = wanted_triggers(Verdict, connection.vendor)
    assert before.keys() != after.keys()
    install_for(Verdict, connection)
    assert present_triggers(Verdict, connection) == after.keys()


@pytest.mark.django_db(transaction=True)
def test_triggers_survive_a_change_of_the_table(pot, bid):
    Entry.objects.create(pot=pot, bid=bid, amount=1)
    column = models.CharField(max_length=5, default="")
    column.set_attributes_from_name("extra")
    with connection.schema_editor() as editor:
        editor.add_field(Entry, column)
        wider = models.CharField(max_length=9, default="")
        wider.set_attributes_from_name("extra")
        column.model = wider.model = Entry
        editor.alter_field(Entry, column, wider)
    from django.apps import apps

    from communities.core.triggers import install

    install(apps.get_app_config("sample"), using="default")
    assert missing_triggers() == []
    refused(lambda: Entry.objects.update(amount=2))
    assert Entry.objects.count() == 1


def test_a_data_migration_may_lift_them_for_a_moment(pot, bid):
    Entry.objects.create(pot=pot, bid=bid, amount=1)
    with lifted([Entry]):
        Entry.objects.update(amount=2)
    refused(lambda: Entry.objects.update(amount=3))


def test_installing_twice_changes_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        install_for(Entry, connection)

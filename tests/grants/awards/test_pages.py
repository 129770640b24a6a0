"""The pages of an award: the right thing shown to the right people, and what was typed kept."""

import pytest
from django.urls import reverse

from communities.core.models import Event
from grants.awards.models import Award
from tests.factories import awards as make


def page(name, award):
    return reverse(f"awards:{name}", args=[award.public_id])


@pytest.fixture(autouse=True)
def _december(settings):
    from communities.core.clock import moved

    settings.STAFF_SECOND_FACTOR = False
    with moved(make.AGREED):
        yield


def test_the_list_shows_the_awards_of_ones_own_groups(client, offered, asha, stranger):
    client.force_login(asha)
    assert "Warm Table" in client.get(reverse("awards:awards")).content.decode()
    client.force_login(stranger)
    empty = client.get(reverse("awards:awards")).content.decode()
    assert "Warm Table" not in empty
    assert "no awards yet" in empty


@pytest.mark.parametrize("name", ["award", "accept", "turn_down", "agreement", "summary"])
def test_other_people_find_nothing(client, offered, stranger, name):
    client.force_login(stranger)
    assert client.get(page(name, offered)).status_code == 404
    assert client.post(page(name, offered)).status_code in {404, 405}


@pytest.mark.parametrize("name", ["award", "accept", "turn_down", "agreement", "summary"])
def test_visitors_are_asked_to_sign_in(client, offered, name):
    assert client.get(page(name, offered)).status_code == 302


def test_the_offer_says_who_can_say_yes_and_until_when(client, offered, asha):
    client.force_login(asha)
    shown = client.get(page("award", offered)).content.decode()
    for words in (
        "Say yes or no by 8 January 2027",
        "Ben Carter",
        "Mina Shah",
        "Read the agreement and say yes",
        "£1,180",
    ):
        assert words in shown


def test_saying_yes_on_the_page(client, offered, asha, ben):
    for user in (asha, ben):
        client.force_login(user)
        assert client.post(page("accept", offered), {"agree": "on"}).status_code == 302
    offered.refresh_from_db()
    assert offered.status == "accepted"
    shown = client.get(page("award", offered)).content.decode()
    assert "Agreed: two of you have said yes." in shown
    assert "Give the bank details" in shown


def test_the_box_must_be_ticked(client, offered, asha):
    client.force_login(asha)
    answer = client.post(page("accept", offered), {})
    assert answer.status_code == 400
    assert "Tick the box if you agree" in answer.content.decode()


def test_a_refused_yes_is_a_page_with_the_reason_and_an_event(client, offered, asha):
    client.force_login(asha)
    client.post(page("accept", offered), {"agree": "on"})
    answer = client.post(page("accept", offered), {"agree": "on"})
    assert answer.status_code == 409
    assert "The second yes has to come from somebody else." in answer.content.decode()
    assert Event.objects.filter(verb="refused", actor=asha).count() == 1


def test_whoever_cannot_say_yes_reads_why_instead_of_a_box(client, offered, meadow, asha, stranger):
    make.join(meadow, stranger.person, signs=False)
    client.force_login(stranger)
    shown = client.get(page("accept", offered)).content.decode()
    assert "is not named to sign for" in shown
    assert '<form method="post" novalidate' not in shown


def test_turning_down_asks_first_and_keeps_the_reason(client, offered, asha):
    client.force_login(asha)
    answer = client.post(page("turn_down", offered), {"reason": "No hall after all"})
    assert answer.status_code == 400
    assert "No hall after all" in answer.content.decode()
    client.post(page("turn_down", offered), {"reason": "No hall after all", "sure": "on"})
    assert Award.objects.get().status == "declined"
    assert client.get(page("turn_down", offered)).status_code == 409


def test_the_page_for_the_committee(client, offered, asha, ben):
    make.agree(offered, asha, ben)
    client.force_login(ben)
    shown = client.get(page("summary", offered)).content.decode()
    for words in (
        "Asked for",
        "£1,180",
        "Spent",
        "The treasurer gives us the bank details",
        "30 June 2027",
        "01632 960 001",
    ):
        assert words in shown


def test_home_shows_what_to_do_next(client, offered, meadow, asha, ben):
    client.force_login(asha)
    assert "Say yes or no: £1,180" in client.get(reverse("home")).content.decode()
    make.agree(offered, asha, ben)
    assert "Give the bank details of Friends of Swan Meadow" in client.get(reverse("home")).content.decode()


def test_lists_cost_the_same_at_one_and_at_thirty(client, meadow, carol, grace, asha):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    make.offer(meadow, officer=carol, ratifier=grace)
    counts = {}
    for user, addresses in (
        (asha, [reverse("awards:awards"), reverse("home")]),
        (carol, [reverse("admin:grants_award_changelist"), reverse("admin:index")]),
    ):
        client.force_login(user)
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts[user.pk, address] = len(queries)
    make.money_round().budget.__class__.objects.update(limit=10**6)
    for _ in range(29):
        make.offer(meadow, officer=carol, ratifier=grace)
    for (pk, address), before in counts.items():
        client.force_login(asha if pk == asha.pk else carol)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        assert (address, len(queries)) == (address, before)


# -- the office ---------------------------------------------------------------------------------------------------


def office(award, step=""):
    if step:
        return reverse("admin:grants_award_step", args=[award.pk, step])
    return reverse("admin:grants_award_change", args=[award.pk])


def test_officers_see_who_said_yes_and_what_they_can_do(client, offered, asha, carol):
    make.agree(offered, asha)
    client.force_login(carol)
    shown = client.get(office(offered)).content.decode()
    for words in ("Who said yes", "Asha Patel", "Has not answered", "Write down a yes", "Hall hire", "£1,180"):
        assert words in shown
    assert "Give more time" not in shown


def test_an_officer_writes_down_a_signed_page(client, offered, asha, mina, carol, tmp_path, settings):
    from django.core.files.uploadedfile import SimpleUploadedFile

    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6300010000050001"
    )
    make.agree(offered, asha)
    client.force_login(carol)
    typed = {"person": mina.pk, "means": "signed", "note": "Rang 01268 555 0199."}
    answer = client.post(office(offered, "record"), typed)
    assert answer.status_code == 409
    assert "The signed page is missing." in answer.content.decode()
    assert "Rang 01268 555 0199." in answer.content.decode()
    evidence = SimpleUploadedFile("page.png", png, content_type="image/png")
    assert client.post(office(offered, "record"), typed | {"evidence": evidence}).status_code == 302
    offered.refresh_from_db()
    assert offered.status == "accepted"
    kept = offered.acceptances.get(person=mina).evidence
    for user in (carol, asha):
        client.force_login(user)
        assert b"".join(client.get(kept.get_absolute_url()).streaming_content) == png


def test_a_senior_officer_gives_more_time_on_the_page(client, offered, grace):
    client.force_login(grace)
    typed = {"until_day": "22", "until_month": "1", "until_year": "2027", "reason": "The lead has died."}
    answer = client.post(office(offered, "extend"), typed)
    assert answer.status_code == 302, answer.content.decode()
    offered.refresh_from_db()
    assert f"{offered.offer_ends_on}" == "2027-01-22"


def test_an_officer_cannot_open_the_page_for_more_time(client, offered, carol):
    client.force_login(carol)
    assert client.get(office(offered, "extend")).status_code == 404


def test_an_officer_marks_a_condition_as_met(client, meadow, carol, grace):
    award = make.offer(meadow, officer=carol, ratifier=grace, conditions=["Show us the lease."])
    client.force_login(carol)
    assert "Show us the lease." in client.get(office(award, "meet")).content.decode()
    client.post(office(award, "meet"), {"condition": award.conditions.get().pk, "note": "Seen."})
    assert award.conditions.get().note == "Seen."


def test_groups_do_not_enter_the_office(client, offered, asha):
    client.force_login(asha)
    assert client.get(office(offered)).status_code in {302, 403, 404}

"""The treasurer's book on the page, and the officer's look at it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from communities.core.clock import moved
from grants.awards.queries import lines_of
from grants.spending import operations
from grants.spending.models import Expenditure, SpendingReturn
from tests.factories import awards as make

AT = make.AGREED + timedelta(days=40)
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000a49444154789c6300010000050001"
)


@pytest.fixture(autouse=True)
def _january(settings):
    settings.STAFF_SECOND_FACTOR = False
    with moved(AT):
        yield


def page(name, award, *args):
    return reverse(f"spending:{name}", args=[award.public_id, *args])


def typed(award, **other):
    return {
        "line": lines_of(award)[0].pk, "description": "Hall in January", "supplier": "Hall Trust", "amount": "£50.00",
        "spent_on_day": "12", "spent_on_month": "January", "spent_on_year": "2027", "no_receipt": "",
    } | other  # fmt: skip


def test_writing_something_down_and_taking_it_out(client, award, ben):
    client.force_login(ben)
    assert client.post(page("add", award), typed(award)).status_code == 302
    shown = client.get(page("spending", award)).content.decode()
    for words in ("Hall in January, £50", "£469.00", "£1,130.00", "Check and send"):
        assert words in shown
    client.post(page("remove", award, Expenditure.objects.get().pk))
    assert "Nothing yet." in client.get(page("spending", award)).content.decode()


def test_a_receipt_is_kept_and_opened_by_the_group_and_the_office_only(client, award, ben, carol, stranger):
    client.force_login(ben)
    receipt = SimpleUploadedFile("till.png", PNG, content_type="image/png")
    assert client.post(page("add", award), typed(award, amount="150", receipt=receipt)).status_code == 302
    address = Expenditure.objects.get().receipt.get_absolute_url()
    for user in (ben, carol):
        client.force_login(user)
        assert b"".join(client.get(address).streaming_content) == PNG
    client.force_login(stranger)
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "status", "sentence"),
    [
        ({"amount": "1e3"}, 400, "The amount must be a number in pounds"),
        ({"amount": "0"}, 400, "The amount must be more than £0"),
        ({"spent_on_day": "31", "spent_on_month": "2"}, 400, "must be a real date"),
        ({"line": ""}, 400, "Choose the line of the award"),
        ({"amount": "100"}, 409, "we need a receipt"),
        ({"spent_on_month": "November", "spent_on_year": "2026"}, 409, "before the award was agreed"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, award, ben, wrong, status, sentence):
    client.force_login(ben)
    answer = client.post(page("add", award), typed(award, **wrong))
    shown = answer.content.decode()
    assert answer.status_code == status
    assert sentence in shown
    assert 'value="Hall in January"' in shown
    assert not Expenditure.objects.exists()


def test_a_file_of_the_wrong_kind_is_refused_and_the_rest_kept(client, award, ben):
    client.force_login(ben)
    virus = SimpleUploadedFile("till.png", b"MZ not a picture", content_type="image/png")
    answer = client.post(page("add", award), typed(award, amount="150", receipt=virus))
    assert answer.status_code == 400
    assert "is not a PNG file" in answer.content.decode()
    assert 'value="Hall in January"' in answer.content.decode()


def test_looking_once_more_and_sending(client, award, ben):
    client.force_login(ben)
    client.post(page("add", award), typed(award))
    assert "£1,130 is left. Ring us about it" in client.get(page("check", award)).content.decode()
    assert client.post(page("check", award), {"note": "The rest comes in May."}).status_code == 302
    book = SpendingReturn.objects.get()
    assert (book.status, book.note) == ("submitted", "The rest comes in May.")
    assert "Add something you bought" not in client.get(page("spending", award)).content.decode()
    assert client.get(page("add", award)).status_code == 409


def test_an_empty_record_is_not_sent(client, award, ben):
    client.force_login(ben)
    answer = client.post(page("check", award), {"note": "x"})
    assert answer.status_code == 409
    assert "There is nothing in it yet." in answer.content.decode()


def test_micro_is_one_page_and_one_look(client, micro, ben):
    client.force_login(ben)
    wrong = client.post(page("spending", micro), {"total": "900", "as_planned": "yes", "note": ""})
    assert wrong.status_code == 409
    assert 'value="900"' in wrong.content.decode()
    assert client.post(page("spending", micro), {"total": "795.50", "as_planned": "yes", "note": ""}).status_code == 302
    assert "£795.50" in client.get(page("check", micro)).content.decode()
    assert client.post(page("check", micro)).status_code == 302
    assert SpendingReturn.objects.get(award=micro).status == "submitted"


def test_members_read_and_strangers_find_nothing(client, award, meadow, stranger):
    client.force_login(stranger)
    for name in ("spending", "add", "check"):
        assert client.get(page(name, award)).status_code == 404
    make.join(meadow, stranger.person)
    assert client.get(page("spending", award)).status_code == 200
    assert client.post(page("add", award), typed(award)).status_code == 404


def test_an_officer_asks_and_accepts_on_the_pages(client, award, ben, carol):
    line = lines_of(award)[0]
    facts = {"supplier": "Hall Trust", "description": "Hall", "spent_on": AT.date(), "by": ben, "at": AT}
    book = SpendingReturn.objects.get()
    operations.add_expenditure(book, line=line, amount=Decimal(50), **facts)
    operations.submit(book, by=ben, at=AT)
    client.force_login(carol)
    assert "Look at spending" in client.get(reverse("admin:index")).content.decode()
    shown = client.get(reverse("admin:grants_spendingreturn_change", args=[book.pk])).content.decode()
    for words in ("Hall, £50", "Accept the spending", "Ask a question"):
        assert words in shown
    step = reverse("admin:grants_spendingreturn_step", args=[book.pk, "query"])
    assert client.post(step, {"question": ""}).status_code == 400
    client.post(step, {"question": "Which dates?"})
    client.force_login(ben)
    assert "Which dates?" in client.get(page("spending", award)).content.decode()
    assert "Answer our question" in client.get(reverse("home")).content.decode()
    client.post(page("check", award), {"note": "12 January."})
    client.force_login(carol)
    client.post(reverse("admin:grants_spendingreturn_step", args=[book.pk, "accept"]))
    book.refresh_from_db()
    assert book.status == "accepted"

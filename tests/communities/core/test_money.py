"""Pounds are exact, read as people type them, and never lost in a split."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from communities.core.money import MoneyFormField, parse_money, pounds, split
from tests.sample.models import Pot

AMOUNTS = st.decimals(0, 1_000_000, places=2)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("75", "75"),
        ("£1,000.50", "1000.50"),
        (" £ 1 000 ", "1000"),
        ("0.5", "0.50"),
        ("007", "7"),
        ("12\u00a0000", "12000"),
    ],
)
def test_amounts_as_people_type_them(typed, meant):
    assert parse_money(typed) == Decimal(meant)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "1e3",
        "-0",
        "-5",
        "\uff11\uff12",
        "٣٤",
        "NaN",
        "Infinity",
        "12.345",
        "1.2.3",
        "five",
        "£",
        ".5",
        "5.",
        "+5",
        "0x10",
    ],
)
def test_what_is_no_amount_is_refused_with_a_sentence(typed):
    with pytest.raises(ValueError, match="amount must"):
        parse_money(typed)


@pytest.mark.parametrize("typed", ["99999999999", "1" * 400])
def test_what_no_column_could_hold_is_too_large(typed):
    with pytest.raises(ValueError, match="too large"):
        parse_money(typed)


@given(AMOUNTS)
def test_what_is_shown_can_be_typed_back(amount):
    assert parse_money(pounds(amount)) == amount


@given(st.text(max_size=12))
def test_no_text_makes_more_than_an_amount_or_a_sentence(text):
    try:
        amount = parse_money(text)
    except ValueError:
        return
    assert amount >= 0
    assert amount == amount.quantize(Decimal("0.01"))


@given(AMOUNTS, st.lists(st.integers(0, 1000), min_size=1, max_size=12).filter(any))
def test_parts_add_up_to_the_penny_and_keep_to_their_share(total, weights):
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < Decimal("0.01")


def test_a_thousand_in_three_loses_no_penny():
    assert split(Decimal(1000), [1, 1, 1]) == [Decimal("333.34"), Decimal("333.33"), Decimal("333.33")]


@pytest.mark.parametrize(
    ("total", "weights"), [("10", []), ("10", [0, 0]), ("10", [1, -1]), ("-1", [1]), ("0.001", [1])]
)
def test_what_cannot_be_split_is_refused(total, weights):
    with pytest.raises(ValueError, match=r"weights|split"):
        split(Decimal(total), weights)


@pytest.mark.parametrize(
    ("amount", "shown"), [("75", "£75"), ("1250.5", "£1,250.50"), ("0", "£0"), ("-3", "\N{MINUS SIGN}£3")]
)
def test_amounts_as_people_read_them(amount, shown):
    assert pounds(Decimal(amount)) == shown


def test_no_amount_is_shown_as_nothing():
    assert pounds(None) == ""


def test_the_form_field_keeps_its_limits():
    field = MoneyFormField(min_value=300, max_value=5000)
    assert field.clean("£300") == 300
    for typed in ("299.99", "5,000.01"):
        with pytest.raises(ValidationError, match=r"must be £"):
            field.clean(typed)


def test_an_empty_field_is_nothing_or_asked_for():
    assert MoneyFormField(required=False).clean("") is None
    with pytest.raises(ValidationError):
        MoneyFormField().clean("  ")


def test_another_spelling_is_no_change():
    field = MoneyFormField()
    assert not field.has_changed(Decimal("1000.00"), "£1,000")
    assert field.has_changed(Decimal("1000.00"), "1001")


def test_a_column_makes_a_form_field_that_forgives():
    assert Pot._meta.get_field("limit").formfield().clean("£1,000") == 1000


def test_a_column_refuses_floats(db):
    with pytest.raises(TypeError, match="float"):
        Pot.objects.create(limit=0.1)
    with pytest.raises(ValidationError, match="float"):
        Pot(limit=0.1).full_clean()


def test_a_column_keeps_its_kind_in_migrations():
    _, path, _, kwargs = Pot._meta.get_field("limit").deconstruct()
    assert (path, kwargs) == ("communities.core.money.MoneyField", {"default": 1000})

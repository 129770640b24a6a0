"""Forms ask plainly, say what is wrong in whole sentences, and lose nothing that was typed."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template

from communities.core.dates import LocalDeadlineField
from communities.core.forms import DateField, Form, Lines, WordsField, YesNoField, problems
from communities.core.gallery import CostForm, GalleryForm


class Starts(Form):
    starts = DateField(label="When does it start?", noun="The start date", earliest=date(2027, 1, 1))


def printed(form):
    page = Template("{% load crispy_forms_tags %}{% crispy form %}")
    return page.render(Context({"form": form}))


def starts(day="", month="", year=""):
    form = Starts({"starts_day": day, "starts_month": month, "starts_year": year})
    form.is_valid()
    return form.cleaned_data.get("starts") or form.errors["starts"][0]


@pytest.mark.parametrize("month", ["2", "02", "feb", "February", "FEBRUARY"])
def test_a_month_may_be_a_number_or_a_name(month):
    assert starts("5", month, "2027") == date(2027, 2, 5)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (("", "", ""), "Enter an answer to “When does it start?”"),
        (("5", "", ""), "The start date must include a month and year"),
        (("", "2", "2027"), "The start date must include a day"),
        (("30", "2", "2027"), "The start date must be a real date"),
        (("5", "2", "27"), "The start date must be a real date"),
        (("\u0665", "2", "2027"), "The start date must be a real date"),
        (("5", "brumaire", "2027"), "The start date must be a real date"),
        (("5", "2", "2026"), "The start date must be 1 January 2027 or later"),
    ],
)
def test_a_wrong_date_is_told_what_is_missing(typed, sentence):
    assert starts(*typed) == sentence


@pytest.mark.parametrize(
    ("typed", "parts"),
    [
        (("5", "", ""), {"month", "year"}),
        (("40", "2", "2027"), {"day"}),
        (("30", "2", "2027"), {"day", "month", "year"}),
    ],
)
def test_only_the_wrong_parts_of_a_date_are_marked(typed, parts):
    form = Starts(dict(zip(("starts_day", "starts_month", "starts_year"), typed, strict=True)))

    html = printed(form)

    marked = {
        part for part in ("day", "month", "year") if f'govuk-input--error" id="{ids(part)}"' in normal(html, part)
    }
    assert marked == parts


def ids(part):
    return "id_starts" if part == "day" else f"id_starts-{part}"


def normal(html, part):
    """The control of one part, with its error class put last, where the assertion looks for it."""
    control = next(piece for piece in html.split("<input") if f'id="{ids(part)}"' in piece)
    return f'govuk-input--error" id="{ids(part)}"' if "govuk-input--error" in control else control


def test_each_field_has_an_error_of_its_own():
    form = GalleryForm({})

    assert [line["text"] for line in problems(form)] == [
        "Enter the name of your group",
        "Enter how much you need",
        "Enter the number of people",
        "Enter an answer to “What will you do?”",
        "Select where it will happen",
        "Select the round",
        "Select an answer to “What should change?”",
        "Select an answer to “Does your group have a bank account?”",
        "Enter an answer to “When does it start?”",
        "Choose a file: a quote or price list",
        "Tick the box: what we have said is true",
    ]


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("email", "pat at home", "Enter an email address in the correct format, like name@example.com"),
        ("people", "many", "Number of people must be a number, like 12"),
        ("people", "0", "Number of people must be 1 or more"),
        ("name", "x" * 61, "Name of your group must be 60 characters or fewer"),
        ("about", "word " * 52, "Your answer must be 50 words or fewer. It is 2 too long"),
        ("place", "atlantis", "Select where it will happen from the list"),
    ],
)
def test_wrong_answers_are_told_what_would_be_right(field, typed, sentence):
    assert GalleryForm({field: typed}).errors[field] == [sentence]


def test_what_was_typed_stays_in_the_page():
    form = GalleryForm({"name": "Swan & Meadow", "amount": "a lot", "place": "harlow"})
    html = printed(form)

    assert 'value="Swan &amp; Meadow"' in html
    assert 'value="a lot"' in html
    assert 'value="harlow" checked' in html


@pytest.mark.parametrize(("typed", "answer"), [("yes", True), ("no", False), ("", None)])
def test_yes_and_no_are_true_and_false(typed, answer):
    assert YesNoField(label="Ready?", required=False).clean(typed) is answer


def test_a_stored_yes_is_shown_as_chosen():
    class Ready(Form):
        ready = YesNoField(label="Ready?")

    form = Ready(initial={"ready": False})

    assert 'value="no" checked' in printed(form)


def test_words_are_counted_as_the_page_counts_them():
    assert WordsField(label="About", max_words=3).clean("one  two\nthree") == "one  two\nthree"


def test_text_is_escaped_everywhere():
    class Ask(Form):
        name = forms.CharField(label="<b>Name</b>", help_text="<i>hint</i>")

    form = Ask({"name": "<script>"})
    html = printed(form)

    assert "<b>" not in html
    assert "<i>" not in html
    assert "<script>" not in html


class Closes(Form):
    closes = LocalDeadlineField(label="When does it close?")


def test_a_date_and_a_time_stand_in_one_group():
    html = printed(Closes({"closes_0": "16/10/2026", "closes_1": "noonish"}))

    assert 'id="id_closes"' in html
    assert 'value="16/10/2026"' in html
    assert 'value="noonish"' in html


def test_a_stored_moment_is_shown_as_essex_clocks_show_it():
    html = printed(Closes(initial={"closes": datetime(2026, 10, 16, 11, 0, tzinfo=UTC)}))

    assert 'value="16/10/2026"' in html
    assert 'value="12:00:00"' in html


def lines(typed, **kwargs):
    data = QueryDict(mutable=True)
    data.update(typed)
    return Lines(CostForm, data, noun="Cost", **kwargs)


ROWS = {"lines-count": "2", "lines-0-what": "Hall", "lines-0-amount": "520", "lines-1-what": "", "lines-1-amount": ""}


def test_empty_rows_are_left_out():
    costs = lines(ROWS)

    assert costs.is_valid()
    assert costs.values == [{"what": "Hall", "amount": Decimal("520.00")}]


def test_one_row_at_least_is_asked_for():
    costs = lines({"lines-count": "1", "lines-0-what": "", "lines-0-amount": ""})

    assert not costs.is_valid()
    assert [line["text"] for line in costs.problems()] == ["Cost 1: enter what it is for", "Cost 1: enter the amount"]


def test_an_error_says_in_which_row():
    costs = lines(ROWS | {"lines-1-what": "Cookers", "lines-1-amount": "lots"})

    assert not costs.is_valid()
    assert costs.problems() == [
        {"text": "Cost 2: the amount must be a number in pounds, like 75 or 1,250.50", "href": "#id_lines-1-amount"}
    ]


def test_adding_a_row_keeps_what_was_typed_and_judges_nothing():
    costs = lines(ROWS | {"lines-1-amount": "lots", "lines-add": "1"})

    assert costs.pressed
    assert not costs.is_valid()
    assert [form["amount"].value() for form in costs.forms] == ["520", "lots", None]
    assert costs.problems() == []


def test_a_row_is_removed_by_its_own_button():
    costs = lines(ROWS | {"lines-1-what": "Cookers", "lines-remove": "0"})

    assert [form["what"].value() for form in costs.forms] == ["Cookers"]


def test_no_more_rows_than_allowed():
    costs = lines({"lines-count": "999", "lines-add": "1"}, most=3)

    assert len(costs.forms) == 3
    assert not costs.can_add

"""One page that shows every component, so that a change to one is seen at once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from communities.core.dates import LocalDeadlineField
from communities.core.files import FileField
from communities.core.forms import DateField, Form, Layout, Lines, Question, WordsField, YesNoField
from communities.core.money import MoneyFormField

PLACES = (("canvey", "Canvey Island"), ("harlow", "Harlow"), ("tendring", "Tendring"))


class GalleryForm(Form):
    """One field of each kind."""

    name = forms.CharField(label="Name of your group", max_length=60, help_text="The name people know you by")
    email = forms.EmailField(label="Email address", required=False)
    amount = MoneyFormField(label="How much do you need?", help_text="Between £300 and £5,000")
    people = forms.IntegerField(label="Number of people", min_value=1, max_value=500)
    about = WordsField(label="What will you do?", max_words=50)
    place = forms.ChoiceField(label="Where will it happen?", choices=PLACES, widget=forms.RadioSelect)
    round = forms.ChoiceField(
        label="Round", choices=(("", "Choose a round"), ("autumn", "Autumn 2026"), ("spring", "Spring 2027"))
    )
    goals = forms.MultipleChoiceField(label="What should change?", choices=PLACES, widget=forms.CheckboxSelectMultiple)
    bank = YesNoField(label="Does your group have a bank account?")
    starts = DateField(label="When does it start?", help_text="For example, 5 February 2027")
    closes = LocalDeadlineField(label="When does the round close?", required=False)
    quote = FileField(label="A quote or price list")
    agree = forms.BooleanField(label="What we have said is true")

    messages = {"amount": "Enter how much you need", "place": "Select where it will happen"}
    layout = Layout(
        "name", "email", Question("amount", prefix="£", width=10), Question("people", width=4), "about",
        Question("place", hints={"canvey": "The island and its sea front"}), "round", Question("goals", small=True),
        Question("bank", inline=True), "starts", "closes", "quote", "agree",
    )  # fmt: skip


class CostForm(Form):
    """One line of a budget."""

    what = forms.CharField(label="What it is for", max_length=80)
    amount = MoneyFormField(label="Amount")


def components(request: HttpRequest) -> HttpResponse:
    """Every component; with ?errors=1 every field as it looks when something is wrong."""
    wrong = "errors" in request.GET
    data = request.POST if request.method == "POST" else {"lines-count": "2", "lines-1-what": "Hall"} if wrong else None
    form, lines = (
        GalleryForm(data),
        Lines(CostForm, data, noun="Cost", initial=[{"what": "Hall hire", "amount": Decimal(520)}, {}]),
    )
    if data is not None:
        lines.is_valid()
    pressed = lines.pressed
    context = {"title": "Components", "form": GalleryForm() if pressed else form, "cost_lines": lines, **samples()}
    return render(
        request, "admin/components.html", context, status=400 if form.is_bound and form.errors and not pressed else 200
    )


def samples() -> dict[str, Any]:
    """Made-up facts for the components to show."""
    seen = datetime(2026, 10, 11, 10, 13, tzinfo=UTC)
    return {
        "amount": Decimal("1180.50"),
        "some_day": date(2027, 2, 5),
        "page": Paginator(range(60), 20).get_page(2),
        "sample_cards": [
            {"number": 10, "title": "Start checks", "href": "#", "reason": "The oldest has waited 9 working days"},
            {"number": 10, "title": "Finish checks", "href": "#", "reason": "4 are waiting for the group"},
            {"number": 3, "title": "Approve payments", "href": "#", "reason": "£2,730 by 4 December"},
            {"number": 2, "title": "Read reports", "href": "#", "reason": "Both came in yesterday"},
        ],
        "sample_facts": [
            {"label": "Asked for", "value": "£697"},
            {"label": "Group", "value": "Friends of Swan Meadow", "href": "#"},
            {"label": "Place", "value": "Canvey Island"},
            {"label": "Starts", "value": "5 February 2027"},
            {"label": "Answer promised", "value": "18 December", "note": "19 working days left"},
        ],
        "sample_rows": [
            {"key": "Goals", "value": "Closing the digital divide\nOpportunities in post-16 education"},
            {"key": "Who benefits", "value": "About 40 people, most over 60", "href": "#"},
            {"key": "Success in their words", "value": ""},
        ],
        "sample_tasks": [
            {"title": "Your group", "href": "#", "status": "Done"},
            {
                "title": "What you will do",
                "href": "#",
                "status": "Not started",
                "colour": "blue",
                "hint": "About ten minutes",
            },
            {"title": "Check your answers", "status": "Cannot start yet"},
        ],
        "sample_entries": [
            {
                "title": "More information asked for",
                "at": seen,
                "who": "Carol Whitlock",
                "note": "Please send the hall’s safeguarding policy.",
            },
            {"title": "Eligibility checks started", "at": seen, "who": "Carol Whitlock"},
            {"title": "Bid sent to the council", "at": seen, "who": "Pat Reeve"},
        ],
        "sample_head": [{"text": "What"}, {"text": "Amount", "number": True}],
        "sample_table": [
            [{"text": "Hall hire, 26 weeks"}, {"text": "£520.00", "number": True}],
            [{"text": "Two cookers", "link": "#"}, {"text": "£360.00", "number": True}],
        ],
        "sample_foot": [{"text": "Total"}, {"text": "£880.00", "number": True}],
        "sample_bars": [
            ("Canvey Island", Decimal(12400)),
            ("Harlow", Decimal(8100)),
            ("Tendring", Decimal(15250)),
            ("Rural Braintree", None),
        ],
        "sample_crumbs": [{"text": "Bids", "href": "#"}, {"text": "CCF-2026-0002"}],
        "sample_buttons": [
            {"text": "Send to the panel", "href": "#"},
            {"text": "Ask for more", "href": "#", "kind": "secondary"},
            {"text": "Decline", "href": "#", "kind": "warning"},
        ],
    }

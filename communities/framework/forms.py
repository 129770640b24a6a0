"""New wording for what is never renamed in place."""

from collections.abc import Mapping
from typing import ClassVar

from django import forms

from communities.core.forms import DateField, Form


class CohortForm(Form):
    """New wording of a cohort."""

    wording = forms.CharField(label="Wording", widget=forms.Textarea, max_length=250)
    short_name = forms.CharField(label="Short name", max_length=60)
    plain = forms.CharField(label="The sentence applicants read", widget=forms.Textarea, max_length=250)
    valid_from = DateField(label="From which day does it hold?", noun="The day")
    messages: ClassVar[Mapping[str, str]] = {
        "wording": "Enter the wording",
        "plain": "Enter the sentence applicants read",
    }


class IndicatorForm(Form):
    """New wording of an indicator."""

    name = forms.CharField(label="Name", max_length=120)
    question = forms.CharField(label="How a group is asked for it", widget=forms.Textarea, max_length=200)
    unit = forms.CharField(label="Unit", max_length=20)

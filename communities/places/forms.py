"""What visitors and officers type: a postcode, a file to import, a boundary."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError

from communities.core import jobs
from communities.core.files import FileField
from communities.core.forms import DateField, Form
from communities.core.tables import MEGABYTE
from communities.places.models import Level, PlaceDefinition
from communities.places.operations.boundaries import NewPart
from communities.places.queries.postcodes import normalise


class PostcodeForm(Form):
    """One postcode."""

    postcode = forms.CharField(label="Postcode", max_length=20, help_text="For example, CO15 2DL")
    messages: ClassVar[Mapping[str, str]] = {"postcode": "Enter a postcode"}

    def clean_postcode(self) -> str:
        """Forgive small letters and missing spaces; refuse what can be no postcode."""
        pcds = normalise(self.cleaned_data["postcode"])
        if not pcds:
            raise ValidationError("Enter a full postcode, like CO15 2DL")
        return pcds


class ImportForm(Form):
    """A file and what it is."""

    what = forms.ChoiceField(label="What is in the file?", widget=forms.RadioSelect)
    file = FileField(
        label="The file as it was published",
        allowed=("csv", "xlsx"),
        max_size=60 * MEGABYTE,
        help_text="CSV or Excel (.xlsx). A file of the whole country is fine: only this county is kept.",
    )
    messages: ClassVar[Mapping[str, str]] = {"what": "Select what is in the file", "file": "Choose a file"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = [choice for _, group in jobs.choices() for choice in group]  # type: ignore[attr-defined]


YEAR_AND_LEVEL = [
    ("ward 2017", "Wards of 2017"),
    ("ward 2024", "Wards of 2024"),
    ("ward 2025", "Wards of 2025"),
    ("lsoa 2011", "Small areas (LSOA) of 2011"),
    ("lsoa 2021", "Small areas (LSOA) of 2021"),
    ("district 2023", "Whole districts"),
]


class BoundaryForm(Form):
    """A new boundary of a place."""

    areas = forms.ChoiceField(label="Which areas is it made of?", choices=YEAR_AND_LEVEL, widget=forms.RadioSelect)
    codes = forms.CharField(
        label="Their codes",
        widget=forms.Textarea,
        help_text="One on each line, like E05004084. You can paste a column.",
    )
    certainty = forms.ChoiceField(
        label="How sure is it?", choices=PlaceDefinition.Certainty.choices, widget=forms.RadioSelect
    )
    decided_by = forms.CharField(
        label="Who decided it?", max_length=120, required=False, help_text="Needed when it is certain."
    )
    valid_from = DateField(label="From which day does it hold?", noun="The day")
    note = forms.CharField(label="Why was it drawn like this?", widget=forms.Textarea, max_length=2000)
    messages: ClassVar[Mapping[str, str]] = {
        "areas": "Select which areas it is made of",
        "codes": "Enter the codes of the areas",
        "certainty": "Select how sure it is",
        "note": "Enter why it was drawn like this",
    }

    def clean_codes(self) -> list[str]:
        """Codes apart from whatever stands between them."""
        codes = list(dict.fromkeys(re.findall(r"[A-Z][0-9]{8}", self.cleaned_data["codes"].upper())))
        if not codes:
            raise ValidationError("Enter codes like E05004084, one on each line")
        return codes

    def clean(self) -> dict[str, Any]:
        """A certain boundary says who decided it."""
        cleaned = super().clean() or {}
        if cleaned.get("certainty") == PlaceDefinition.Certainty.CERTAIN and not cleaned.get("decided_by"):
            self.add_error("decided_by", "Enter who decided it")
        return cleaned

    def arguments(self) -> dict[str, Any]:
        """What the operation is called with."""
        level, year = self.cleaned_data["areas"].split()
        parts = [NewPart(Level(level), code, int(year)) for code in self.cleaned_data["codes"]]
        names = ("certainty", "decided_by", "valid_from", "note")
        return {"parts": parts, **{name: self.cleaned_data[name] for name in names}}


class ReasonForm(Form):
    """Why something is done."""

    reason = forms.CharField(label="Why?", widget=forms.Textarea, max_length=200, help_text="Shown beside the release.")
    messages: ClassVar[Mapping[str, str]] = {"reason": "Enter the reason"}

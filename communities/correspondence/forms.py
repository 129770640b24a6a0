"""The form for a call, visit or letter."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from communities.core.clock import now, today
from communities.core.dates import deadline
from communities.core.files import FileField
from communities.core.forms import DateField, Form
from communities.correspondence.models import Contact


class ContactForm(Form):
    """What was said, with whom and when."""

    means = forms.ChoiceField(label="What was it?", choices=Contact.Means.choices, widget=forms.RadioSelect)
    happened_on = DateField(label="When was it?", noun="The date", help_text="For example, 9 10 2026")
    happened_at = forms.TimeField(
        label="At what time?",
        help_text="For example, 14:30",
        input_formats=("%H:%M", "%H.%M", "%H%M"),
        error_messages={"required": "Enter the time", "invalid": "Enter a time, like 14:30"},
    )
    with_whom = forms.CharField(label="With whom?", max_length=120, help_text="Their name, and their part in the group")
    note = forms.CharField(label="What was said?", widget=forms.Textarea, help_text="The group may ask to read this.")
    file = FileField(label="A file", required=False, help_text="A letter or an e-mail, if there is one")

    messages = {
        "means": "Select what it was",
        "happened_on": "Enter the date",
        "with_whom": "Enter with whom",
        "note": "Enter what was said",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["happened_at"].width = 5  # type: ignore[attr-defined]
        self.fields["happened_on"].latest = today()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The date and the time as one moment, which has passed."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("happened_on") and cleaned.get("happened_at"):
            try:
                cleaned["moment"] = deadline(cleaned["happened_on"], cleaned["happened_at"])
            except ValidationError as wrong:
                self.add_error("happened_at", wrong)
            else:
                self._refuse_the_future(cleaned["moment"])
        return cleaned

    def _refuse_the_future(self, moment: datetime) -> None:
        if moment > now():
            self.add_error("happened_at", "The time must be in the past")

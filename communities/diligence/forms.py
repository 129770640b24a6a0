"""What officers fill in about a group: a check made, a hold set or cleared."""

from typing import Any

from django import forms

from communities.core.files import FileField
from communities.core.forms import DateField, Form
from communities.diligence.models import CheckType, GroupCheck, Hold
from communities.groups.models import Group


class GroupCheckForm(Form):
    """What a check of the group found."""

    check_type = forms.ModelChoiceField(
        label="Which check?", queryset=CheckType.objects.none(), empty_label="Choose a check"
    )
    result = forms.ChoiceField(label="What did you find?", choices=GroupCheck.Result.choices, widget=forms.RadioSelect)
    note = forms.CharField(
        label="Note", widget=forms.Textarea, required=False, help_text="Needed where it is not passed or waived"
    )
    valid_until = DateField(
        label="Until when does it hold?", required=False, help_text="Leave empty for the usual time. Like 31 3 2027"
    )
    evidence = FileField(label="Evidence", required=False, help_text="A certificate, a letter, a picture of a page")
    messages = {"check_type": "Select a check", "result": "Select what you found"}

    def __init__(self, *args: Any, may_waive: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = CheckType.objects.filter(subject=CheckType.Subject.GROUP, is_active=True)
        self.fields["check_type"].queryset = kinds  # type: ignore[attr-defined]
        if not may_waive:
            waived = GroupCheck.Result.WAIVED
            choices = [pair for pair in GroupCheck.Result.choices if pair[0] != waived]
            self.fields["result"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A no, and a check gone without, need their reason."""
        cleaned: dict[str, Any] = super().clean() or {}
        unsure = cleaned.get("result") in (GroupCheck.Result.FAILED, GroupCheck.Result.WAIVED)
        if unsure and not cleaned.get("note", "").strip():
            self.add_error("note", "Enter why")
        return cleaned


class HoldForm(Form):
    """Why a group gets no new offer for now."""

    kind = forms.ChoiceField(label="What is it about?", choices=Hold.Kind.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why?",
        widget=forms.Textarea,
        max_length=1000,
        help_text="The group’s leaders read this when it is about a report or money. About the rest, ring them.",
    )
    messages = {"kind": "Select what it is about", "reason": "Enter why"}


class ClearHoldForm(Form):
    """Why a hold can go."""

    hold = forms.ModelChoiceField(label="Which hold?", queryset=Hold.objects.none(), widget=forms.RadioSelect)
    reason = forms.CharField(label="Why can it go?", widget=forms.Textarea, max_length=1000)
    messages = {"hold": "Select a hold", "reason": "Enter why it can go"}

    def __init__(self, *args: Any, group: Group, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hold"].queryset = group.holds.filter(cleared_at=None)  # type: ignore[attr-defined]
        self.fields["hold"].empty_label = None  # type: ignore[attr-defined]

"""What people type about an award."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from communities.core.files import FileField
from communities.core.forms import DateField, Form
from communities.people.models import Person
from grants.awards.models import Acceptance, Award, AwardCondition
from grants.awards.queries import signers


class AcceptForm(Form):
    """Saying yes."""

    agree = forms.BooleanField(label="I have read the agreement and I say yes for the group")
    messages: ClassVar[Mapping[str, str]] = {
        "agree": "Tick the box if you agree. If you do not, you can turn the offer down"
    }


class TurnDownForm(Form):
    """Saying no."""

    reason = forms.CharField(
        label="Why? You need not say, but it helps us",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(label="Yes, we turn this offer down")
    messages: ClassVar[Mapping[str, str]] = {"sure": "Tick the box if your group turns the offer down"}


class RecordForm(Form):
    """An officer writes down the yes of somebody who cannot sign in."""

    person = forms.ModelChoiceField(Person.objects.none(), label="Who said yes?", empty_label="Choose a person")
    means = forms.ChoiceField(
        label="How?",
        widget=forms.RadioSelect,
        choices=[(each.value, each.label) for each in Acceptance.Means if each != Acceptance.Means.ONLINE],
    )
    evidence = FileField(
        label="The signed page",
        required=False,
        allowed=("pdf", "jpg", "png"),
        help_text="A photo or a scan. Needed when they signed a page.",
    )
    note = forms.CharField(
        label="What happened",
        max_length=250,
        help_text="The number you rang, whom you spoke to and when. This is kept with the agreement.",
    )
    messages: ClassVar[Mapping[str, str]] = {"person": "Choose who said yes", "note": "Write what happened"}

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [each.person.pk for each in signers(award) if not each.acceptance]
        self.fields["person"].queryset = Person.objects.filter(pk__in=people)  # type: ignore[attr-defined]


class ExtendForm(Form):
    """More time to say yes."""

    until = DateField(label="New last day")
    reason = forms.CharField(label="Why?", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
    messages: ClassVar[Mapping[str, str]] = {"reason": "Say why the group gets more time"}


class ConditionForm(Form):
    """Which condition is met, and how we know."""

    condition = forms.ModelChoiceField(
        AwardCondition.objects.none(), label="Which condition is met?", widget=forms.RadioSelect, empty_label=None
    )
    note = forms.CharField(label="How do we know?", max_length=250, required=False)

    def __init__(self, *args: Any, award: Award, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["condition"].queryset = award.conditions.filter(met_at=None)  # type: ignore[attr-defined]


class ChangeConditionForm(ConditionForm):
    """When a condition has to be met."""

    when = forms.ChoiceField(label="When?", widget=forms.RadioSelect, choices=AwardCondition.When.choices)
    due_on = DateField(label="By which day?", required=False)
    note = None  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["condition"].label = "Which condition?"

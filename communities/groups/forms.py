"""What groups type about themselves."""

from typing import Any, ClassVar

from django import forms

from communities.core.files import FileField
from communities.core.forms import DateField, Form, WordsField, YesNoField
from communities.groups.models import Group, GroupDocument, Membership
from communities.places.models import PriorityPlace
from communities.places.queries import normalise

PAPERS = ("pdf", "jpg", "png", "docx")
NUMBERED: dict[str, tuple[str, str]] = {
    Group.Kind.CHARITY: ("charity_number", "Enter the charity number"),
    Group.Kind.CIO: ("charity_number", "Enter the charity number"),
    Group.Kind.CIC: ("company_number", "Enter the company number"),
    Group.Kind.CLG: ("company_number", "Enter the company number"),
    Group.Kind.CBS: ("company_number", "Enter the society’s registration number"),
}


def place_field(label: str) -> forms.ModelChoiceField:  # type: ignore[type-arg]
    """One of the priority places, or somewhere else."""
    return forms.ModelChoiceField(
        PriorityPlace.objects.filter(archived_on=None),
        label=label,
        empty_label="Somewhere else in the county",
        required=False,
    )


class DetailsForm(Form):
    """What kind of group it is, what it is for, where it is."""

    name = forms.CharField(
        label="What is your group called?", help_text="As on the bank statement, if there is one.", max_length=120
    )
    kind = forms.ChoiceField(
        label="What kind of group is it?", choices=Group.Kind.choices, widget=forms.RadioSelect, required=False
    )
    charity_number = forms.CharField(label="Charity number", max_length=8, required=False)
    company_number = forms.CharField(label="Company or society number", max_length=8, required=False)
    purpose = WordsField(label="What is your group for?", max_words=60, required=False)
    place = place_field("Where is your group?")
    postcode = forms.CharField(
        label="Postcode",
        help_text="Where you usually meet. Not anybody’s home.",
        max_length=8,
        required=False,
    )
    website = forms.URLField(label="Website or page", required=False, assume_scheme="https")
    messages: ClassVar[dict[str, str]] = {"name": "Enter the name of your group"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("charity_number", "company_number", "postcode"):
            field: Any = self.fields[name]
            field.width = 10

    def clean_postcode(self) -> str:
        """A postcode is tidied; what cannot be one is asked about."""
        typed = self.cleaned_data["postcode"]
        if typed and not normalise(typed):
            raise forms.ValidationError("Enter a full postcode, like CO15 2DL, or leave it empty")
        return normalise(typed)

    def clean(self) -> dict[str, Any]:
        """Registered kinds have a number."""
        cleaned = super().clean() or {}
        name, sentence = NUMBERED.get(cleaned.get("kind") or "", ("", ""))
        if name and not cleaned.get(name) and name not in self.errors:
            self.add_error(name, sentence)
        return cleaned


ROLES = [(code, words) for code, words in Membership.Role.choices if code != Membership.Role.LEAD]


class RoleForm(Form):
    """What somebody does in the group."""

    role = forms.ChoiceField(label="What do they do in the group?", choices=ROLES, widget=forms.RadioSelect)
    is_leader = YesNoField(label="Are they one of the group’s leaders?", help_text="Leaders can send bids and reports.")
    is_signatory = YesNoField(
        label="Can they accept a grant for the group?",
        help_text="A grant needs two people who do not live together and are not related.",
    )

    def __init__(self, *args: Any, is_lead: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_lead:
            del self.fields["role"]


class MemberForm(RoleForm):
    """Somebody new in the group."""

    full_name = forms.CharField(label="Their full name", max_length=120)
    email = forms.EmailField(
        label="Their e-mail address", help_text="If they have one. Two people may share an address.", required=False
    )
    phone = forms.CharField(label="Their phone number", max_length=30, required=False)
    lives_with = forms.ChoiceField(
        label="Do they live with somebody else in the group?",
        help_text="People who live together count as one where two people have to agree. It is no disadvantage.",
        widget=forms.RadioSelect,
        required=False,
    )
    messages: ClassVar[dict[str, str]] = {"full_name": "Enter their full name"}
    field_order = ("full_name", "email", "phone", "role", "is_leader", "is_signatory", "lives_with")

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(member.person.public_id): member.person for member in members}
        choice: Any = self.fields["lives_with"]
        choice.choices = [("no", "No"), *((key, f"With {person}") for key, person in self.people.items())]

    def clean(self) -> dict[str, Any]:
        """The person they live with, where there is one."""
        cleaned = super().clean() or {}
        cleaned["household_with"] = self.people.get(cleaned.pop("lives_with", ""))
        return cleaned


class MemberChoice(Form):
    """A form that names somebody of the group."""

    def __init__(self, *args: Any, members: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.members = {str(member.person.public_id): member for member in members}
        for name in self.chosen:
            choice: Any = self.fields[name]
            first = [] if isinstance(choice.widget, forms.RadioSelect) else [("", "Choose a person")]
            choice.choices = [*first, *((key, str(member.person)) for key, member in self.members.items())]

    chosen: ClassVar[tuple[str, ...]]

    def clean(self) -> dict[str, Any]:
        """The members behind what was chosen."""
        cleaned = super().clean() or {}
        return cleaned | {name: self.members[cleaned[name]] for name in self.chosen if cleaned.get(name)}


class NameForm(Form):
    """The name, address and number of somebody without an account."""

    full_name = forms.CharField(label="Full name", max_length=120)
    email = forms.EmailField(label="E-mail address", required=False)
    phone = forms.CharField(label="Phone number", max_length=30, required=False)


class LeavingForm(Form):
    """Why somebody is no longer in the group."""

    reason = forms.CharField(
        label="Why are they leaving?",
        help_text="A few words, such as “moved away” or “has died”. Your group and the council can read it.",
        max_length=200,
    )
    messages: ClassVar[dict[str, str]] = {"reason": "Say in a few words why they are leaving"}


class LeadForm(MemberChoice):
    """Who leads from now on."""

    to = forms.ChoiceField(label="Who leads the group from now on?", widget=forms.RadioSelect)
    reason = forms.CharField(label="Why?", max_length=200, help_text="Everybody in the group reads it.")
    messages: ClassVar[dict[str, str]] = {"to": "Choose who leads the group", "reason": "Say in a few words why"}
    chosen = ("to",)


class LeaverForm(MemberChoice, LeavingForm):
    """Who is no longer in the group, and why."""

    member = forms.ChoiceField(label="Who is no longer in the group?", widget=forms.RadioSelect)
    field_order = ("member", "reason")
    messages: ClassVar[dict[str, str]] = {"member": "Choose a person", **LeavingForm.messages}
    chosen = ("member",)


class RelatedForm(MemberChoice):
    """Two people who are related or live together."""

    a = forms.ChoiceField(label="One of them")
    b = forms.ChoiceField(label="The other")
    how = forms.CharField(label="How?", help_text="Such as “married” or “same address”.", max_length=80)
    messages: ClassVar[dict[str, str]] = {
        "a": "Choose a person",
        "b": "Choose a person",
        "how": "Say how, in a word or two",
    }
    chosen = ("a", "b")

    def clean(self) -> dict[str, Any]:
        """Two different people."""
        cleaned = super().clean()
        if cleaned.get("a") and cleaned.get("a") == cleaned.get("b"):
            self.add_error("b", "Choose two different people")
        return cleaned | {name: cleaned[name].person for name in self.chosen if cleaned.get(name)}


class BodyForm(Form):
    """Who holds the group's money."""

    name = forms.CharField(label="What is the organisation called?", max_length=120)
    charity_number = forms.CharField(label="Charity number", max_length=8, required=False)
    company_number = forms.CharField(label="Company number", max_length=8, required=False)
    contact_name = forms.CharField(label="Whom can we speak to there?", max_length=120)
    contact_email = forms.EmailField(label="Their e-mail address", required=False)
    contact_phone = forms.CharField(label="Their phone number", max_length=30, required=False)
    agreement = FileField(
        label="A letter or agreement that says they will hold the money",
        help_text="A photo of a signed page is enough. You can give it to us later.",
        allowed=PAPERS,
        required=False,
    )
    messages: ClassVar[dict[str, str]] = {
        "name": "Enter the name of the organisation",
        "contact_name": "Enter the name of somebody we can speak to",
    }

    def clean(self) -> dict[str, Any]:
        """We need a way to reach them."""
        cleaned = super().clean() or {}
        if not cleaned.get("contact_email") and not cleaned.get("contact_phone") and not self.errors:
            self.add_error("contact_phone", "Enter a phone number or an e-mail address, so that we can reach them")
        return cleaned


class VisionForm(Form):
    """What the place should become."""

    title = forms.CharField(
        label="A few words for it", max_length=120, help_text="Such as “A Canvey where nobody eats alone”."
    )
    strengths = WordsField(
        label="What is already strong here?",
        help_text="People, places, habits, skills: what you build on.",
        max_words=150,
        required=False,
    )
    text = WordsField(label="What do you want your place to become?", max_words=150)
    messages: ClassVar[dict[str, str]] = {
        "title": "Enter a few words for your vision",
        "text": "Say what you want your place to become",
    }


class DocumentForm(Form):
    """A paper of the group."""

    kind = forms.ChoiceField(label="What is it?", choices=GroupDocument.Kind.choices, widget=forms.RadioSelect)
    file = FileField(
        label="Choose the file", help_text="PDF, Word, or a photo. A photo from your phone is fine.", allowed=PAPERS
    )
    issued_on = DateField(label="When was it made or signed?", noun="The day it was made", required=False)
    expires_on = DateField(
        label="When does it run out?", noun="The day it runs out", help_text="If it does.", required=False
    )
    messages: ClassVar[dict[str, str]] = {"kind": "Choose what it is", "file": "Choose the file"}

"""What members fill in: ties to bids, scores."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms

from communities.core.forms import Form
from communities.people.models import User
from grants.applications.models import Application
from grants.assessment.models import Interest, Review
from grants.assessment.operations import Scores
from grants.assessment.queries import Share, Task
from grants.rounds.models import Criterion, Seat

KINDS = [
    (Interest.Kind.NONE, "No connection"),
    (Interest.Kind.KNOWN, "I know some of them"),
    (Interest.Kind.RELATED, "I am related to, or close to, somebody in the group"),
    (Interest.Kind.PAID, "I, or somebody close to me, would gain money from it"),
]
OUT_HINT = "You leave this bid: no papers, no vote."
NEEDS_WORDS = (0, 1, 5)


class InterestForm(Form):
    """What ties one to one bid."""

    kind = forms.ChoiceField(label="What ties you to this group?", choices=KINDS, widget=forms.RadioSelect)
    detail = forms.CharField(
        label="Anything to add", required=False, max_length=250, help_text="For example how you know them."
    )
    messages: ClassVar[Mapping[str, str]] = {"kind": "Select what ties you to this group"}


class InterestsForm(Form):
    """What ties one to each of several bids, and one tick for all the others."""

    none_for_rest = forms.BooleanField(label="I have no connection with any of the others", required=False)

    def __init__(self, *args: Any, waiting: Sequence[Task], asked: Mapping[int, Sequence[str]], **kwargs: Any) -> None:
        self.waiting = waiting
        self.asked = asked
        super().__init__(*args, **kwargs)
        for task in waiting:
            self.fields[f"kind_{task.application.pk}"] = forms.ChoiceField(
                label=f"What ties you to {task.application.group.name}?",
                choices=KINDS,
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"detail_{task.application.pk}"] = forms.CharField(
                label="Anything to add", required=False, max_length=250
            )

    def rows(self, people: Mapping[int, Sequence[str]]) -> list[dict[str, Any]]:
        """The questions with what a member needs to answer them."""
        return [
            {
                "bid": task.application,
                "people": people.get(task.application.pk, ()),
                "asked": self.asked.get(task.application.pk, ()),
                "kind": self[f"kind_{task.application.pk}"],
                "detail": self[f"detail_{task.application.pk}"],
            }
            for task in self.waiting
        ]

    def clean(self) -> dict[str, Any]:
        """Something has to be said; where the system asks by name, the tick does not answer for it."""
        given: dict[str, Any] = super().clean() or {}
        for task in self.waiting:
            name = f"kind_{task.application.pk}"
            if task.application.pk in self.asked and given.get("none_for_rest") and not given.get(name):
                self.add_error(name, f"Select what ties you to {task.application.group.name}")
        if self.waiting and not given.get("none_for_rest") and not self.said and not self.errors:
            first = self.waiting[0].application
            if self.offers_tick:
                name, sentence = (
                    "none_for_rest",
                    "Say what ties you to at least one group, or tick the box for all of them",
                )
            else:
                name, sentence = f"kind_{first.pk}", f"Select what ties you to {first.group.name}"
            self.add_error(name, sentence)
        return given

    @property
    def offers_tick(self) -> bool:
        """Whether one tick can answer for any bid: it cannot where the system asks by name."""
        return any(task.application.pk not in self.asked for task in self.waiting)

    @property
    def said(self) -> dict[Application, tuple[str, str]]:
        """What was answered bid by bid."""
        given = self.cleaned_data
        return {
            task.application: (given[f"kind_{task.application.pk}"], given.get(f"detail_{task.application.pk}", ""))
            for task in self.waiting
            if given.get(f"kind_{task.application.pk}")
        }


class ScoreForm(Form):
    """All criteria on one page. Words are asked for at the ends of the scale, when the scores are locked."""

    overall = forms.CharField(
        label="Your overall view, in a line or two",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
        help_text="The grants team may use your words in the letter to the group.",
    )
    recommendation = forms.ChoiceField(
        label="What do you recommend?", choices=Review.Recommendation.choices, widget=forms.RadioSelect, required=False
    )

    def __init__(self, *args: Any, criteria: Sequence[Criterion], final: bool = False, **kwargs: Any) -> None:
        self.criteria, self.final = criteria, final
        super().__init__(*args, **kwargs)
        for each in criteria:
            self.fields[f"score_{each.pk}"] = forms.TypedChoiceField(
                label=each.name,
                help_text=each.help,
                coerce=int,
                empty_value=None,
                choices=[(one.score, f"{one.score} – {one.text}") for one in each.descriptors.all()],
                widget=forms.RadioSelect,
                required=False,
            )
            self.fields[f"words_{each.pk}"] = forms.CharField(
                label="Why?",
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text="Needed for 0, 1 and 5.",
            )

    @property
    def questions(self) -> list[dict[str, Any]]:
        """Each criterion with its two fields."""
        return [{"score": self[f"score_{each.pk}"], "words": self[f"words_{each.pk}"]} for each in self.criteria]

    def clean(self) -> dict[str, Any]:
        """A draft may be half done; what is locked may not."""
        given: dict[str, Any] = super().clean() or {}
        if self.final:
            for each in self.criteria:
                self._check(each, given)
            if not (given.get("overall") or "").strip():
                self.add_error("overall", "Write your overall view in a line or two")
            if not given.get("recommendation"):
                self.add_error("recommendation", "Select what you recommend")
        return given

    def _check(self, criterion: Criterion, given: Mapping[str, Any]) -> None:
        value, words = given.get(f"score_{criterion.pk}"), given.get(f"words_{criterion.pk}", "")
        if value is None:
            self.add_error(f"score_{criterion.pk}", f"Select a score for “{criterion.name}”")
        elif value in NEEDS_WORDS and not words.strip():
            self.add_error(f"words_{criterion.pk}", f"Say why you gave {value} for “{criterion.name}”")

    @property
    def scores(self) -> Scores:
        """What was chosen, by criterion."""
        given = self.cleaned_data
        return {
            each.pk: (given[f"score_{each.pk}"], given.get(f"words_{each.pk}", ""))
            for each in self.criteria
            if given.get(f"score_{each.pk}") is not None
        }

    @staticmethod
    def initial_of(review: Review | None) -> dict[str, Any]:
        """What was saved before."""
        if review is None:
            return {}
        found: dict[str, Any] = {"overall": review.overall, "recommendation": review.recommendation}
        for score in review.scores.all():
            found |= {f"score_{score.criterion_id}": score.value, f"words_{score.criterion_id}": score.words}
        return found


class SharesForm(Form):
    """Who scores which bid of a round."""

    def __init__(
        self,
        *args: Any,
        shares: Sequence[Share],
        seats: Sequence[Seat],
        plan: Mapping[int, set[int]] | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.shares, self.seats = list(shares), {seat.pk: seat for seat in seats}
        for share in self.shares:
            chosen = plan[share.application.pk] if plan is not None else share.chosen
            self.fields[f"bid_{share.application.pk}"] = forms.MultipleChoiceField(
                label=share.application.title,
                choices=[
                    (str(pk), self._name(seat, share)) for pk, seat in self.seats.items() if self._may(seat, share)
                ],
                initial=[str(pk) for pk in sorted(chosen)],
                widget=forms.CheckboxSelectMultiple,
                required=False,
                help_text=self._help(share),
            )

    def _may(self, seat: Seat, share: Share) -> bool:
        return seat.person.user_id is not None and seat.pk not in share.out

    def _name(self, seat: Seat, share: Share) -> str:
        notes = [
            note
            for note, pks in (("has not declared yet", share.undeclared), ("locked", share.locked))
            if seat.pk in pks
        ]
        return f"{seat.person}{f' ({notes[0]})' if notes else ''}"

    def _help(self, share: Share) -> str:
        out = [str(seat.person) for pk, seat in self.seats.items() if pk in share.out]
        tied = f" Has a tie: {', '.join(out)}." if out else ""
        return f"{share.application.reference}, {share.application.group.name}.{tied}"

    def clean(self) -> dict[str, Any]:
        """As many as the size of the grant needs, for every bid that has any."""
        given: dict[str, Any] = super().clean() or {}
        for share in self.shares:
            name = f"bid_{share.application.pk}"
            needed = share.application.tier.reviewers_needed if share.application.tier else 0
            if name in given and (given[name] or share.chosen) and len(given[name]) < needed:
                self.add_error(name, f"Choose at least {needed} scorers for “{share.application.title}”")
        return given

    @property
    def plan(self) -> dict[Application, list[User]]:
        """What was chosen, for the bids whose scorers change."""
        found: dict[Application, list[User]] = {}
        for share in self.shares:
            chosen = {int(key) for key in self.cleaned_data[f"bid_{share.application.pk}"]}
            if chosen != share.chosen:
                people = [self.seats[pk].person.user for pk in sorted(chosen)]
                found[share.application] = [user for user in people if user is not None]
        return found

    def load(self) -> list[tuple[str, int]]:
        """How many bids each member has, as the page shows them."""
        counts = dict.fromkeys(self.seats, 0)
        for share in self.shares:
            for key in self[f"bid_{share.application.pk}"].value() or ():
                if str(key).isdigit() and int(key) in counts:
                    counts[int(key)] += 1
        return [(str(self.seats[pk].person), count) for pk, count in counts.items()]

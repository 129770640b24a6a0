"""Places and groups of people: what share of a bid is for each."""

from collections.abc import Mapping
from typing import Any

from django import forms

from communities.framework.models import Cohort
from communities.places.models import PriorityPlace
from grants.applications.forms.pieces import Piece, optional
from grants.applications.models import Application, BidPlace
from grants.applications.queries import Asked


class Shares(Piece):
    """A share for each of a list, all on one page."""

    template = "grants/applications/parts/_shares.html"
    suffix = "%"
    options: list[tuple[str, str]]

    def fields(self) -> dict[str, forms.Field]:
        """A small box for each."""
        found: dict[str, forms.Field] = {}
        for code, name in self.options:
            field = forms.IntegerField(**optional(label=name, min_value=0, max_value=100))
            field.error_messages["invalid"] = f"The share of {name} must be a whole number, like 25"
            field.width, field.suffix = 3, self.suffix  # type: ignore[attr-defined]
            found[f"{self.key}_{code}"] = field
        return found

    @property
    def share_fields(self) -> list[Any]:
        """The small boxes as the page prints them."""
        return [self.form[f"{self.key}_{code}"] for code, _ in self.options]

    def shares(self, cleaned: Mapping[str, Any]) -> dict[str, int]:
        """The shares that were given."""
        given = {code: cleaned.get(f"{self.key}_{code}") for code, _ in self.options}
        return {code: share for code, share in given.items() if share}


class PlacesPiece(Shares):
    """Where it happens: one place, or several that share it. Together the shares make 100."""

    template = "grants/applications/parts/_places.html"

    def __init__(self, asked: Asked, bid: Application) -> None:
        super().__init__(asked, bid)
        places = PriorityPlace.objects.filter(archived_on=None)
        self.options = [(place.code, place.name) for place in places]
        self.options += [(code, str(name)) for code, name in BidPlace.Where.choices if code != BidPlace.Where.PLACE]

    def fields(self) -> dict[str, forms.Field]:
        """Boxes to tick, and a share for each where it happens in several."""
        options = optional(label=self.asked.text, help_text=self.asked.help, choices=self.options)
        chosen = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, **options)
        return {f"{self.key}_chosen": chosen, **super().fields()}

    def initial(self, value: Any) -> dict[str, Any]:
        """The places; their shares where there are several."""
        shares = {row.get("place") or row["where"]: row["share"] for row in value or []}
        shown = {
            f"{self.key}_{code}": share for code, share in shares.items() if share and list(shares.values()) != [100]
        }
        return {f"{self.key}_chosen": list(shares), **shown}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """Rows of place and share; a single place has all of it."""
        shares = self.shares(cleaned)
        chosen = [
            code for code, _ in self.options if code in (cleaned.get(f"{self.key}_chosen") or []) or code in shares
        ]
        if len(chosen) == 1 and not shares:
            shares = {chosen[0]: 100}
        elsewhere = set(BidPlace.Where.values) - {BidPlace.Where.PLACE}
        return [
            {
                "where": code if code in elsewhere else "place",
                "place": "" if code in elsewhere else code,
                "share": shares.get(code, 0),
            }
            for code in chosen
        ]

    @property
    def is_shared(self) -> bool:
        """Whether shares were given or are asked for, so that they are shown at once."""
        asked_for = any(field.errors for field in self.bound)
        return asked_for or any(field.value() not in (None, "") for field in self.share_fields)


class CohortsPiece(Shares):
    """How many in every hundred belong to each of the groups of people the fund puts first."""

    suffix = "in 100"

    def __init__(self, asked: Asked, bid: Application) -> None:
        super().__init__(asked, bid)
        self.options = [(cohort.code, cohort.plain) for cohort in Cohort.objects.filter(valid_to=None)]

    def initial(self, value: Any) -> dict[str, Any]:
        """Shares by cohort."""
        return {f"{self.key}_{row['cohort']}": row["share"] for row in value or []}

    def read(self, cleaned: Mapping[str, Any]) -> Any:
        """Rows of cohort and share."""
        return [{"cohort": code, "share": share} for code, share in self.shares(cleaned).items()]

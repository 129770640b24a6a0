"""Which piece of a page asks which kind of question."""

from grants.applications.forms.pieces import (
    ChoicePiece,
    DatesPiece,
    DeclarationPiece,
    GoalsPiece,
    NumberPiece,
    Piece,
    PostcodePiece,
    TextPiece,
    YesNoPiece,
)
from grants.applications.forms.shares import CohortsPiece, PlacesPiece
from grants.applications.forms.tables import BudgetPiece, TargetsPiece
from grants.applications.models import Application
from grants.applications.queries import Asked
from grants.rounds.models import Question

KINDS: dict[str, type[Piece]] = {
    Question.Kind.SHORT: TextPiece,
    Question.Kind.LONG: TextPiece,
    Question.Kind.NUMBER: NumberPiece,
    Question.Kind.YES_NO: YesNoPiece,
    Question.Kind.CHOICE: ChoicePiece,
}
FIXED: dict[str, type[Piece]] = {
    "title": TextPiece,
    "places": PlacesPiece,
    "postcode": PostcodePiece,
    "people": NumberPiece,
    "cohorts": CohortsPiece,
    "goals": GoalsPiece,
    "targets": TargetsPiece,
    "budget": BudgetPiece,
    "dates": DatesPiece,
    "declaration": DeclarationPiece,
}


def piece_for(asked: Asked, bid: Application) -> Piece:
    """The piece of a question."""
    kinds = FIXED if asked.kind == Question.Kind.FIXED else KINDS
    return kinds[asked.key if asked.kind == Question.Kind.FIXED else asked.kind](asked, bid)

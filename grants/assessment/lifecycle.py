"""The steps of a review: begun, saved, locked."""

from communities.core.events import Moment, describe
from communities.core.lifecycle import Step, need
from grants.assessment.models import REVIEW, Allocation, Review
from grants.assessment.queries import criteria_of

S = Review.Status
NEEDS_WORDS = (0, 1, 5)


@need(
    "the panel has not met about the bid yet",
    "Scoring of this bid is over: the panel has met.",
    next_step="You can still say what you think at the meeting.",
)
def scoring_is_open(review: Review, moment: Moment) -> bool:
    """A late member gives no score."""
    return Allocation.objects.filter(
        application=review.application_id, user=review.reviewer_id, closed_at=None
    ).exists()


@need("every criterion has a score", "Some criteria have no score yet.", loads=("scores", "application__tier"))
def all_criteria_scored(review: Review, moment: Moment) -> bool | str:
    """A review counts as a whole."""
    scored = {score.criterion_id for score in review.scores.all()}
    missing = [each.name for each in criteria_of(review.application) if each.pk not in scored]
    return f"Give a score for: {', '.join(missing)}." if missing else True


@need(
    "scores of 0, 1 and 5 have a reason in words, and there is one overall line",
    "Some scores need a reason in words.",
    loads=("scores__criterion",),
)
def words_are_given(review: Review, moment: Moment) -> bool | str:
    """A chosen descriptor is a reason; the ends of the scale need words of their own."""
    silent = [s.criterion.name for s in review.scores.all() if s.value in NEEDS_WORDS and not s.words.strip()]
    if silent:
        return f"Say in a few words why you gave 0, 1 or 5 for: {', '.join(silent)}."
    return (
        True if review.overall.strip() and review.recommendation else "Write one overall line, and recommend something."
    )


REVIEW.add(
    Step("start", (), S.DRAFT, "grants.write_review", (scoring_is_open,), done="Scoring begun"),
    Step(
        "lock",
        (S.DRAFT,),
        S.LOCKED,
        "grants.write_review",
        (scoring_is_open, all_criteria_scored, words_are_given),
        label="Lock your scores",
        done="Scores locked",
    ),
)

describe("review.save", "Scores saved")
describe("interest.declare", "A panel member or officer said what ties them to the bid")
describe("interest.correct", "An officer corrected what was said about a tie")
describe("allocation.change", "Scorers chosen")

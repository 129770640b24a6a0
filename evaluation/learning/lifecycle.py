"""A theme is opened and answered; a round is not published over one that nobody answered."""

from communities.core.events import describe
from communities.core.lifecycle import Moment, Step, need
from evaluation.learning.models import THEME, Theme
from evaluation.learning.queries import MOST_THEMES, unanswered
from grants.rounds.models import ROUND, Round

S = Theme.Status


@need("there are at most ten open themes", "There are ten open themes already.", next_step="Answer one, or join two.")
def there_is_room(theme: Theme, moment: Moment) -> bool:
    """A team can act on a few things."""
    return unanswered().exclude(pk=theme.pk).count() < MOST_THEMES


@need(
    "every theme of what was learnt is answered",
    "What we learnt has not been answered yet.",
    next_step="Answer each theme: with a change, or with the reason why nothing changes, which the round's page shows.",
)
def learning_is_answered(round_: Round, moment: Moment) -> bool | str:
    """Learning feeds the next round (white paper, chapter 6)."""
    waiting = [theme.title for theme in unanswered()[:3]]
    return True if not waiting else f"What we learnt has not been answered yet: {'; '.join(waiting)}."


THEME.add(
    Step(
        "open", (), S.OPEN, "evaluation.change_theme", needs=(there_is_room,), label="Open a theme", done="Theme opened"
    ),
    Step("answer", (S.OPEN,), S.ANSWERED, "evaluation.answer_theme", label="Answer it", done="Theme answered"),
)
ROUND.require("publish", learning_is_answered)
describe(THEME.verb("group"), "Learning added to the theme")

"""Whether the demonstration may be loaded here, and loading it: everything or nothing."""

from django.conf import settings
from django.db import transaction

from communities.core.clock import today
from communities.core.periodic import run_due
from communities.core.sealing import anchor_file
from communities.people.models import Person, User
from communities.people.queries import DEMONSTRATION_DOMAIN
from evaluation.demonstration.agenda import play
from evaluation.demonstration.calendar import Calendar
from evaluation.demonstration.cast import KEEPER, address
from evaluation.demonstration.stage import Stage
from evaluation.demonstration.story import scenes
from grants.rounds.models import Terms


def is_loaded() -> bool:
    """Whether the demonstration is in the database."""
    return User.objects.filter(email=address(KEEPER)).exists()


def reasons_against() -> list[str]:
    """Why the demonstration must not be loaded here, in sentences."""
    real = User.objects.exclude(email__endswith=DEMONSTRATION_DOMAIN).exists() or Person.objects.exists()
    reasons = {
        "Real people are in this database, and the demonstration does not belong among them.": real,
        f"This site is reachable as {', '.join(settings.ALLOWED_HOSTS)}; the demonstration is for one machine alone.": (
            not settings.IS_LOCAL
        ),
        "The round terms are missing: run manage.py load_framework first.": not _has_framework(),
    }
    return [reason for reason, against in reasons.items() if against]


def _has_framework() -> bool:
    return Terms.objects.filter(is_library=True).exists()


def load() -> None:
    """Play the whole story up to this moment. If anything goes wrong, nothing of it stays."""
    anchors = anchor_file()
    kept = anchors.read_bytes() if anchors.exists() else b""
    try:
        with transaction.atomic():
            play(scenes(Stage(Calendar(today()))))
            run_due()
    except BaseException:
        anchors.write_bytes(kept)  # places that were rolled back must not be missed later
        raise

"""Writing down what rounds add up to, so that pages about thousands of awards need not add up all of them."""

from datetime import timedelta

from communities.core.clock import now
from communities.core.models import Link
from communities.core.periodic import periodic
from evaluation.insight.models import RoundSums
from evaluation.insight.queries.sums import changed_since, written
from grants.rounds.models import Round

AFRESH = timedelta(days=1)


@periodic("evaluation.write_down_sums", every=timedelta(minutes=10), queue="periodic")
def write_down_sums() -> None:
    """Write down the sums of rounds in which something happened, and of each round once a day. Safe to run twice."""
    head = Link.objects.order_by("-position").values_list("position", flat=True).first()
    if head is None:
        return
    at = now()
    kept = dict(RoundSums.objects.filter(at__gt=at - AFRESH).values_list("round", "upto"))
    changed = changed_since(min(kept.values())) if kept else set()
    stale = [pk for pk in Round.objects.order_by("pk").values_list("pk", flat=True) if pk in changed or pk not in kept]
    # the place is read before the sums: what it covers is in them, and what comes after it tells that they are old
    for round_ in stale:
        RoundSums.objects.update_or_create(round_id=round_, defaults={"upto": head, "sums": written(round_), "at": at})
    RoundSums.objects.exclude(round__in=stale).update(upto=head)

"""Tidying of access that comes round by itself."""

from datetime import timedelta

from communities.core.clock import now
from communities.core.periodic import periodic
from communities.people import operations


@periodic("end_lapsed_roles", every=timedelta(hours=1), queue="periodic")
def end_lapsed_roles() -> None:
    """Roles whose last day is over are ended, and their holders told."""
    operations.end_lapsed_roles(at=now())


@periodic("forget_old_sign_ins", every=timedelta(minutes=10), queue="periodic")
def forget_old_sign_ins() -> None:
    """Sessions that ended, codes that were sent and addresses that were only typed are not kept."""
    operations.forget_sign_ins(at=now())

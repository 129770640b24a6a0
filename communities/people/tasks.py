"""Tidying of access that comes round by itself."""

from datetime import timedelta

from django.contrib.sessions.models import Session

from communities.core.clock import now
from communities.core.models import Message
from communities.core.periodic import periodic
from communities.people import operations


@periodic("end_lapsed_roles", every=timedelta(hours=1))
def end_lapsed_roles() -> None:
    """Roles whose last day is over are ended, and their holders told."""
    operations.end_lapsed_roles(at=now())


@periodic("forget_old_sign_ins", every=timedelta(hours=1))
def forget_old_sign_ins() -> None:
    """Sessions that ended, codes that were sent and addresses that were only typed are not kept."""
    at = now()
    Session.objects.filter(expire_date__lt=at).delete()
    Message.objects.filter(template__startswith="account/", created_at__lt=at - timedelta(hours=1)).exclude(
        state=Message.State.WAITING
    ).update(body="")
    operations.close_unused_accounts(before=at - timedelta(days=7))

"""Who may read the messages, the contact log and the record of events, and who writes calls and visits down."""

from django.db.models import Q

from communities.core.files import may_open
from communities.core.models import Event, Message, PeriodicRun
from communities.core.permissions import EVERY, NONE, Actor, office, permission, roles_of
from communities.correspondence.models import Contact
from communities.people.roles import ACCESS_MANAGER, AUDITOR, FINANCE, OFFICER, SENIOR_OFFICER

CASEWORK = (OFFICER.code, SENIOR_OFFICER.code, FINANCE.code)
READERS = (*CASEWORK, AUDITOR.code)

office(Contact, view=READERS)
# how the installation runs: no bid, no money and no name is on that page
office(PeriodicRun, view=(ACCESS_MANAGER.code, SENIOR_OFFICER.code, AUDITOR.code))


@permission("communities.log_contact", Contact, "Officers, senior officers and finance, on any case", roles=CASEWORK)
def log_contact(user: Actor) -> Q:
    """What was said is written down by whoever said it in the office."""
    return NONE


@permission(
    "communities.view_message",
    Message,
    "Officers, finance and auditors, all but sign-in codes; everyone the messages to them",
    partly=READERS,
)
def view_message(user: Actor) -> Q:
    """Whoever could read a colleague's sign-in code could be that colleague, so nobody reads those of others."""
    if roles_of(user).intersection(READERS):
        return ~Q(template__startswith="account/") & ~Q(template__startswith="mfa/")
    return Q(user=user.pk)


@permission("communities.resend_message", Message, "Officers, senior officers and finance", roles=CASEWORK)
def resend_message(user: Actor) -> Q:
    """A message that could not be sent is sent again by somebody who has looked at why."""
    return NONE


@permission("communities.view_event", Event, "Senior officers and auditors", roles=(SENIOR_OFFICER.code, AUDITOR.code))
def view_event(user: Actor) -> Q:
    """The whole record is for those who answer for it; officers read the part of their case on its timeline."""
    return NONE


@may_open("contact")
def open_contact_file(user: Actor) -> Q:
    """What came with a letter or an e-mail is for those who read the contact log."""
    return EVERY if user.has_perm("communities.view_contact") else NONE

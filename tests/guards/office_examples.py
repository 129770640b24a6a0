"""What the office's own pages can be about, for the guards that open them all."""

from communities.core.models import Message
from communities.framework.models import Cohort, Indicator
from communities.people.models import Person
from communities.places.models import Dataset, PriorityPlace
from grants.applications.models import Application
from grants.assessment.models import Interest
from grants.awards.models import AwardTarget
from grants.funds.models import Budget
from grants.payments.models import PayeeAccount, PaymentBatch
from grants.rounds.models import Round


def first(model, field="pk", **where):
    return [getattr(model._base_manager.filter(**where).order_by("pk")[0], field)]


def act(model, name):
    return [*first(model), name]


EXAMPLES = {
    "communities_cohort_act": lambda: act(Cohort, "reword"),
    "communities_contact_log": lambda: first(Application, "case", status="in_check"),
    "communities_dataset_act": lambda: act(Dataset, "withdraw"),
    "communities_indicator_act": lambda: act(Indicator, "reword"),
    "communities_message_again": lambda: first(Message),
    "communities_person_correct": lambda: first(Person),
    "communities_priorityplace_act": lambda: act(PriorityPlace, "boundary"),
    "grants_allocation_share": lambda: first(Round, "public_id", status="published", panel__isnull=False),
    "grants_application_export": lambda: ["csv"],
    "grants_application_case": lambda: first(Application, "public_id", status="in_check"),
    "grants_application_act": lambda: [*first(Application, "public_id", status="in_check"), "assign"],
    "grants_awardtarget_act": lambda: act(AwardTarget, "map"),
    "grants_budget_allocate": lambda: first(Budget),
    "grants_interest_correct": lambda: first(Interest, user__email="dev@demo.invalid"),
    "grants_decision_propose": lambda: first(Application, "public_id", status="in_assessment"),
    "grants_decision_round": lambda: first(Round, "public_id", status="published"),
    "grants_meeting_plan": lambda: first(Round, "public_id", status="published", panel__isnull=False),
    "grants_payeeaccount_full": lambda: first(PayeeAccount),
    "grants_paymentbatch_file": lambda: first(PaymentBatch, status="exported"),
}


def office_example(name):
    """The arguments of an address of the office."""
    make = EXAMPLES.get(name.removeprefix("admin:"))
    return make() if make else []

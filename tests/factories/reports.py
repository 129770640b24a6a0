"""Awards under way, and their reports at every stage."""

from datetime import UTC, datetime

from communities.framework.models import ChainElement, Goal, Indicator, OutcomeArea
from evaluation.reports import operations
from evaluation.reports.models import OutcomeReport
from grants.awards.models import AwardTarget
from grants.rounds.models import Question, QuestionLimit, Tier
from tests.factories.awards import FundedGroup, agree, bank_details, join, offer, paid

ENDED = datetime(2027, 7, 5, 9, 0, tzinfo=UTC)
QUESTIONS = (
    ("happened", "choice", "Did it happen?", [["yes", "Yes"], ["no", "No"]], None),
    ("people", "fixed", "How many different people took part?", [], None),
    ("targets", "fixed", "How did it go against what you set out to do?", [], None),
    ("changed", "long", "What changed for somebody?", [], 80),
    ("worked_less", "long", "What worked less well?", [], 60),
    ("photo", "fixed", "Do you have a photo?", [], None),
)


def ask(terms):
    """The questions of a report, for every size."""
    if Question.objects.filter(terms=terms, stage="report").exists():
        return
    for order, (key, kind, text, choices, words) in enumerate(QUESTIONS):
        question = Question.objects.create(
            terms=terms, stage="report", section="report", key=key, kind=kind, text=text, choices=choices, order=order
        )
        for tier in Tier.objects.filter(terms=terms):
            QuestionLimit.objects.create(question=question, tier=tier, words=words, is_required=key != "photo")


def indicator(code="XX1", **facts):
    """An indicator of the catalogue."""
    area, _ = OutcomeArea.objects.get_or_create(code="FAM", defaults={"name": "Family", "focus": "-", "order": 1})
    chain, _ = ChainElement.objects.get_or_create(
        code="OPP", defaults={"order": 4, "name": "Opportunities", "gist": "-"}
    )
    goal = Goal.objects.filter(number=12).first()
    found, _ = Indicator.objects.get_or_create(
        code=code,
        defaults={
            "name": "Different people taking part", "question": "How many?", "unit": "people", "direction": "up",
            "level": "output", "goal": goal, "area": area, "chain": chain, "aggregation": "sum", "person_based": True,
        }
        | facts,
    )  # fmt: skip
    return found


def group_of(asha, ben):
    """A group led by Asha, with Ben as treasurer."""
    group = FundedGroup(created_by=asha)
    join(group, asha.person, "lead", leads=True)
    join(group, ben.person, "treasurer")
    return group


def award_of(group, asha, ben, carol, grace, **facts):
    """An accepted award, which owes a report."""
    award = offer(group, officer=carol, ratifier=grace, **facts)
    ask(award.application.terms)
    return agree(award, asha, ben)


def under_way(award, asha, ben, carol, fiona, grace):
    """The first payment has arrived."""
    bank_details(award.group, by=ben, checked_by=fiona)
    paid(award, officer=carol, finance=fiona, senior=grace)
    award.refresh_from_db()
    return award


def report_of(award):
    """The final report that the award owes."""
    return OutcomeReport.objects.get(requirement__award=award, requirement__kind="final")


def write(report, by, *, people=64, value=58, at=ENDED, version=None, **answers):
    """Everything is answered."""
    target = AwardTarget.objects.get(version__award=report.requirement.award)
    said = {
        "happened": "yes",
        "changed": "Two men who had not left home came every week.",
        "worked_less": "Too few ovens.",
    }
    return operations.save_report(
        report, answers=said | answers, people_reached=people,
        results={target.pk: {"value": value, "words": "", "baseline": None, "respondents": None}},
        cohorts={}, may_publish=False, photo=None, version=version, by=by, at=at,
    )  # fmt: skip

"""Reports: what is asked of whom, what is missing, what is due."""

from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from communities.core.permissions import Actor
from evaluation.reports.models import OutcomeReport
from grants.awards.models import Award, AwardTarget, AwardVersion
from grants.rounds.models import Question, Tier
from grants.rounds.queries import questions_for

S = OutcomeReport.Status
OPEN = (S.DRAFT, S.RETURNED)


def tier_of(report: OutcomeReport) -> Tier | None:
    """The size of the award, which decides what is asked."""
    return report.requirement.award.application.tier


def questions(report: OutcomeReport) -> list[Question]:
    """The questions of this report in order, each with `words` and `required`."""
    application = report.requirement.award.application
    return list(questions_for(application.terms, Question.Stage.REPORT, application.tier))


def targets(report: OutcomeReport) -> list[AwardTarget]:
    """What the group said it would reach, as agreed last."""
    latest = report.requirement.award.versions.order_by("-number").values("pk")[:1]
    return list(AwardTarget.objects.filter(version__in=latest).select_related("indicator").order_by("order", "pk"))


def agreed_targets() -> QuerySet[AwardTarget]:
    """The targets of each award's latest agreement."""
    later = AwardVersion.objects.filter(award=OuterRef("version__award"), number__gt=OuterRef("version__number"))
    return AwardTarget.objects.filter(~Exists(later))


def full(reports: QuerySet[OutcomeReport]) -> QuerySet[OutcomeReport]:
    """Reports with what their pages print of the award."""
    return reports.select_related(
        "requirement__award__group", "requirement__award__application__tier", "requirement__award__application__terms"
    ).prefetch_related("results__target", "cohorts_reached__cohort")


def missing(report: OutcomeReport) -> list[str]:
    """The questions that still need an answer, in their own words."""
    reached = {result.target_id for result in report.results.all() if result.value is not None or result.words}
    answered: dict[str, bool] = {
        "people": report.people_reached is not None,
        "targets": all(target.pk in reached for target in targets(report)),
    }
    return [
        question.text
        for question in questions(report)
        if question.required and not answered.get(question.key, report.answers.get(question.key) not in (None, ""))  # type: ignore[attr-defined]
    ]


def content(report: OutcomeReport) -> dict[str, Any]:
    """The report as plain data: what a sent copy keeps."""
    return {
        "answers": [
            {"key": question.key, "question": question.text, "answer": report.answers.get(question.key)}
            for question in questions(report)
            if question.kind != Question.Kind.FIXED
        ],
        "people_reached": report.people_reached,
        "results": [
            {
                "target": str(result.target),
                "planned": result.target.value,
                "reached": result.value,
                "baseline": result.baseline,
                "words": result.words,
                "respondents": result.respondents,
            }
            for result in report.results.select_related("target__indicator").order_by("target__order", "pk")
        ],
        "cohorts": [
            {"cohort": reached.cohort.code, "people": reached.people}
            for reached in report.cohorts_reached.select_related("cohort").order_by("cohort__code")
        ],
        "may_publish": report.may_publish,
        "photo": str(report.photo.public_id) if report.photo else None,
    }


def written(report: OutcomeReport) -> list[dict[str, Any]]:
    """The report as people read it: question and answer, in order."""
    fixed = {"people": report.people_reached, "photo": report.photo.original_name if report.photo else ""}
    fixed["cohorts"] = "\n".join(f"{one.cohort}: {one.people}" for one in report.cohorts_reached.all())
    fixed["targets"] = "\n".join(_result(one) for one in report.results.select_related("target__indicator"))
    return [
        {"key": question.text, "value": fixed.get(question.key, _shown(question, report.answers.get(question.key)))}
        for question in questions(report)
    ]


def _result(result: Any) -> str:
    value = "" if result.value is None else f"{result.value.normalize():f}"
    planned = f" (planned {result.target.value.normalize():f})" if result.target.value is not None else ""
    return f"{result.target}: {value}{planned} {result.words}".strip()


def _shown(question: Question, answer: Any) -> Any:
    if question.kind == Question.Kind.YES_NO:
        return {True: "Yes", False: "No"}.get(answer, "")
    return dict(question.choices).get(answer, answer) if question.kind == Question.Kind.CHOICE else answer


def owed_by(user: Actor) -> QuerySet[OutcomeReport]:
    """Reports that this person's groups still owe, the first due first."""
    mine = OutcomeReport.objects.allowed_to(user, "evaluation.write_outcomereport").filter(status__in=OPEN)
    return mine.select_related("requirement__award__group").order_by("requirement__due_on", "pk")


def to_read() -> QuerySet[OutcomeReport]:
    """Reports that were sent and wait for an officer."""
    return OutcomeReport.objects.filter(status=S.SUBMITTED)


def overdue(on: date) -> QuerySet[OutcomeReport]:
    """Reports whose day has passed."""
    return OutcomeReport.objects.filter(status__in=OPEN, requirement__due_on__lt=on)


def has_final_report(award: Award) -> bool:
    """Whether the final report was accepted."""
    return OutcomeReport.objects.filter(requirement__award=award, requirement__kind="final", status=S.ACCEPTED).exists()

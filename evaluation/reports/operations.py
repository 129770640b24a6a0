"""Everything that changes a report, and the figures it leaves behind when it is accepted."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from communities.core.canonical import canonical, digest
from communities.core.clock import london
from communities.core.events import record_event
from communities.core.files import StoredFile
from communities.core.lifecycle import lock, unit
from communities.core.permissions import SYSTEM, Actor
from communities.core.refusals import Refused
from communities.framework.models import Indicator
from evaluation.reports.lifecycle import is_open
from evaluation.reports.models import (
    OUTCOME_REPORT,
    PEOPLE,
    CohortReached,
    Observation,
    OutcomeReport,
    ReportRequirement,
    ReportSubmission,
    TargetResult,
)
from evaluation.reports.queries import content
from grants.awards.models import Award, AwardTarget


def require(award: Award, *, at: datetime) -> list[OutcomeReport]:
    """Open the reports that an agreed award owes: the final one, and a half-way one where two payments are planned."""
    tier = award.application.tier
    months = tier.report_months if tier else 1
    due = {ReportRequirement.Kind.FINAL: add_months(award.ends_on, months)}
    if tier and len(tier.payment_shares) > 1:
        due[ReportRequirement.Kind.INTERIM] = award.starts_on + (award.ends_on - award.starts_on) / 2
    return [_open(award, kind, day, at) for kind, day in due.items()]


def _open(award: Award, kind: str, due_on: date, at: datetime) -> OutcomeReport:
    requirement, _ = ReportRequirement.objects.get_or_create(award=award, kind=kind, defaults={"due_on": due_on})
    report = OutcomeReport(requirement=requirement, case=award.case, started_at=at)
    return OUTCOME_REPORT.create("open", report, by=SYSTEM, at=at)


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError(day)


def save_report(
    report: OutcomeReport,
    *,
    answers: Mapping[str, Any],
    people_reached: int | None,
    results: Mapping[int, Mapping[str, Any]],
    cohorts: Mapping[int, int | None],
    may_publish: bool,
    photo: StoredFile | None,
    version: int | None,
    by: Actor,
    at: datetime,
) -> OutcomeReport:
    """Keep what was written so far. Nothing has to be complete. `results` by target, `cohorts` by cohort."""
    with OUTCOME_REPORT.record(
        "save", report, by=by, at=at, who="evaluation.write_outcomereport", needs=(is_open,), version=version
    ) as locked:
        locked.answers = dict(answers)
        locked.people_reached = people_reached
        locked.may_publish = may_publish
        locked.photo = photo or locked.photo
        for target, result in results.items():
            TargetResult.objects.update_or_create(report=locked, target_id=target, defaults=dict(result))
        CohortReached.objects.filter(report=locked).delete()
        CohortReached.objects.bulk_create(
            CohortReached(report=locked, cohort_id=cohort, people=people)
            for cohort, people in cohorts.items()
            if people is not None
        )
    return locked


def submit(report: OutcomeReport, *, by: Actor, at: datetime) -> OutcomeReport:
    """Send the report to the council. What was sent never changes."""
    with OUTCOME_REPORT.step("submit", report, by=by, at=at) as locked:
        locked.submitted_at, locked.submitted_by_id = at, by.pk
        kept = content(locked)
        ReportSubmission.objects.create(
            report=locked,
            number=locked.submissions.count() + 1,
            content=_plain(kept),
            digest=digest(kept),
            sent_at=at,
            sent_by_id=by.pk,
        )
    return locked


def _plain(kept: dict[str, Any]) -> Any:
    return json.loads(canonical(kept))


def send_back(report: OutcomeReport, *, reason: str, by: Actor, at: datetime) -> OutcomeReport:
    """Ask the group about its report; it opens again for the answer."""
    with OUTCOME_REPORT.step("send_back", report, by=by, at=at, reason=reason) as locked:
        locked.returned_note = reason
    return locked


def accept(report: OutcomeReport, *, by: Actor, at: datetime, is_verified: bool = False) -> OutcomeReport:
    """Accept the report; its figures become observations that the evaluation reads."""
    with OUTCOME_REPORT.step("accept", report, by=by, at=at) as locked:
        locked.accepted_at, locked.accepted_by_id = at, by.pk
        evidence = Observation.Evidence.VERIFIED if is_verified else Observation.Evidence.SELF_REPORTED
        Observation.objects.bulk_create(_observations(locked, evidence, london(at).date()))
    return locked


def _observations(report: OutcomeReport, evidence: int, on: date) -> list[Observation]:
    award = report.requirement.award
    results = report.results.select_related("target__indicator")
    found = [one for result in results if (one := _observed(award, result, evidence, on))]
    people = Indicator.objects.filter(code=PEOPLE, active=True).first()
    if people and report.people_reached is not None and report.requirement.kind == ReportRequirement.Kind.FINAL:
        reached = Decimal(report.people_reached)
        found.append(Observation(indicator=people, award=award, value=reached, evidence=evidence, observed_on=on))
    return found


def _observed(award: Award, result: TargetResult, evidence: int, on: date) -> Observation | None:
    """The figure of a target, where it has a number and an indicator to count it by."""
    if result.value is None or result.target.indicator is None:
        return None
    return Observation(
        indicator=result.target.indicator,
        award=award,
        target=result.target,
        value=result.value,
        baseline=result.baseline,
        respondents=result.respondents,
        evidence=evidence,
        observed_on=on,
    )


def map_target(target: AwardTarget, *, indicator: Indicator, by: Actor, at: datetime) -> AwardTarget:
    """Say which indicator a target in a group's own words speaks of. Both are kept."""
    if not by.has_perm("evaluation.map_target", target):
        raise Refused("You do not have the right to do this.", "Ask an analyst.", status=403)
    if not indicator.active:
        raise Refused("This indicator is not in use any more.", "Choose one that is.")
    with unit():
        [locked] = lock(AwardTarget.objects.filter(pk=target.pk))
        before, locked.indicator = locked.indicator_id, indicator
        locked.save(update_fields=("indicator",))
        detail = {"from": before, "to": indicator.pk}
        record_event("awardtarget.map", locked, by=by, at=at, detail=detail, case=locked.version.award.case)
        _observe_late(locked, at)
    return locked


def _observe_late(target: AwardTarget, at: datetime) -> None:
    """A report accepted before its target was mapped gives its figure now; mapped anew, the later figure counts."""
    last = target.observations.order_by("-number").first()
    if last is not None and last.indicator_id == target.indicator_id:
        return
    accepted = TargetResult.objects.filter(target=target, report__status="accepted", value__isnull=False)
    for result in accepted.select_related("report__requirement__award", "target__indicator")[:1]:
        award, evidence = result.report.requirement.award, Observation.Evidence.SELF_REPORTED
        observed = _observed(award, result, last.evidence if last else evidence, london(at).date())
        if observed:
            observed.number = last.number + 1 if last else 1
            observed.save()

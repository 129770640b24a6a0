"""A report is opened with the award, written, sent, and accepted or sent back with a question."""

from communities.core.events import describe
from communities.core.lifecycle import Moment, Step, need
from evaluation.reports.models import OUTCOME_REPORT, OutcomeReport
from evaluation.reports.queries import has_final_report, missing
from grants.awards.models import AWARD, Award

S = OutcomeReport.Status


@need("every question that must be answered is answered", "Some questions still need an answer.")
def is_complete(report: OutcomeReport, moment: Moment) -> bool | str:
    """Names the questions, so that nobody has to search."""
    still = missing(report)
    return True if not still else f"Still to answer: {' '.join(still)}"


@need("the report can still be changed", "This report has been sent, so it stands.")
def is_open(report: OutcomeReport, moment: Moment) -> bool:
    """What was sent never changes."""
    return report.status in (S.DRAFT, S.RETURNED)


@need("the final report is accepted", "The final report has not been accepted yet.")
def final_report_is_in(award: Award, moment: Moment) -> bool:
    """An award ends when we know what changed."""
    return has_final_report(award)


OUTCOME_REPORT.add(
    Step("open", (), S.DRAFT, "evaluation.open_outcomereport", done="Report opened"),
    Step(
        "submit", (S.DRAFT, S.RETURNED), S.SUBMITTED, "evaluation.submit_outcomereport", needs=(is_complete,),
        message="report_received", label="Send the report", done="Report sent to the council",
    ),
    Step(
        "accept", (S.SUBMITTED,), S.ACCEPTED, "evaluation.accept_outcomereport",
        message="report_accepted", label="Accept the report", done="Report accepted",
    ),
    Step(
        "send_back", (S.SUBMITTED,), S.RETURNED, "evaluation.accept_outcomereport",
        message="report_returned", label="Ask about it", done="Question asked about the report",
    ),
)  # fmt: skip
AWARD.require("complete", final_report_is_in)
describe(OUTCOME_REPORT.verb("save"), "Report saved")

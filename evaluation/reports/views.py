"""The group's pages of a report: write it, look it over, send it."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from communities.core.clock import now
from communities.core.files import store
from communities.core.refusals import kept_on
from evaluation.reports import operations
from evaluation.reports.forms import ReportForm, report_form, starting_values
from evaluation.reports.models import OutcomeReport
from evaluation.reports.queries import OPEN, full, missing, written


def _report(request: HttpRequest, public_id: UUID) -> OutcomeReport:
    return get_object_or_404(full(OutcomeReport.objects.visible_to(request.user)), public_id=public_id)


def report_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write the report, or read it once it is sent."""
    report = _report(request, public_id)
    may_write = request.user.has_perm("evaluation.write_outcomereport", report)
    if report.status not in OPEN or not may_write:
        return render(request, "evaluation/reports/read.html", {"report": report, "rows": written(report)})
    strict = "check" in request.POST
    kind, at = report_form(report, strict=strict), now()
    if request.method != "POST":
        return _show(request, report, kind(initial=starting_values(report)))
    form = kind(request.POST, request.FILES)
    if form.is_valid():
        with kept_on(form, request):
            _save(request, report, form, at)
            if strict:
                return redirect("reports:check", report.public_id)
            messages.success(request, "Your report is saved. You can come back to it.")
            return redirect("awards:award", report.requirement.award.public_id)
    return _show(request, report, form, status=400)


def _save(request: HttpRequest, report: OutcomeReport, form: ReportForm, at: datetime) -> None:
    photo = form.cleaned_data.get("photo")
    stored = store(photo, by=request.user, at=at, kind="report_photo") if photo else None
    typed = request.POST.get("version", "")
    version = int(typed) if typed.isascii() and typed.isdigit() else 0
    operations.save_report(report, **form.content(), photo=stored, version=version, by=request.user, at=at)


def _show(request: HttpRequest, report: OutcomeReport, form: ReportForm, status: int = 200) -> HttpResponse:
    version = request.POST.get("version", report.version)
    context = {"report": report, "form": form, "version": version}
    return render(request, "evaluation/reports/write.html", context, status=status)


def check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Look the report over, then send it."""
    report, at = _report(request, public_id), now()
    if report.status not in OPEN:
        return redirect("reports:report", report.public_id)
    if request.method == "POST":
        operations.submit(report, by=request.user, at=at)
        messages.success(request, "Your report is sent. Thank you.")
        return redirect("reports:report", report.public_id)
    context = {
        "report": report,
        "rows": written(report),
        "missing": missing(report),
        "may_send": request.user.has_perm("evaluation.submit_outcomereport", report),
    }
    return render(request, "evaluation/reports/check.html", context)


def _rows(report: OutcomeReport) -> list[dict[str, object]]:
    return written(report)

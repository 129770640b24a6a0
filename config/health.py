"""Signs of life for the machines that watch the site: does the process answer, and can it serve pages?"""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from communities.core.clock import now
from communities.core.models import Message
from communities.core.running import redis_answers

_migrated: list[bool] = []  # once true it stays true for this process: its code does not change


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Say that the web process answers; nothing else is asked."""
    return HttpResponse("alive", content_type="text/plain")


@login_not_required
@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Say whether pages can be served (200, else 503), with a word on each part. Pages do not need the broker."""
    try:
        needed = {"database": "ok", "migrations": migrations(), "outbox": outbox()}
    except (DatabaseError, InterfaceError):
        needed = {"database": "does not answer"}
    broker = {None: "not used", True: "ok", False: "does not answer"}[redis_answers()]
    is_ready = all(word == "ok" for word in needed.values())
    answer = {"ready": is_ready, "checks": {**needed, "broker": broker}}
    return JsonResponse(answer, status=200 if is_ready else 503)


def migrations() -> str:
    """Whether the tables are those that this code expects. Newer ones are fine: during an upgrade both run."""
    if not _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "missing"
        _migrated.append(True)
    return "ok"


def outbox() -> str:
    """Whether messages leave: what is due must not wait longer than READY_OUTBOX_MINUTES."""
    waiting = Message.objects.filter(state=Message.State.WAITING)
    due = waiting.aggregate(due=Min("next_at"))["due"]
    limit = timedelta(minutes=settings.READY_OUTBOX_MINUTES)
    return "messages wait" if due is not None and due < now() - limit else "ok"

"""Files are looked at for harm outside the request: claimed one by one with a lease, as messages are."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils.module_loading import import_string

from communities.core.clock import now
from communities.core.events import Moment, record_event
from communities.core.files import StoredFile
from communities.core.locking import unit
from communities.core.outbox import Recipient, message, queue
from communities.core.permissions import SYSTEM

LEASE = timedelta(minutes=2)  # doubled with every try: a file that kills its scanner comes round ever more seldom
AGAIN = timedelta(minutes=1)  # when the scanner is away
AT_ONCE = 20

Scan = StoredFile.Scan


@message("file_harmful", subject="A file you sent cannot be used")
def file_harmful(stored: StoredFile, moment: Moment) -> Iterator[Recipient]:
    """Whoever sent it learns that nobody can open it, and sends another copy."""
    if sender := stored.uploaded_by:
        yield Recipient(sender.email, sender.full_name, sender)


def scan_waiting(stopping: Callable[[], bool] = lambda: False) -> int:
    """Look at files that wait, and return how many were looked at. Any number of processes may do this at once.

    `FILE_SCANNER` names a function: bytes in, True when nothing harmful was found. When it raises, the file waits on.
    """
    if not settings.FILE_SCANNER:
        return 0
    is_clean, count = import_string(settings.FILE_SCANNER), 0
    while count < AT_ONCE and not stopping() and (stored := claim()):
        try:
            with stored.content.open("rb") as content:
                clean = is_clean(content.read())
        except Exception:
            mine = StoredFile.objects.filter(pk=stored.pk, scan=Scan.WAITING)
            mine.update(scan_at=now() + AGAIN, scan_tries=stored.scan_tries)
            raise
        settle(stored, clean=clean)
        count += 1
    return count


def claim() -> StoredFile | None:
    """Take the file that has waited longest, for this process alone until the lease ends."""
    at = now()
    due = StoredFile.objects.filter(scan=Scan.WAITING, scan_at__lte=at)
    for stored in due.select_related("uploaded_by").order_by("scan_at", "pk")[:5]:
        until = at + LEASE * 2 ** min(stored.scan_tries, 9)
        if due.filter(pk=stored.pk).update(scan_at=until, scan_tries=F("scan_tries") + 1):
            return stored
    return None


def settle(stored: StoredFile, *, clean: bool) -> None:
    """Open the file to those who may, or close it to everybody and tell whoever sent it."""
    same = StoredFile.objects.filter(pk=stored.pk)
    if clean:
        same.filter(scan=Scan.WAITING).update(scan=Scan.CLEAN)
        return
    with unit():
        if same.exclude(scan=Scan.HARMFUL).update(scan=Scan.HARMFUL):  # whoever finds harm later is right as well
            record_event("stored_file.harmful", stored, by=SYSTEM, detail={"kind": stored.kind, "file": stored.sha256})
            queue("file_harmful", [stored], Moment(SYSTEM, now()))

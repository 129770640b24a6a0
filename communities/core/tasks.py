"""Core's own periodic work: sending messages, scanning files, sealing events."""

from datetime import timedelta

from communities.core.outbox import send_due
from communities.core.periodic import periodic, stopping
from communities.core.scanning import scan_waiting
from communities.core.sealing import seal


@periodic("send_messages", every=timedelta(seconds=2), queue="messages", shared=True)
def send_messages() -> None:
    """Send what waits in the outbox."""
    send_due(stopping=stopping)


@periodic("scan_files", every=timedelta(seconds=5), queue="scanning", shared=True)
def scan_files() -> None:
    """Look at new files before anybody opens them."""
    scan_waiting(stopping)


@periodic("seal_events", every=timedelta(seconds=5), queue="periodic")
def seal_events() -> None:
    """Seal new events into the chain."""
    seal()


@periodic("seal_all_events", every=timedelta(days=1), queue="periodic")
def seal_all_events() -> None:
    """Seal what the quick look back could have missed."""
    seal(everything=True)

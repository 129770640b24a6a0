"""The web server: threads for people, and (where there is no Redis) the relay that sends what waits."""

import ctypes
import os
from typing import Any

from config import logs

port = os.environ.get("PORT", "8000")
bind = os.environ.get("BIND", f"127.0.0.1:{port}")
wsgi_app = "config.wsgi"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "1"))
threads = 8
timeout = 60
graceful_timeout = 30
control_socket_disable = True

# Each thread would keep memory of its own for what it may need again; two such stores do for eight threads.
if hasattr(libc := ctypes.CDLL(None), "mallopt"):
    libc.mallopt(-8, 2)  # M_ARENA_MAX of glibc

logconfig_dict = logs.as_json(
    level=os.environ.get("LOG_LEVEL", "WARNING"), server_level=os.environ.get("WEB_LOG_LEVEL", "warning").upper()
)


def post_worker_init(worker: Any) -> None:
    """Start the relay in this process, after the fork and after each reload."""
    if os.environ.get("REDIS_URL"):
        return  # Celery's workers do this work then
    from communities.core.periodic import Relay  # noqa: PLC0415 (the apps are loaded by now, not before)

    worker.relay = Relay().__enter__()


def worker_exit(server: Any, worker: Any) -> None:
    """Stop the relay: it finishes the message in hand and gives the others back."""
    if relay := getattr(worker, "relay", None):
        relay.stop()

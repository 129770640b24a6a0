"""Asks the virus scanner ClamAV about a file: `FILE_SCANNER=config.clamd.is_clean`. `CLAMD` says where it listens."""

import socket
import struct

from django.conf import settings

CHUNK = 64 * 1024
TIMEOUT = 30


class ScannerError(Exception):
    """The scanner answered, but neither yes nor no. The file waits on."""


def is_clean(content: bytes) -> bool:
    """Send the bytes to clamd and believe its verdict."""
    with connected() as line:
        line.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]
            line.sendall(struct.pack("!L", len(part)) + part)
        line.sendall(struct.pack("!L", 0))
        answer = b"".join(iter(lambda: line.recv(4096), b"")).rstrip(b"\0").decode(errors="replace")
    if answer == "stream: OK":
        return True
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return False
    raise ScannerError(answer or "no answer")


def connected() -> socket.socket:
    """A line to the scanner: a file name starting with "/", or host:port."""
    if not settings.CLAMD.startswith("/"):
        host, _, port = settings.CLAMD.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=TIMEOUT)
    line = socket.socket(socket.AF_UNIX)
    line.settimeout(TIMEOUT)
    try:
        line.connect(settings.CLAMD)
    except OSError:
        line.close()
        raise
    return line

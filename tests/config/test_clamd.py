"""ClamAV is asked in its own words: a small server that speaks its protocol stands in for it."""

import socket
import socketserver
import struct
import threading

import pytest

from config.clamd import CHUNK, ScannerError, is_clean

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd(socketserver.BaseRequestHandler):
    """zINSTREAM, then parts with their length, then a length of nought; the answer ends with a nought as well."""

    def handle(self):
        if self.exactly(10) != b"zINSTREAM\0":
            self.request.sendall(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while length := struct.unpack("!L", self.exactly(4))[0]:
            content += self.exactly(length)
        self.server.seen.append(content)
        if self.server.says is not None:
            self.request.sendall(self.server.says)
        else:
            verdict = b"Win.Test.EICAR_HDB-1 FOUND" if EICAR in content else b"OK"
            self.request.sendall(b"stream: " + verdict + b"\0")

    def exactly(self, count):
        found = b""
        while len(found) < count:
            found += self.request.recv(count - len(found))
        return found


@pytest.fixture(params=["tcp", "unix"])
def clamd(request, settings, tmp_path):
    if request.param == "tcp":
        server = socketserver.TCPServer(("127.0.0.1", 0), Clamd)
        settings.CLAMD = f"127.0.0.1:{server.server_address[1]}"
    else:
        settings.CLAMD = str(tmp_path / "clamd.ctl")
        server = socketserver.UnixStreamServer(settings.CLAMD, Clamd)
    server.seen, server.says = [], None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_clean_file_is_sent_whole_and_believed_clean(clamd):
    content = bytes(range(256)) * 1024  # several parts
    assert len(content) > 3 * CHUNK
    assert is_clean(content)
    assert clamd.seen == [content]


def test_the_test_virus_is_found(clamd):
    assert not is_clean(b"before " + EICAR + b" after")


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: lstat() failed. ERROR\0", b""])
def test_an_answer_that_is_neither_yes_nor_no_is_no_verdict(clamd, says):
    clamd.says = says
    with pytest.raises(ScannerError):
        is_clean(b"x")


@pytest.mark.parametrize("address", ["127.0.0.1:1", "/nowhere/clamd.ctl"])
def test_a_scanner_that_is_away_is_no_verdict(settings, address):
    settings.CLAMD = address
    with pytest.raises(OSError, match=r"refused|No such file"):
        is_clean(b"x")


def test_a_scanner_that_hangs_is_no_verdict(settings, monkeypatch):
    monkeypatch.setattr("config.clamd.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMD = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(TimeoutError):
            is_clean(b"x")

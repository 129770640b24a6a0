"""Servers that a test may start, stop, kill and hold, each in a process group and a folder of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from tests.plugins import servers

ROOT = Path(__file__).resolve().parents[2]
alive: list["Process"] = []


def wait_until(happened, what, seconds=60):
    """Wait for a condition, not for a time; returns what it gave."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if answer := happened():
            return answer
        time.sleep(0.02)
    logs = "\n".join(f"--- {each.name}\n{each.log.read_text()[-1500:]}" for each in alive)
    pytest.fail(f"In {seconds} seconds this did not happen: {what}.\n{logs}")


class Process:
    """A command in a process group of its own. It ends with the tests, however they end."""

    def __init__(self, name, folder, command, *, environment=None, cwd=ROOT, **account):
        self.name, self.folder, self.command, self.account = name, folder, command, account
        self.environment, self.cwd, self.log = environment, cwd, folder / f"{name}.log"
        self.log.unlink(missing_ok=True)  # what another of this name said is not said by this one
        self.popen = None

    def start(self):
        end = partial(servers.end_with_parent, signal.SIGKILL) if sys.platform == "linux" else None
        with self.log.open("a") as log:
            place = {"env": self.environment, "cwd": self.cwd, "stdout": log, "stderr": log, "preexec_fn": end}
            self.popen = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, start_new_session=True, **place, **self.account
            )
        alive.append(self)
        return self

    @property
    def runs(self):
        return self.popen is not None and self.popen.poll() is None

    @property
    def pid(self):
        return self.popen.pid

    def children(self):
        """The processes it has made and not lost."""
        text = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text()
        return [int(pid) for pid in text.split()]

    def tell(self, number):
        """Send a signal to the whole group."""
        os.killpg(self.pid, number)

    def pause(self):
        self.tell(signal.SIGSTOP)

    def resume(self):
        self.tell(signal.SIGCONT)

    def stop(self, number=signal.SIGTERM, seconds=20):
        """Ask it to end; whatever is left of the group afterwards is killed."""
        if self.runs:
            self.popen.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self.popen.wait(seconds)
        self.kill()

    def kill(self):
        """kill -9 of all of it at once."""
        if self.popen is None:
            return
        with suppress(ProcessLookupError):
            self.tell(signal.SIGKILL)
        self.popen.wait()
        if self in alive:
            alive.remove(self)


def kill_all():
    """Whatever a test left behind."""
    for each in [*alive]:  # each takes itself out
        each.kill()


class Listening(Process):
    """A server with a port, which stays the same over restarts."""

    def __init__(self, name, folder, make_command, **more):
        self.port = servers.free_port()
        super().__init__(name, folder, make_command(self.port), **more)

    def start(self):
        super().start()
        wait_until(lambda: self.listens() or not self.runs, f"{self.name} listens")
        if not self.runs:
            pytest.fail(f"{self.name} did not start:\n{self.log.read_text()[-3000:]}")
        return self

    def listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


class PostgreSQL(Listening):
    """A database server. A killed process loses nothing the kernel has, so fsync is off; commits wait as in earnest."""

    def __init__(self, folder):
        account = {}

        def command(port):
            made, owner = servers.make_postgresql(folder, port, ("fsync=off", "full_page_writes=off"))
            account.update(owner)
            return made

        super().__init__("postgresql", folder, command, cwd=folder)
        self.account = account

    @property
    def address(self):
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def start(self):
        super().start()
        servers.wait_until_ready(self.address)
        return self

    def stop(self, number=signal.SIGINT, seconds=20):
        """As `pg_ctl stop -m fast` does; SIGQUIT is `-m immediate`."""
        super().stop(number, seconds)

    def restart_at_once(self):
        """As `pg_ctl restart -m immediate`: nobody is waited for, nothing is tidied up."""
        self.stop(signal.SIGQUIT)
        self.start()


class Redis(Listening):
    """A Redis-compatible server that keeps nothing: killed and started again it is empty."""

    def __init__(self, folder):
        super().__init__("redis", folder, lambda port: servers.redis_command(folder, port))

    @property
    def address(self):
        return f"redis://127.0.0.1:{self.port}/0"

    def ask(self):
        from redis import Redis as Client

        return Client.from_url(self.address)

    def waiting(self):
        """How many deliveries it holds: in queues, and fetched but not done."""
        with self.ask() as client:
            lists = [key for key in client.scan_iter() if client.type(key) == b"list"]
            return sum(client.llen(key) for key in lists) + client.hlen("unacked")

    def commands(self):
        """How many commands it has been given, this question left out."""
        with self.ask() as client:
            stats = client.info("commandstats")
        own = ("cmdstat_info", "cmdstat_client|setinfo", "cmdstat_hello", "cmdstat_select")
        return sum(each["calls"] for name, each in stats.items() if name not in own)


class Mail(Listening):
    """A mail server that does what the test says, and keeps a record."""

    def __init__(self, folder):
        program = Path(__file__).with_name("mail_server.py")
        super().__init__("mail", folder, lambda port: [sys.executable, str(program), str(port), str(folder)])
        self.letters = folder / "letters"
        self.start_afresh()

    def start_afresh(self):
        self.letters.write_text("")
        self.mode("accept")

    def mode(self, words):
        """How letters are taken from now on."""
        draft = self.folder / "mode.new"
        draft.write_text(words)
        draft.rename(self.folder / "mode")

    def record(self, what):
        """The letters to which this happened, by Message-ID."""
        lines = [line.split() for line in self.letters.read_text().splitlines()]
        return [line[1] for line in lines if len(line) == 3 and line[0] == what]

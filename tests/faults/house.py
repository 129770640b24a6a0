"""The whole site as it is deployed, on servers of its own: database, Redis, mail, web, workers; and its visitors."""

import http.client
import os
import sys
from contextlib import contextmanager
from urllib.parse import urlencode

import psycopg
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.middleware.csrf import _get_new_csrf_string, _mask_cipher_secret
from django.test import Client, override_settings

from tests.faults.processes import ROOT, Listening, Mail, PostgreSQL, Process, Redis, wait_until
from tests.plugins import database

KEPT = ("PATH", "HOME", "LANG")


def as_migrated(connection):
    """Write down that all migrations were applied: the tables are the models' own, and the site asks for the record."""
    with override_settings(MIGRATION_MODULES={}):
        known = MigrationLoader(connection).disk_migrations
    record = MigrationRecorder(connection)
    record.ensure_schema()
    for app, name in known:
        record.record_applied(app, name)


class House:
    """Servers are started when a test first asks for them, and stay for the next test unless it ended them."""

    def __init__(self, folder):
        self.folder, self.switches, self.record = folder, folder / "switches", folder / "record"
        for each in (folder, self.switches, folder / "mail", folder / "redis"):
            each.mkdir(parents=True, exist_ok=True)
        self.record.write_text("")
        self.sqlite = os.environ.get("TEST_DATABASE") == "sqlite"
        self.mail = Mail(folder / "mail").start()
        self.redis = None if self.sqlite else Redis(folder / "redis").start()
        self.postgresql = None if self.sqlite else PostgreSQL(folder).start()
        self.webs, self.worker, self.own_worker = {}, None, False
        self.line = self._make_database()

    # -- the database, which this process uses as well ----------------------------------------------------------------

    def _make_database(self):
        """Tables as in the tests' own database, with a copy aside; returns how to connect."""
        line = {"TEST": {**connections["default"].settings_dict["TEST"], "NAME": "fund"}}
        if self.sqlite:
            line["TEST"]["NAME"] = str(self.folder / "fund.sqlite3")
        else:
            line |= {"HOST": "127.0.0.1", "PORT": self.postgresql.port, "USER": "postgres", "NAME": "postgres"}
        with spoken_to(line):
            connection = connections["default"]
            connection.creation.create_test_db(verbosity=-1, autoclobber=True, serialize=False)
            as_migrated(connection)
            database.keep(connection)
            return dict(connection.settings_dict)

    @contextmanager
    def in_use(self):
        """Let the operations and factories of this process work on the site's database."""
        with spoken_to(self.line):
            yield self

    @property
    def database_url(self):
        if self.sqlite:
            return f"sqlite:///{self.line['NAME']}"
        return f"postgres://postgres@127.0.0.1:{self.postgresql.port}/{self.line['NAME']}"

    @contextmanager
    def held(self, table="communities_event"):
        """Nobody can write to this table meanwhile: whoever records what happened stands in the middle of a step."""
        line = psycopg.connect(self.database_url)
        try:
            line.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield
        finally:
            line.close()  # whether the server is still there or not

    def wait_for_waiting(self, count):
        """Wait until so many stand before a lock."""
        wait_until(lambda: self._lines("wait_event_type = 'Lock'") >= count, f"{count} requests wait for a lock")

    def wait_for_idle(self):
        """Wait until nobody is in a transaction: those whose process was killed have been rolled back."""
        connections.close_all()
        wait_until(lambda: not self._lines("state <> 'idle'"), "all transactions have ended")

    def _lines(self, condition):
        question = f"SELECT count(*) FROM pg_stat_activity WHERE {condition} AND datname = %s"
        with psycopg.connect(self.postgresql.address) as line:
            return line.execute(question, [self.line["NAME"]]).fetchone()[0]

    def reconnect(self):
        """Let go of this process's own lines to a server that has gone."""
        connections.close_all()

    # -- processes --------------------------------------------------------------------------------------------------

    def environment(self, **more):
        return {
            **{name: os.environ[name] for name in KEPT if name in os.environ},
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "tests.faults.settings",
            "DATABASE_URL": self.database_url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "SECRET_KEY": settings.SECRET_KEY,  # sessions made here are good there
            "BANK_DETAIL_KEYS": ",".join(settings.BANK_DETAIL_KEYS),
            "FILES_DIR": settings.STORAGES["default"]["OPTIONS"]["location"],
            "VAR_DIR": str(self.folder / "var"),
            "STATIC_MANIFEST": "off",
            "STAFF_SECOND_FACTOR": "off",
            "SWITCHES": str(self.switches),
            "RECORD": str(self.record),
            **more,
        }

    def web(self, *, relay=False, **environment):
        """The web server: gunicorn with two workers; with a relay instead of Redis it is the embedded run."""
        name = "site" if relay or self.sqlite else "web"
        if name not in self.webs or not self.webs[name].runs:
            redis = {} if name == "site" else {"REDIS_URL": self.redis.address}
            environment = {"WEB_WORKERS": "2", **redis, **environment}
            # loaded once and forked: only to start sooner
            command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", "--preload"]
            self.webs[name] = Web(name, self.folder, command, self.environment(**environment)).start()
        return self.webs[name]

    def work(self, **environment):
        """A Celery worker of four with the beat in it. With an environment of its own it is a new one, of this test."""
        if environment:
            self.end_worker()
            self.own_worker = True
        if self.worker is None or not self.worker.runs:
            environment = self.environment(REDIS_URL=self.redis.address, **environment)
            command = [sys.executable, "-m", "celery", "-A", "config", "worker", "-B", "-c", "4"]
            command += ["--scheduler", "celery.beat:Scheduler", "--without-gossip", "--without-mingle"]
            self.worker = Process("worker", self.folder, command, environment=environment).start()
        return self.worker

    def end_worker(self):
        """End it, with whatever it had in hand: no other waits for that."""
        if self.worker:
            self.worker.kill()
        with self.redis.ask() as client:
            client.flushall()

    def publish(self, name, times=1):
        """Put deliveries of a periodic task into Redis, as the beat does."""
        from communities.core.periodic import TASKS
        from config.celery import app, run_periodic

        queue = getattr(TASKS["send_messages"], "queue", None)
        with app.connection_for_write(self.redis.address) as line:
            for _ in range(times):
                run_periodic.apply_async((name,), connection=line, queue=queue)

    # -- faults and what came of them ---------------------------------------------------------------------------------

    def switch(self, *names):
        for name in names:
            (self.switches / name).touch()

    def noted(self, *words):
        """The lines of the servers' record that begin with these words, split."""
        lines = [line.split() for line in self.record.read_text().splitlines()]
        return [line for line in lines if line[: len(words)] == list(words)]

    def time_passes(self):
        """All leases end, and all that waits is due."""
        from communities.core.clock import now
        from communities.core.jobs import Job
        from communities.core.models import Message

        Message.objects.filter(state="waiting").update(next_at=now())
        Job.objects.exclude(lease_until=None).update(lease_until=now())

    def settle(self):
        """After a test: servers that went away come back, and nothing of it stays."""
        for each in self.switches.iterdir():
            each.unlink()
        for server in filter(None, (self.mail, self.redis, self.postgresql)):
            if server.runs:
                server.resume()
            else:
                server.start()
        if self.own_worker:
            self.end_worker()
            self.own_worker = False
        elif self.worker and self.worker.runs:
            self.worker.resume()
        if site := self.webs.pop("site", None):
            site.stop()  # its relay does not leave the database alone
        database.restore(connections)
        self.record.write_text("")
        self.mail.start_afresh()
        if self.redis:
            with self.redis.ask() as client:
                client.flushall()


@contextmanager
def spoken_to(line):
    """This process speaks to another database for a while."""
    connection = connections["default"]
    connections.close_all()
    kept = dict(connection.settings_dict)
    connection.settings_dict.update(line)
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.clear()
        connection.settings_dict.update(kept)


class Web(Listening):
    """gunicorn, and the people who come to it."""

    def __init__(self, name, folder, command, environment):
        super().__init__(name, folder, lambda port: command, environment=environment)
        self.environment |= {"PORT": str(self.port)}

    def visitor(self, user=None):
        """Somebody with a browser without scripts; signed in, if given."""
        cookies = {settings.CSRF_COOKIE_NAME: _get_new_csrf_string()}
        if user is not None:
            client = Client()
            client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return Visitor(self.port, cookies)


class Visitor:
    """Asks for pages over a line of its own each time."""

    def __init__(self, port, cookies):
        self.port, self.cookies = port, cookies

    def get(self, address):
        return self._ask("GET", address)

    def post(self, address, **fields):
        token = _mask_cipher_secret(self.cookies[settings.CSRF_COOKIE_NAME])
        return self._ask("POST", address, urlencode({"csrfmiddlewaretoken": token, **fields}, doseq=True))

    def _ask(self, method, address, body=None):
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        head = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            line.request(method, address, body, head)
            answer = line.getresponse()
            return Answer(answer.status, answer.headers.get("Location", ""), answer.read().decode())
        finally:
            line.close()


class Answer:
    def __init__(self, status, location, text):
        self.status, self.location, self.text = status, location, text

    def __repr__(self):
        return f"{self.status} {self.location}"

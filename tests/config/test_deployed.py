"""The site as deployed: gunicorn, a worker and the beat as processes, with the settings that the documents name."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest

from tests.plugins.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
HOST = "fund.council.example"
NAME, EMAIL, ADDRESS = "Doreen Wardle", "doreen.wardle@example.org", "203.0.113.77"
ASKS = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": ADDRESS, "User-Agent": "Canary/7"}
ACCOUNT = f"""
from communities.people.models import User
User.objects.create_user("{EMAIL}", full_name="{NAME}")
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.postgresql,
    pytest.mark.skipif(os.environ.get("TEST_DATABASE") == "sqlite", reason="the embedded run has no such processes"),
]


class StaysHere(urllib.request.HTTPRedirectHandler):
    """Shows where an answer points instead of going there."""

    def redirect_request(self, *args):
        return None


def opened(opener, url, data=None, headers=ASKS):
    """Status, headers and body of an answer, whatever it is."""
    try:
        answer = opener.open(urllib.request.Request(url, data, headers), timeout=60)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        return SimpleNamespace(status=answer.status, headers=answer.headers, body=answer.read())


def wait_until(happened, what, seconds=120):
    for _ in range(seconds * 5):
        if happened():
            return
        time.sleep(0.2)
    pytest.fail(f"It did not happen in time: {what}")


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    """The documented settings, with a database of its own on the tests' server, and no mail server that answers."""
    server, name = os.environ["DATABASE_URL"].rsplit("/", 1)[0], f"deployed_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as line:
        line.execute(f"CREATE DATABASE {name}")
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    yield kept | {
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"https://{HOST}",
        "SECRET_KEY": "0aB1cD2eF3gH4iJ5" * 4,
        "BANK_DETAIL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "DATABASE_URL": f"{server}/{name}",
        "REDIS_URL": os.environ["REDIS_URL"].rsplit("/", 1)[0] + "/40",
        "EMAIL_URL": f"smtp://127.0.0.1:{free_port()}",
        "TRUSTED_PROXIES": "1",
        "VAR_DIR": str(tmp_path_factory.mktemp("deployed")),
        "PORT": str(free_port()),
    }
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as line:
        line.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def site(environment):
    """The processes, each with its log."""
    for command in (["prepare", "--bare"], ["collectstatic", "--no-input", "-v0"], ["shell", "-v0", "-c", ACCOUNT]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, cwd=ROOT, check=True)
    as_root = "ignore:You're running the worker"  # the tests may, where nothing else is to be harmed
    celery = [sys.executable, "-W", as_root, "-m", "celery", "-q", "-A", "config"]
    commands = {
        "web": [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"],
        "worker": [*celery, "worker", "-c", "2", "-Q", "messages,imports,scanning,periodic"],
        "beat": [*celery, "beat", "--pidfile="],
    }
    folder = Path(environment["VAR_DIR"])
    logs = {name: folder / f"{name}.log" for name in commands}
    processes = []
    try:
        for name, command in commands.items():
            with logs[name].open("w") as out:
                processes.append(subprocess.Popen(command, env=environment, cwd=ROOT, stdout=out, stderr=out))
        url = f"http://127.0.0.1:{environment['PORT']}"
        plain = urllib.request.build_opener(StaysHere)
        wait_until(lambda: answers(plain, url), "the web process answers")
        yield SimpleNamespace(url=url, logs=logs, plain=plain)
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def answers(opener, url):
    try:
        return opened(opener, f"{url}/healthz").status == 200
    except urllib.error.URLError:
        return False


def lines(log):
    return [json.loads(line) for line in log.read_text().splitlines()]


@pytest.fixture(scope="module")
def asked_for_a_code(site):
    """Somebody asks for a code to sign in; the worker tries to send it, in vain."""
    opener = urllib.request.build_opener(StaysHere, urllib.request.HTTPCookieProcessor())
    page = opened(opener, f"{site.url}/sign-in/?q={EMAIL}")
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.body.decode()).group(1)
    cookies = "; ".join(each.partition(";")[0] for each in page.headers.get_all("Set-Cookie"))  # they are for https
    form = f"email={EMAIL.replace('@', '%40')}&csrfmiddlewaretoken={token}".encode()
    sent = opened(opener, f"{site.url}/sign-in/", form, {**ASKS, "Cookie": cookies, "Referer": f"https://{HOST}/"})
    assert sent.status == 302, sent.body.decode()
    wait_until(lambda: "was not sent" in site.logs["worker"].read_text(), "the worker takes the message")


def test_what_is_written_under_a_name_of_its_content_is_served_and_kept_for_ever(site):
    page = opened(site.plain, f"{site.url}/sign-in/").body.decode()
    names = set(re.findall(r'"(/static/[^"]+)"', page))
    assert any(name.endswith(".css") for name in names)
    assert any(name.endswith(".js") for name in names)
    for name in sorted(names):
        answer = opened(site.plain, f"{site.url}{name}", headers={**ASKS, "Accept-Encoding": "br"})
        assert answer.status == 200, name
        assert re.search(r"\.[0-9a-f]{12}\.\w+$", name), name
        assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable", name


def test_what_the_script_imports_has_such_a_name_too(site):
    page = opened(site.plain, f"{site.url}/sign-in/").body.decode()
    [script] = re.findall(r'<script type="module" src="([^"]+)"', page)
    imported = re.findall(r'from\s*"(\.[^"]+)"', opened(site.plain, f"{site.url}{script}").body.decode())
    assert imported
    for name in imported:
        answer = opened(site.plain, f"{site.url}/static/{name.removeprefix('./')}")
        assert answer.status == 200, name
        assert "immutable" in answer.headers["Cache-Control"], name


def test_signs_of_life_answer_over_plain_http_where_every_page_is_sent_to_https(site):
    plain = {"Host": HOST}
    assert opened(site.plain, f"{site.url}/sign-in/", headers=plain).headers["Location"] == f"https://{HOST}/sign-in/"
    assert opened(site.plain, f"{site.url}/healthz", headers=plain).status == 200
    ready = opened(site.plain, f"{site.url}/readyz", headers=plain)
    checks = {"database": "ok", "migrations": "ok", "outbox": "ok", "broker": "ok"}
    assert (ready.status, json.loads(ready.body)) == (200, {"ready": True, "checks": checks})


@pytest.mark.usefixtures("asked_for_a_code")
def test_every_line_is_json_and_names_its_request_or_task(site):
    web, worker, beat = (lines(site.logs[name]) for name in ("web", "worker", "beat"))
    [finished] = [each for each in web if each["event"] == "request_finished" and each["code"] == 302
                  and each["request"] == "POST /sign-in/"]  # fmt: skip
    assert finished["request_id"]
    unsent = [each for each in worker if "was not sent" in each["event"]]
    assert unsent
    assert all(each["task_id"] for each in unsent)
    assert all({"event", "level", "timestamp", "logger"} <= set(each) for each in [*web, *worker, *beat])


@pytest.mark.usefixtures("asked_for_a_code")
def test_no_line_says_who_somebody_is_or_where_they_are(site):
    for name, log in site.logs.items():
        said = log.read_text()
        found = [word for word in (NAME, "Doreen", EMAIL, "doreen.wardle", ADDRESS, "Canary") if word in said]
        assert not found, f"{name}: {found}"

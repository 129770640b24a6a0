"""One command serves pages and sends mail: nothing waits for a worker that was never started."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]


def test_the_developers_server_is_ours_so_its_mail_leaves_too():
    assert get_commands()["runserver"] == "communities"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def site(tmp_path):
    """The embedded run in a folder of its own: its port and its mail folder."""
    port = free_port()
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    environment = {**kept, "VAR_DIR": str(tmp_path), "PORT": str(port), "STATIC_MANIFEST": "off", "DEMONSTRATION": "on"}
    ready = [sys.executable, "manage.py", "prepare", "--bare"]
    subprocess.run(ready, env=environment, cwd=ROOT, check=True, capture_output=True)
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    server = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: answers(port))
        yield port, tmp_path / "mail", server
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
        server.stdout.close()


def answers(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(happened, seconds=30):
    for _ in range(seconds * 10):
        if happened():
            return
        time.sleep(0.1)
    pytest.fail("It did not happen in time.")


@pytest.mark.slow
@pytest.mark.skipif(
    os.environ.get("TEST_DATABASE") != "sqlite", reason="the embedded run is tried with the embedded tests"
)
def test_a_code_asked_for_on_a_page_is_a_mail_a_moment_later_and_ctrl_c_ends_it_all(site):
    port, letters, server = site
    address = f"http://127.0.0.1:{port}/sign-in/"
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(address) as answer:
        page = answer.read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)
    opener.open(address, f"email=pat%40example.org&csrfmiddlewaretoken={token}".encode()).close()
    wait_until(lambda: letters.exists() and any(letters.iterdir()))
    [letter] = letters.iterdir()
    assert "Your code to sign in" in letter.read_text()
    server.send_signal(signal.SIGINT)
    assert server.wait(15) == 0

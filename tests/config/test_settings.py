"""The settings run with nothing set, and refuse what would be dangerous where others can reach the site."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

SAFE = {
    "ALLOWED_HOSTS": "fund.council.example",
    "SECRET_KEY": "0aB1cD2eF3gH4iJ5" * 4,
    "BANK_DETAIL_KEYS": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
    "EMAIL_URL": "smtp://localhost:25",
}
SERVERS = {
    "SITE_URL": "https://fund.council.example",
    "DATABASE_URL": "postgres://fund:secret@db.council.example/fund",
    "REDIS_URL": "redis://redis.council.example:6379/0",
    "TRUSTED_PROXIES": "1",
}
ROOT = Path(__file__).resolve().parents[2]


def settings_with(folder, environment, show="print('fine')"):
    """Read the settings in a process of its own."""
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME", "LANG")}
    script = f"from config import settings as s; {show}"
    return subprocess.run(
        [sys.executable, "-c", script],
        env={**kept, "VAR_DIR": str(folder), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_with_nothing_set_it_runs_and_keeps_its_own_keys_to_its_owner(tmp_path):
    first = settings_with(tmp_path / "var", {}, "print(s.SECRET_KEY, *s.BANK_DETAIL_KEYS)")
    assert first.returncode == 0, first.stderr
    assert len(first.stdout.split()) == 2
    assert settings_with(tmp_path / "var", {}, "print(s.SECRET_KEY, *s.BANK_DETAIL_KEYS)").stdout == first.stdout
    for name in ("secret-key", "bank-detail-key"):
        assert (tmp_path / "var" / name).stat().st_mode & 0o777 == 0o600


def test_a_site_with_everything_set_is_accepted(tmp_path):
    done = settings_with(tmp_path, SAFE)
    assert done.stdout == "fine\n", done.stderr


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"DEBUG": "on"}, "DEBUG"),
        ({"DEMONSTRATION": "on"}, "DEMONSTRATION"),
        ({"STAFF_SECOND_FACTOR": "off"}, "STAFF_SECOND_FACTOR"),
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": "django-insecure-" + "x" * 60}, "SECRET_KEY"),
        ({"BANK_DETAIL_KEYS": ""}, "BANK_DETAIL_KEYS"),
        ({"ALLOWED_HOSTS": "*"}, "name the hosts"),
        ({"ALLOWED_HOSTS": "localhost,fund.council.example", "DEBUG": "on"}, "DEBUG"),
    ],
)
def test_where_others_can_reach_it_danger_is_refused(tmp_path, change, reason):
    done = settings_with(tmp_path, {**SAFE, **change})
    assert done.returncode == 1
    assert "ImproperlyConfigured" in done.stderr
    assert reason in done.stderr


def test_keys_made_by_an_earlier_local_start_do_not_count_elsewhere(tmp_path):
    settings_with(tmp_path, {})
    done = settings_with(tmp_path, {"ALLOWED_HOSTS": "fund.council.example"})
    assert "SECRET_KEY" in done.stderr


def test_on_this_machine_a_demonstration_needs_no_second_proof(tmp_path):
    show = "print(s.DEMONSTRATION, s.STAFF_SECOND_FACTOR)"
    assert settings_with(tmp_path, {"DEMONSTRATION": "on"}, show).stdout == "True False\n"
    assert settings_with(tmp_path, {}, show).stdout == "False True\n"


def test_cookies_of_a_deployed_site_stay_on_its_host_and_on_safe_lines(tmp_path):
    show = "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    assert settings_with(tmp_path, SAFE, show).stdout == "__Host-session __Host-csrf True True\n"


def test_a_deployed_database_gives_up_waiting_and_checks_its_lines(tmp_path):
    show = "d = s.DATABASES['default']; print(d['CONN_HEALTH_CHECKS'], d['OPTIONS']['options'])"
    shown = settings_with(tmp_path, {"DATABASE_URL": "postgres://fund@db/fund"}, show).stdout
    assert shown.startswith("True ")
    for limit in ("lock_timeout=3s", "statement_timeout=30s", "idle_in_transaction_session_timeout=60s"):
        assert limit in shown


def test_a_site_with_the_documented_settings_passes_every_check_and_nothing_is_said(tmp_path):
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    environment |= {**SAFE, **SERVERS, "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-W", "error", "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert (done.returncode, done.stdout) == (0, "System check identified no issues (0 silenced).\n")


def test_signs_of_life_are_never_sent_to_another_address(tmp_path):
    show = "print(*s.SECURE_REDIRECT_EXEMPT)"
    assert settings_with(tmp_path, SAFE, show).stdout == "^healthz$ ^readyz$\n"


def test_files_go_to_a_bucket_where_one_is_named_and_to_the_disk_otherwise(tmp_path):
    show = "print(s.STORAGES['default']['BACKEND'])"
    assert "FileSystemStorage" in settings_with(tmp_path, {}, show).stdout
    assert "PrivateBucket" in settings_with(tmp_path, {"FILES_S3_BUCKET": "fund"}, show).stdout


def test_every_page_carries_the_strict_policy_and_no_nonce(client, db):
    policy = client.get("/sign-in/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert not re.search("unsafe|nonce", policy)


def test_what_needs_an_account_sends_to_the_code_page(client, db):
    for address in ("/home/", "/home/details/", "/sign-in/email/", "/sign-in/2fa/"):
        assert client.get(address)["Location"].startswith("/sign-in/?next="), address
    assert client.get("/office/", follow=True).redirect_chain[-1][0].startswith("/sign-in/?next=")

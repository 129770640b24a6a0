"""What docs/operate.md and deploy/ say fits together. (deploy/trial follows them on a machine to be thrown away.)"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command, get_commands

ROOT = Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs" / "operate.md").read_text()


def settings_of(name):
    lines = (ROOT / "deploy" / name).read_text().splitlines()
    return {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines if line[:1].isalpha())}


@pytest.fixture
def documented(tmp_path):
    """The settings of deploy/site.env, with what is left to fill in filled in."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    filled = {"SECRET_KEY": "0aB1cD2eF3gH4iJ5" * 4, "BANK_DETAIL_KEYS": Fernet.generate_key().decode()}
    here = {"VAR_DIR": str(tmp_path), "STATIC_ROOT": str(tmp_path / "static"), "BACKUPS_DIR": str(tmp_path / "backups")}
    return {**kept, **settings_of("site.env"), **filled, **here}


def check(environment):
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_with_the_documented_settings_nothing_is_left_to_say_about_the_deployment(documented):
    done = check(documented)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_without_a_proxy_named_the_site_believes_nobody_about_https(documented):
    show = "from config import settings as s; print(hasattr(s, 'SECURE_PROXY_SSL_HEADER'))"
    for count, believed in (("1", "True\n"), ("0", "False\n")):
        done = subprocess.run([sys.executable, "-c", show], env={**documented, "TRUSTED_PROXIES": count}, cwd=ROOT,
                              capture_output=True, text=True, check=True)  # fmt: skip
        assert done.stdout == believed


def test_every_command_of_the_guide_exists():
    named = set(re.findall(r"fund (?:manage|owner|reader) ([a-z_]+)", GUIDE))
    assert named >= {"prepare", "grant_rights", "backup", "drill", "restore", "rotate_bank_keys"}
    assert named <= set(get_commands())


def test_every_file_of_the_guide_exists():
    named = set(re.findall(r"deploy/([a-z_.]+[a-z])", GUIDE)) | set(re.findall(r"\b(\w+\.env)\b", GUIDE))
    assert named >= {"nginx.conf", "supervisor.conf", "redis.conf", "site.env", "owner.env", "reader.env", "fund"}
    assert [name for name in named if not (ROOT / "deploy" / name).exists()] == []


def test_supervisor_starts_the_processes_of_the_procfile_and_no_others():
    listed = re.findall(r"^(\w+): ", (ROOT / "deploy" / "Procfile").read_text(), re.MULTILINE)
    kept = re.findall(
        r"^command=\S+/fund start (\w+)$", (ROOT / "deploy" / "supervisor.conf").read_text(), re.MULTILINE
    )
    assert kept == listed == ["web", "worker", "beat"]


def test_nginx_serves_the_static_files_from_where_they_are_collected():
    nginx = (ROOT / "deploy" / "nginx.conf").read_text()
    assert f"alias {settings_of('site.env')['STATIC_ROOT']}/;" in nginx
    assert f"root {settings_of('site.env')['STATIC_ROOT']};" in nginx


def test_the_pages_shown_while_the_site_is_away_need_nothing_of_it(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    call_command("write_away_pages")
    assert settings.HELP_PHONE in (tmp_path / "away.html").read_text()
    assert "not available just now" in (tmp_path / "away.html").read_text()
    assert "too large" in (tmp_path / "too-large.html").read_text()
    assert (tmp_path / "away.html").stat().st_mode & 0o044 == 0o044


def test_keys_of_before_come_from_the_environment(documented):
    show = "from config import settings as s; print(s.SECRET_KEY_FALLBACKS)"
    environment = {**documented, "SECRET_KEY_FALLBACKS": "one,two"}
    done = subprocess.run([sys.executable, "-c", show], env=environment, cwd=ROOT, capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert done.stdout == "['one', 'two']\n"

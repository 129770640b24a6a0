"""The migrations make the tables that the models describe. (The other tests skip them: they take a while.)"""

import os
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_an_empty_database_migrates_and_is_whole_afterwards(tmp_path):
    environment = {**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": f"sqlite:///{tmp_path}/fund.sqlite3"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    script = (
        "from django.core.management import call_command as run;"
        "run('migrate', verbosity=0); run('migrate', check=True);"
        "from django.db import connection as c;"
        "from django.apps import apps;"
        "made = set(c.introspection.table_names());"
        "assert {m._meta.db_table for m in apps.get_models(include_auto_created=True)} <= made"
    )
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", script], env=environment, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]

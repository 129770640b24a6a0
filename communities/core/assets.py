"""Style sheets and scripts: built once from the pinned packages, and missed out loud when they are not there."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

FRONTEND = Path(settings.BASE_DIR) / "frontend"
BUILT = Path(settings.BASE_DIR) / "build" / "assets"
STAMP = BUILT / "sources.txt"
INSTALLED = FRONTEND / "node_modules" / ".installed"


class BuildError(Exception):
    """Why the assets could not be built, in a sentence."""


def sources() -> str:
    """A digest of everything the build reads, so that it runs only when something changed."""
    files = [FRONTEND / name for name in ("package-lock.json", "build.mjs", "LICENCES.txt")]
    files += sorted((FRONTEND / "scss").glob("*.scss")) + sorted((FRONTEND / "js").glob("*.js"))
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


def up_to_date() -> bool:
    """Whether the last build saw the same sources."""
    return STAMP.exists() and STAMP.read_text() == sources()


def build() -> None:
    """Install the pinned packages where they changed, then build into build/assets."""
    lock = hashlib.sha256((FRONTEND / "package-lock.json").read_bytes()).hexdigest()
    if not INSTALLED.exists() or INSTALLED.read_text() != lock:
        _run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--omit=optional", "--loglevel=error"])
        INSTALLED.write_text(lock)
    _run(["node", "build.mjs", str(BUILT)])
    STAMP.write_text(sources())


def _run(command: Sequence[str]) -> None:
    """Run node or npm from this machine, or from the environment's own wheel."""
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    program = shutil.which(command[0], path=path)
    if program is None:
        raise BuildError(
            "Node is not installed. Install Node 20 or newer, or run `make assets`, which brings it along."
        )
    done = subprocess.run(  # noqa: S603 (our own words only)
        [program, *command[1:]],
        cwd=FRONTEND,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BuildError(f"`{' '.join(command)}` failed:\n{done.stdout}{done.stderr}")


@checks.register("fund")
def assets_are_there(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Say so when pages would come without their style."""
    if (BUILT / "site.css").exists():
        return []
    hint = "Run `make assets` (or `manage.py build_assets`): it builds them once from the pinned packages."
    return [checks.Warning("The style sheets and scripts have not been built.", hint=hint, id="communities.W001")]

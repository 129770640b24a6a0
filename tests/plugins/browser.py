"""A real browser for the tests: the machine's own Chromium, driven by Playwright."""

import os
import shutil

import pytest

# Playwright keeps an event loop running in the test's thread; Django would refuse the database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# Without these Chromium asks the outside world for updates at every start.
FLAGS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
FLAGS += ("--disable-component-update", "--disable-sync")


def launch_options(options):
    """Use the Chromium that is installed; as root it cannot have its sandbox."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.fail("No Chromium: install Debian's package chromium, or set CHROMIUM to its path.")
    flags = ["--no-sandbox", *FLAGS] if os.geteuid() == 0 else [*FLAGS]
    return {**options, "executable_path": program, "args": flags}


def pytest_collection_modifyitems(items):
    """Whatever asks for a page is a browser test, without having to say so."""
    for item in items:
        if {"page", "browser"} & set(item.fixturenames):
            item.add_marker("browser")

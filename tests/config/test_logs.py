"""The log tells where something broke, never what somebody wrote."""

import io
import json
import logging
import logging.config

import pytest
import structlog
from django.db import IntegrityError, OperationalError

from config import logs

ROW = "null value violates constraint\nDETAIL: Failing row contains (7, Doreen Ward, doreen@example.org)."


@pytest.fixture
def written():
    """A logger that writes as the site does, and what it wrote."""
    out, made = io.StringIO(), logs.as_json(level="INFO")
    handler = logging.StreamHandler(out)
    made["formatters"]["json"].pop("()")
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**made["formatters"]["json"]))
    logger = logging.getLogger("tests.logs")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    logger.propagate = False
    yield logger, lambda: json.loads(out.getvalue())
    logger.removeHandler(handler)


def breaks(problem):
    raise problem


def test_an_error_is_told_by_its_kind_and_place_without_its_words(written):
    logger, line = written
    try:
        breaks(IntegrityError(ROW))
    except IntegrityError:
        logger.exception("A step broke.")
    said = line()
    assert said["exception"].endswith("django.db.utils.IntegrityError")
    assert "test_logs.py" in said["exception"]
    assert "DETAIL" not in said["exception"]
    assert "Doreen" not in json.dumps(said)


def test_what_led_to_an_error_is_told_as_well(written):
    logger, line = written
    try:
        try:
            breaks(ValueError(ROW))
        except ValueError as problem:
            raise RuntimeError("Doreen") from problem
    except RuntimeError:
        logger.exception("A step broke.")
    said = line()["exception"]
    assert said.index("builtins.ValueError") < said.index("builtins.RuntimeError")


def test_an_error_about_a_server_keeps_its_words(written):
    logger, line = written
    try:
        breaks(OperationalError("connection to server at 10.1.2.3 failed: Connection refused"))
    except OperationalError:
        logger.exception("The relay missed a turn.")
    assert line()["exception"].endswith("OperationalError: connection to server at 10.1.2.3 failed: Connection refused")


def test_addresses_that_a_library_writes_out_are_masked(written):
    logger, line = written
    logger.warning("Refused: %s from ip=203.0.113.7", {"pat@example.org": (550, b"no")})
    assert "[email address]" in line()["event"]
    assert "pat@" not in line()["event"]
    assert "203.0.113.7" not in line()["event"]


def test_what_people_searched_for_and_their_browser_are_dropped():
    line = {"request": "GET /office/communities/person/?q=Doreen", "user_agent": "Firefox", "ip": "::1", "user_id": 3}
    assert logs.without_personal_data(None, "info", line) == {
        "request": "GET /office/communities/person/",
        "user_id": 3,
    }


def test_the_error_of_a_failed_task_is_told_in_the_same_way():
    problem = ValueError("Doreen Ward")
    told = logs.without_words(None, "error", {"event": "task_failed", "error": str(problem), "exception": problem})
    assert told == {"event": "task_failed", "exception": "builtins.ValueError"}


@pytest.mark.parametrize("name", ["gunicorn.access", "celery.app.trace"])
def test_logs_that_would_quote_people_are_shut(name):
    assert logs.as_json(level="DEBUG")["loggers"][name]["level"] == "CRITICAL"

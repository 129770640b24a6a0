"""Many people at the same moment: each in a thread with a connection of their own, all let go together."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from django.db import connection, connections

from communities.core.refusals import Refused

PATIENCE = 600  # seconds until somebody who does not come back fails the test


@contextmanager
def crowd(size):
    """So many people who can be let go together again and again: `together(*acts)` tells what each of them met."""
    with ThreadPoolExecutor(size) as pool:

        def together(*acts):
            gate = threading.Barrier(len(acts))

            def run(act):
                try:
                    be_patient()
                    gate.wait(PATIENCE)
                    return act()
                except Exception as problem:  # noqa: BLE001 (the test looks at it)
                    return problem

            return [each.result(PATIENCE) for each in [pool.submit(run, act) for act in acts]]

        try:
            yield together
        finally:
            together(*[connections.close_all] * size)


def be_patient():
    """How long one has to wait for another says nothing on a busy machine; this connection waits."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA busy_timeout = {PATIENCE * 1000}")
        else:
            cursor.execute(f"SET lock_timeout = '{PATIENCE}s'; SET statement_timeout = '{PATIENCE}s'")


def at_once(*acts):
    """Do all of these at the same moment; what each of them gave, or the problem it met."""
    with crowd(len(acts)) as together:
        return together(*acts)


@contextmanager
def meanwhile(*acts):
    """Let others do these over and over until the block ends; yields the list of what each of their turns met."""
    over, met = threading.Event(), []

    def run(act):
        while not over.is_set():
            try:
                met.append(act())
            except Exception as problem:  # noqa: BLE001 (the test looks at it)
                met.append(problem)
        connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        for act in acts:
            pool.submit(run, act)
        try:
            yield met
        finally:
            over.set()


def wait_until(condition):
    """Wait for something that others are about to do."""
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, "it never came"
        time.sleep(0.01)


def done(met):
    """What those gave who met no problem."""
    return [each for each in met if not isinstance(each, Exception)]


def refused(met):
    """The refusals of the fund's rules."""
    return [each for each in met if isinstance(each, Refused)]


def unexpected(met):
    """What nobody should ever meet: breakdowns, locks that take too long, deadlocks."""
    return [each for each in met if isinstance(each, Exception) and not isinstance(each, Refused)]

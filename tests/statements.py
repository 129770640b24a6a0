"""What an act or a page asks the database: how many statements, and which of them more than once."""

from contextlib import contextmanager

from django.db import connection

from benchmark.counting import Statements


@contextmanager
def asked_once(most):
    """At most so many statements (marks of transactions included), and none of the same text sent again."""
    statements = Statements()
    with connection.execute_wrapper(statements):
        yield
    told = statements.told()
    assert not told["repeated"], told["repeated"]
    assert told["sql"] <= most, "\n".join(sql[:200] for _, sql in statements.times)

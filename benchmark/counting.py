"""What a request asks the database: how often, how long, the same thing how many times."""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection
from django.http import HttpRequest, StreamingHttpResponse

from benchmark.settings import BENCHMARK_COUNTS

OF_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "ROLLBACK")


class Statements:
    """The statements of one request."""

    def __init__(self) -> None:
        self.times: list[tuple[float, str]] = []
        self.began, self.worked = time.perf_counter(), time.thread_time()

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Let a statement through, and note it."""
        began = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.times.append((time.perf_counter() - began, sql))

    def told(self) -> dict[str, Any]:
        """What to write down."""
        texts = Counter(sql for _, sql in self.times if not sql.startswith(OF_TRANSACTIONS))
        longest = max(self.times, default=(0.0, ""))
        return {
            "sql": len(self.times),
            "repeats": sum(texts.values()) - len(texts),
            "repeated": [(number, sql[:400]) for sql, number in texts.most_common(3) if number > 1],
            "sql_ms": round(sum(seconds for seconds, _ in self.times) * 1000, 2),
            "all_ms": round((time.perf_counter() - self.began) * 1000, 2),
            "cpu_ms": round((time.thread_time() - self.worked) * 1000, 2),
            "slowest_ms": round(longest[0] * 1000, 2),
            "slowest": longest[1][:2000],
        }


def count(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, only in the benchmark: one line in a file for each request, written before its last byte is sent."""

    def counted(request: HttpRequest) -> Any:
        statements = Statements()
        with connection.execute_wrapper(statements):
            response = get_response(request)
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = _to_the_end(response.streaming_content, statements)
        else:
            _write(statements)
        return response

    return counted


def _to_the_end(content: Any, statements: Statements) -> Iterator[bytes]:
    with connection.execute_wrapper(statements):
        yield from content
    _write(statements)


def _write(statements: Statements) -> None:
    with Path(BENCHMARK_COUNTS).open("a") as file:
        file.write(json.dumps(statements.told()) + "\n")

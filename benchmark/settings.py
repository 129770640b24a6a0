"""The site's settings with the floor's addresses beside the site's own; and, when asked, with statements counted."""

import sys

# A deployed site has no such package: it came with the tools of developers, and structlog loads what it finds (4 MiB).
sys.modules["rich"] = None  # type: ignore[assignment]

from config.settings import *  # noqa: E402, F403
from config.settings import MIDDLEWARE, env  # noqa: E402

ROOT_URLCONF = "benchmark.urls"
# The file that each request's statements are written to. The timed runs go without.
BENCHMARK_COUNTS = env.str("BENCHMARK_COUNTS", default="")
if BENCHMARK_COUNTS:
    MIDDLEWARE = ["benchmark.counting.count", *MIDDLEWARE]

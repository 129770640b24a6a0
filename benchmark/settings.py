"""The site's settings with the floor's addresses beside the site's own; and, when asked, with statements counted."""

from config.settings import *  # noqa: F403
from config.settings import MIDDLEWARE, env

ROOT_URLCONF = "benchmark.urls"
# The file that each request's statements are written to. The timed runs go without.
BENCHMARK_COUNTS = env.str("BENCHMARK_COUNTS", default="")
if BENCHMARK_COUNTS:
    MIDDLEWARE = ["benchmark.counting.count", *MIDDLEWARE]

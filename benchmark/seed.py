"""Multiply the demonstration that is in the database: `python -m benchmark.seed 1000 60`."""

import sys

import django

django.setup()

from benchmark.seeding import seed  # noqa: E402 (settings first)

seed(int(sys.argv[1]), int(sys.argv[2]))

"""Wires the three apps together; no rule of the fund is here."""

from config.celery import app as celery_app

__all__ = ["celery_app"]

"""The settings of the servers under test: the site's own, with the switches beside them."""

import os

from config.settings import *  # noqa: F403
from config.settings import CELERY_BROKER_TRANSPORT_OPTIONS, DATABASES, EMAIL_TIMEOUT, INSTALLED_APPS, MIDDLEWARE
from tests.faults.switches import on

INSTALLED_APPS = [*INSTALLED_APPS, "tests.faults.switches.Switches"]
MIDDLEWARE = ["tests.faults.switches.faulty", *MIDDLEWARE]
EMAIL_TIMEOUT = float(os.environ.get("MAIL_TIMEOUT", EMAIL_TIMEOUT))
CELERY_BROKER_TRANSPORT_OPTIONS = {**CELERY_BROKER_TRANSPORT_OPTIONS, "socket_timeout": 2}
if on("early_ack"):  # Celery's own defaults
    CELERY_TASK_ACKS_LATE = CELERY_TASK_REJECT_ON_WORKER_LOST = False
if "postgresql" in DATABASES["default"]["ENGINE"]:
    # a test holds a lock until all have come to it: on a busy machine that may take longer than people wait
    options = DATABASES["default"]["OPTIONS"]
    options["options"] = options["options"].replace("lock_timeout=3s", "lock_timeout=30s")

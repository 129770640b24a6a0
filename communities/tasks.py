"""Background work of this app, room by room (Celery looks here)."""

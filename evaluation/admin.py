"""The officers' pages of this app, room by room (the admin looks here)."""

__all__: list[str] = []

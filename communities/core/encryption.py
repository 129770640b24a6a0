"""Bank details are unreadable in the database: the keys live elsewhere."""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class Unreadable(Exception):  # noqa: N818 (a state of affairs, not a mistake)
    """The text was altered, or was locked with a key that we no longer have."""


def _keys() -> list[str]:
    keys = [key for key in settings.BANK_DETAIL_KEYS if key]
    if not keys:
        raise Unreadable("No key for bank details is set.")
    return keys


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _keys()])


def encrypt(text: str) -> str:
    """Lock a text with the newest key."""
    return _box().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Read a locked text, whichever of our keys locked it."""
    try:
        return _box().decrypt(token.encode()).decode()
    except InvalidToken as wrong:
        raise Unreadable("These details cannot be read.") from wrong


def is_newest(token: str) -> bool:
    """Whether the newest key locked this text."""
    try:
        Fernet(_keys()[0]).decrypt(token.encode())
    except InvalidToken:
        return False
    return True


def rotate(token: str) -> str:
    """Lock a text again with the newest key, so that an older key can be retired. What has it already stays."""
    return token if is_newest(token) else encrypt(decrypt(token))


def keys_are_changing() -> bool:
    """Whether there are older keys beside the newest."""
    return len(_keys()) > 1


def fingerprint(text: str) -> str:
    """A mark by which equal texts are found without reading them."""
    return fingerprints(text)[0]


def fingerprints(text: str) -> list[str]:
    """The marks that a text may bear while keys are changing: the newest key's first, then those of older keys."""
    keyed = [hashlib.sha256(b"fingerprint:" + key.encode()).digest() for key in _keys()]
    return [hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in keyed]

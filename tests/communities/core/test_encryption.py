"""Bank details: unreadable without the key, found again without reading."""

import pytest
from cryptography.fernet import Fernet

from communities.core.encryption import Unreadable, decrypt, encrypt, fingerprint, fingerprints, is_newest, rotate

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


@pytest.fixture(autouse=True)
def _keys(settings):
    settings.BANK_DETAIL_KEYS = [OLD]


def test_what_was_locked_can_be_read_and_does_not_show():
    token = encrypt("20-00-00 55779911")
    assert decrypt(token) == "20-00-00 55779911"
    assert "55779911" not in token
    assert encrypt("20-00-00 55779911") != token


def test_a_new_key_reads_the_old_and_after_rotation_the_old_key_is_useless(settings):
    token = encrypt("55779911")
    settings.BANK_DETAIL_KEYS = [NEW, OLD]
    assert not is_newest(token)
    rotated = rotate(token)
    assert rotate(rotated) == rotated
    settings.BANK_DETAIL_KEYS = [OLD]
    with pytest.raises(Unreadable):
        decrypt(rotated)
    settings.BANK_DETAIL_KEYS = [NEW]
    assert decrypt(rotated) == "55779911"
    with pytest.raises(Unreadable):
        rotate(token)


def test_what_was_tampered_with_is_refused():
    token = encrypt("55779911")
    with pytest.raises(Unreadable):
        decrypt(token[:-4] + "AAAA")


def test_equal_details_have_equal_marks_that_tell_nothing(settings):
    mark = fingerprint("55779911")
    assert mark == fingerprint("55779911") != fingerprint("55779912")
    settings.BANK_DETAIL_KEYS = [NEW, OLD]
    newer = fingerprint("55779911")
    assert fingerprints("55779911") == [newer, mark]  # what an older key marked is still found
    settings.BANK_DETAIL_KEYS = [NEW]
    assert fingerprints("55779911") == [newer]
    assert newer != mark


def test_without_a_key_nothing_is_locked(settings):
    settings.BANK_DETAIL_KEYS = []
    with pytest.raises(Unreadable):
        encrypt("55779911")

"""A group that was funded, and its people."""

import pytest

from tests.factories import awards as make


@pytest.fixture
def mina(db):
    """Signs for the group, and has no e-mail."""
    return make.somebody("Mina Shah", phone="01268 555 0199")


@pytest.fixture
def meadow(asha, ben, mina):
    """Friends of Swan Meadow: Asha leads, Ben is treasurer, Mina signs too."""
    return make.swan_meadow(asha, ben, mina)


@pytest.fixture
def offered(meadow, carol, grace):
    """An offer of £1,180 for the Warm Table."""
    return make.offer(meadow, officer=carol, ratifier=grace)


@pytest.fixture
def micro_offer(meadow, carol, owen):
    """An offer of £800, decided by two officers."""
    return make.offer(meadow, amount=800, tier="micro", officer=carol, ratifier=owen)


@pytest.fixture
def signed_page(db, carol):
    """A photo of a page that somebody signed."""
    from communities.core.files import StoredFile

    return StoredFile.objects.create(
        content="aa/signed", original_name="signed.jpg", content_type="image/jpeg", size=10, sha256="0" * 64,
        kind="signed_page", uploaded_by=carol, uploaded_at=make.AGREED,
    )  # fmt: skip

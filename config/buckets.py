"""Files on S3-compatible storage (needs requirements-s3.lock): private, and given out by our own pages alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

# Other makers' servers do not know every checksum that the library would send since 2025.
PATIENCE = Config(
    connect_timeout=5,
    read_timeout=30,
    retries={"mode": "standard", "total_max_attempts": 3},
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@contextmanager
def _as_a_disk(words: str) -> Iterator[None]:
    """What goes wrong is said as a disk would say it."""
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as problem:
        raise OSError(words) from problem


class PrivateBucket(S3Storage):  # type: ignore[misc]
    """A bucket that nobody reads but the site. It has no addresses to give away."""

    def get_default_settings(self) -> dict[str, object]:
        """Nothing public, and large files through the disk instead of memory."""
        # names are random, so none is taken, and there is no need to ask
        ours = {"default_acl": None, "file_overwrite": True, "client_config": PATIENCE, "max_memory_size": 2**21}
        return {**super().get_default_settings(), **ours}

    def _save(self, name: str, content: Any) -> str:
        with _as_a_disk("The bucket did not take the file."):
            return str(super()._save(name, content))

    def _open(self, name: str, mode: str = "rb") -> Any:
        with _as_a_disk("The bucket did not give the file."):
            opened = super()._open(name, mode)
            opened.file  # noqa: B018 (fetched now, before an answer has begun)
            return opened

    def url(self, *args: object, **kwargs: object) -> str:
        """As on the disk: files are opened through a page that asks who may."""
        raise ValueError("Files have no address of their own.")

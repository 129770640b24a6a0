"""Files that people send: checked by name, type and content, kept under random names, shown only to those who may."""

import hashlib
import logging
import re
import uuid
import zipfile
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import PurePath
from typing import Any

import puremagic
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import models
from django.db.models import Q
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_safe

from communities.core.clock import now
from communities.core.permissions import NONE, Actor, Rule, Ruled, permission
from communities.core.refusals import Refused

log = logging.getLogger(__name__)

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
VAGUE = {"", "application/octet-stream", "binary/octet-stream"}

# What may be sent: the ending, how it is kept, and what browsers may call it.
TYPES: Mapping[str, tuple[str, frozenset[str]]] = {
    "pdf": ("application/pdf", frozenset({"application/pdf"})),
    "jpg": ("image/jpeg", frozenset({"image/jpeg", "image/pjpeg"})),
    "png": ("image/png", frozenset({"image/png"})),
    "docx": (WORD, frozenset({WORD, "application/zip"})),
    "xlsx": (EXCEL, frozenset({EXCEL, "application/zip"})),
    "csv": ("text/csv", frozenset({"text/csv", "text/plain", "application/csv", "application/vnd.ms-excel"})),
}
DOCUMENTS = ("pdf", "jpg", "png", "docx", "xlsx", "csv")
PICTURES = ("jpg", "png")
INSIDE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}
UNPACKED_AT_MOST = 200 * 1024 * 1024
MEGABYTE = 1024 * 1024


def random_name(stored: "StoredFile", filename: str) -> str:
    """A name that says nothing and cannot be guessed."""
    name = uuid.uuid4().hex
    return f"{name[:2]}/{name}"


class StoredFile(models.Model):
    """A file somebody sent, with what we know about it. The row never changes but for the scan."""

    class Scan(models.TextChoices):
        NONE = "none", "Not scanned"
        WAITING = "waiting", "Waiting to be scanned"
        CLEAN = "clean", "Nothing harmful found"
        HARMFUL = "harmful", "Harmful: not shown to anybody"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.FileField(upload_to=random_name, max_length=80)
    original_name = models.CharField("name", max_length=150)
    content_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("size in bytes")
    sha256 = models.CharField("fingerprint", max_length=64, db_index=True)
    kind = models.CharField("what it is for", max_length=60)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    uploaded_at = models.DateTimeField("sent on")
    scan = models.CharField(max_length=10, choices=Scan.choices, default=Scan.NONE)
    scan_at = models.DateTimeField("to be scanned after", default=now, editable=False)
    scan_tries = models.PositiveSmallIntegerField(default=0, editable=False)

    objects = Ruled.as_manager()

    class Meta:
        verbose_name = "file"
        indexes = [models.Index(fields=["scan_at"], condition=Q(scan="waiting"), name="file_to_scan")]

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        """Where those who may can open it."""
        return reverse("stored_file", args=[self.public_id])

    def opened(self) -> "File[bytes]":
        """Its content, unless it may be harmful or nobody has looked yet."""
        if self.scan == self.Scan.HARMFUL:
            raise Refused(
                "This file may be harmful, so nobody can open it.", "Ask the person who sent it for another copy."
            )
        if self.scan == self.Scan.WAITING:
            raise Refused("This file is still being checked.", "Try again in a minute.")
        try:
            return self.content.open("rb")
        except OSError as problem:  # the bucket or the disk is away
            log.warning("File %s was not opened: %s", self.public_id, type(problem).__name__)
            raise Refused(
                "This file cannot be opened just now.",
                "Nothing is lost. Try again in a few minutes, and ring us if it stays like this.",
            ) from problem


OPENERS: dict[str, Rule] = {}


def may_open(kind: str) -> Callable[[Rule], Rule]:
    """Declare who may open files of a kind: the rule answers with a filter over `StoredFile`."""

    def declare(rule: Rule) -> Rule:
        if kind in OPENERS:
            raise ValueError(f"Who may open “{kind}” files is declared twice.")
        OPENERS[kind] = rule
        return rule

    return declare


@permission("communities.view_storedfile", StoredFile, "Whoever may see the thing that the file belongs to")
def may_view_file(user: Actor) -> Q:
    """Each kind of file follows the rule of its own room; a kind without a rule is closed to all."""
    every = NONE
    for kind, rule in OPENERS.items():
        allowed = rule(user)
        if allowed != NONE:
            every = every | (Q(kind=kind) & allowed)
    return every


def store(upload: "UploadedFile[Any]", *, by: Actor, at: datetime, kind: str) -> StoredFile:
    """Keep a file that has passed the checks of `FileField`. A scanner, if any, looks at it outside the request."""
    if kind not in OPENERS:
        raise ValueError(f"Nobody has said who may open “{kind}” files.")
    digest, size = hashlib.sha256(), 0
    for chunk in upload.chunks():
        digest.update(chunk)
        size += len(chunk)
    upload.seek(0)
    name = plain_name(upload.name or "")
    stored = StoredFile(
        content=upload,
        original_name=name,
        content_type=TYPES[ending(name)][0],
        size=size,
        sha256=digest.hexdigest(),
        kind=kind,
        uploaded_by_id=by.pk,
        uploaded_at=at,
        scan=StoredFile.Scan.WAITING if settings.FILE_SCANNER else StoredFile.Scan.NONE,
    )
    try:
        stored.save()
    except OSError as problem:  # the disk is full, the bucket is away
        log.exception("A file could not be stored.")
        raise Refused("The selected file could not be uploaded.", "Try again in a few minutes.") from problem
    return stored


def plain_name(name: str) -> str:
    """The name a file is given back with: no folders, no control characters, not too long."""
    last = re.split(r"[\\/]", name)[-1]
    clean = "".join(letter for letter in last if letter.isprintable() and letter not in '<>:"|?*').strip(" .")
    stem, suffix = PurePath(clean).stem[:120], PurePath(clean).suffix[:10]
    return f"{stem}{suffix}" or "file"


def ending(name: str) -> str:
    """The ending of a file's name, the two spellings of JPEG as one."""
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    return "jpg" if suffix == "jpeg" else suffix


class FileField(forms.FileField):
    """A file to send. Refused when its name, its declared type and its content do not agree on an allowed kind."""

    widget = forms.FileInput

    def __init__(self, *, allowed: tuple[str, ...] = DOCUMENTS, max_size: int | None = None, **kwargs: Any) -> None:
        self.allowed, self.max_size = allowed, max_size
        super().__init__(**kwargs)
        self.widget.attrs["accept"] = ",".join(f".{suffix}" for suffix in allowed)
        if "jpg" in allowed:
            self.widget.attrs["accept"] += ",.jpeg"

    def to_python(self, data: Any) -> Any:
        """The file, when it is what it says it is."""
        if data in self.empty_values:
            return None
        if not getattr(data, "name", "") or data.size is None:
            raise ValidationError("The selected file could not be uploaded – try again")
        if not data.size:
            raise ValidationError("The selected file is empty")
        most = self.max_size or settings.FILE_MAX_SIZE
        if data.size > most:
            raise ValidationError(f"The selected file must be smaller than {most // MEGABYTE}MB")
        suffix = ending(data.name)
        if suffix not in self.allowed:
            raise ValidationError(f"The selected file must be a {_listed(self.allowed)}")
        declared = (data.content_type or "").split(";")[0].strip().lower()
        content = data.read()
        data.seek(0)
        if declared not in TYPES[suffix][1] | VAGUE or not is_really(suffix, content):
            raise ValidationError(f"The selected file is not a {suffix.upper()} file, although its name says so")
        return data


def _listed(suffixes: tuple[str, ...]) -> str:
    *others, last = [suffix.upper() for suffix in suffixes]
    return f"{', '.join(others)} or {last}" if others else last


def is_really(suffix: str, content: bytes) -> bool:
    """Whether the content is of the kind that the name says."""
    if suffix == "csv":
        return _is_text(content)
    if suffix in INSIDE:
        return _is_office(suffix, content)
    try:
        found = {one.extension.lstrip(".") for one in puremagic.magic_string(content[:4096])}
    except puremagic.PureError:
        return False
    return suffix in {ending(f"x.{one}") for one in found}


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    return not any(letter < " " and letter not in "\t\r\n\f" for letter in text)


def _is_office(suffix: str, content: bytes) -> bool:
    """A Word or Excel file without macros that does not unpack to something enormous."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return False
    names = {member.filename for member in members}
    fits = sum(member.file_size for member in members) <= UNPACKED_AT_MOST
    return fits and INSIDE[suffix] in names and not any(name.endswith("vbaProject.bin") for name in names)


@require_safe
def stored_file(request: HttpRequest, public_id: uuid.UUID) -> FileResponse:
    """Give a file to somebody who may open it, as a download that no browser will run."""
    stored = get_object_or_404(StoredFile.objects.visible_to(request.user), public_id=public_id)
    response = FileResponse(
        stored.opened(), as_attachment=True, filename=stored.original_name, content_type=stored.content_type
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response

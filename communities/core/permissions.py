"""Who may do what: each permission is one filter, so that an object, a list and a batch agree."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeVar

from django.db import models
from django.db.models import Q

M = TypeVar("M", bound=models.Model)

EVERY, NONE = Q(), Q(pk__in=[])  # NONE costs no query: Django folds it
EVERYONE = ("everyone",)  # as roles: all people, signed in or not


class Actor(Protocol):
    """Whoever acts or looks: a user, an anonymous visitor, or the system itself."""

    @property
    def pk(self) -> Any:
        """The key of the account; None for visitors and the system."""

    @property
    def is_active(self) -> bool:
        """May this account be used."""

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """May they do this, to this row or (without one) to some row."""


class System:
    """The fund's own clockwork (deadlines, sweeps): may do everything, and is shown as "the system"."""

    pk = None
    is_active = True

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Everything: deadlines wait for nobody's right."""
        return True

    def __str__(self) -> str:
        return "the system"


SYSTEM = System()
Rule = Callable[[Actor], Q]


@dataclass(frozen=True)
class Permission:
    """A named permission: for which rows, told in a sentence, given to roles and, by its rule, to others."""

    name: str
    model: type[models.Model]
    sentence: str
    roles: tuple[str, ...]
    rule: Rule
    public: bool = False
    partly: tuple[str, ...] = ()


REGISTRY: dict[str, Permission] = {}


def permission(
    name: str,
    model: type[models.Model],
    sentence: str,
    *,
    roles: Collection[str] = (),
    partly: Collection[str] = (),
    public: bool = False,
) -> Callable[[Rule], Rule]:
    """Declare a permission. Holders of `roles` may for every row; for others the decorated rule answers with a Q.

    It is part of the work of `partly` as well, for whom the rule leaves rows out: to them the office is open.

    Visitors who are not signed in get nothing, and the rule is not even asked (`user.pk` is None, and a filter on
    None would match rows without an owner), unless `public=True` says that the rule has an answer for them.
    """

    def declare(rule: Rule) -> Rule:
        register(Permission(name, model, sentence, tuple(roles), rule, public, tuple(partly)))
        return rule

    return declare


def register(new: Permission) -> None:
    """Add a permission to the registry; a name taken twice is a mistake."""
    if new.name in REGISTRY:
        raise ValueError(f"The permission {new.name} is declared twice.")
    REGISTRY[new.name] = new


def office(
    model: type[models.Model],
    *,
    view: Collection[str] = (),
    change: Collection[str] = (),
    add: Collection[str] = (),
    delete: Collection[str] = (),
) -> None:
    """Declare the plain admin permissions of reference data; what is not named stays forbidden to all."""
    for verb, roles in (("view", view), ("change", change), ("add", add), ("delete", delete)):
        if roles:
            name = f"{model._meta.app_label}.{verb}_{model._meta.model_name}"
            sentence = f"{verb.capitalize()} {model._meta.verbose_name_plural}"
            register(Permission(name, model, sentence, tuple(roles), nobody))


def nobody(user: Actor) -> Q:
    """The rule that gives nothing beyond the roles."""
    return NONE


def roles_of(user: Actor) -> frozenset[str]:
    """The roles a person holds today; visitors have none."""
    return getattr(user, "role_codes", frozenset())


def rule(user: Actor, name: str) -> Q:
    """The rows for which this person holds the permission, as a filter. Unknown names give nothing."""
    found = REGISTRY.get(name)
    if user is SYSTEM:
        return EVERY
    if found is None:
        return NONE
    if "everyone" in found.roles:
        return EVERY
    if user.pk is None:
        return found.rule(user) if found.public else NONE
    if not user.is_active:
        return NONE
    given = bool(found.roles) and bool(roles_of(user).intersection(found.roles))  # roles are read where they count
    return EVERY if given else found.rule(user)


def is_work(user: Actor, name: str) -> bool:
    """Is this part of the person's work: does one of their roles give it, not only what is theirs in private?"""
    found = REGISTRY.get(name)
    if found is None or user.pk is None or not user.is_active:
        return False
    return "everyone" in found.roles or bool(roles_of(user).intersection((*found.roles, *found.partly)))


def allows(user: Actor, name: str, obj: models.Model | None = None) -> bool:
    """May this person do this to this row? Without a row: might they, for some row (what menus ask)."""
    if obj is not None and name in REGISTRY and not isinstance(obj, REGISTRY[name].model):
        return False
    q = rule(user, name)
    if obj is None or not q or q == NONE:
        return q != NONE
    return type(obj)._base_manager.filter(q, pk=obj.pk).exists()


def allowed_pks(user: Actor, name: str, rows: Iterable[models.Model]) -> set[Any]:
    """Keys of those rows for which the person holds the permission: one query at most, however many rows."""
    rows, q = list(rows), rule(user, name)
    if not rows or not q or q == NONE:
        return set() if q == NONE else {row.pk for row in rows}
    return set(type(rows[0])._base_manager.filter(q, pk__in=[row.pk for row in rows]).values_list("pk", flat=True))


class Ruled(models.QuerySet[M]):
    """A queryset that knows what a person may see: `objects = Ruled.as_manager()`."""

    def visible_to(self, user: Actor) -> Self:
        """Only the rows this person may view."""
        return self.allowed_to(user, f"{self.model._meta.app_label}.view_{self.model._meta.model_name}")

    def allowed_to(self, user: Actor, name: str) -> Self:
        """Only the rows for which this person holds the named permission."""
        q = rule(user, name)
        if not q:
            return self
        # the subquery keeps the rule's joins from doubling rows
        return self.filter(pk__in=self.model._base_manager.filter(q).values("pk"))


class HasRules:
    """Gives the user model its permissions from the registry. There is no superuser shortcut."""

    def has_perm(self: Actor, perm: str, obj: Any = None) -> bool:
        """May this person do this, to this row or (without one) to some row."""
        return allows(self, perm, obj)

    def has_perms(self: Actor, perm_list: Iterable[str], obj: Any = None) -> bool:
        """May this person do all of these."""
        return all(allows(self, name, obj) for name in perm_list)

    def has_module_perms(self: Actor, app_label: str) -> bool:
        """Is there anything in this app for this person."""
        return any(name.startswith(f"{app_label}.") and allows(self, name) for name in REGISTRY)

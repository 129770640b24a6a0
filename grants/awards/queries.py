"""Reading awards: who has said yes, who still can, and what was agreed in plain words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from django.db.models import Exists, OuterRef, QuerySet

from communities.core.permissions import Actor
from communities.groups.queries import members_of, signatories, unrelated
from communities.people.models import Person
from grants.awards.models import Acceptance, Award, AwardCondition, AwardLine, AwardVersion
from grants.rounds.models import Tier


def current_version(award: Award) -> AwardVersion:
    """The agreement that counts now."""
    return award.versions.all()[0]  # the latest comes first


def lines_of(award: Award) -> list[AwardLine]:
    """What the money is for, as agreed now."""
    return list(current_version(award).lines.all())


def standing(award: Award) -> list[Acceptance]:
    """Who has said yes to the agreement as it is now."""
    found = award.acceptances.filter(version=current_version(award)).select_related("person", "recorded_by")
    return list(found.order_by("accepted_at", "pk"))


def unrelated_pair(award: Award, acceptances: Sequence[Acceptance]) -> bool:
    """Whether two of those who said yes are not related, still sign for the group, and one did it on this site."""
    here = set(signatories(award.group).values_list("person", flat=True))  # whoever has left or died binds nobody
    pairs = combinations([each for each in acceptances if each.person_id in here], 2)
    return any(
        Acceptance.Means.ONLINE in (a.means, b.means) and unrelated(a.person, b.person, award.group) for a, b in pairs
    )


def person_of(user: Actor) -> Person | None:
    """The person this account belongs to."""
    return Person.objects.filter(user=user.pk).first() if user.pk else None


def own_awards(user: Actor) -> list[Award]:
    """The awards of the groups a person belongs to today.

    Kept with the account, as its roles are (so for one request): several rooms show something only where there are any.
    """
    if not hasattr(user, "own_awards"):
        found = Award.objects.filter(group__in=members_of(user).order_by().values("group"))
        said = Exists(Acceptance.objects.filter(award=OuterRef("pk"), person__user=user.pk))
        rows = found.select_related("group").annotate(said=said).order_by("offer_ends_on", "pk")
        user.own_awards = list(rows)  # type: ignore[attr-defined]
    return list(user.own_awards)  # type: ignore[attr-defined]


def why_not_say_yes(award: Award, person: Person, acceptances: Iterable[Acceptance]) -> str:
    """The sentence why this person's yes would not count, or nothing."""
    if not signatories(award.group).filter(person=person).exists():
        return f"{person} is not named to sign for {award.group}."
    for each in acceptances:
        if each.person_id == person.pk:
            return f"{person} has said yes already. The second yes has to come from somebody else."
        if person.lives_with(each.person):
            return f"{person} and {each.person} live together, so they count as one. Somebody else has to say yes too."
        if not unrelated(person, each.person, award.group):
            return f"{person} and {each.person} are related, so they count as one. Somebody else has to say yes too."
    return ""


def why_not_recorded(award: Award, person: Person, acceptances: Sequence[Acceptance]) -> str:
    """The sentence why this person has to say yes on this site, or nothing.

    Another means will do where the size of grant asks for one yes on line only, and always for somebody without an
    address of their own.
    """
    tier = award.application.tier
    if (tier is None or tier.online_acceptances > 1) and not has_no_address(person):
        return f"{person} has an e-mail address, so they have to say yes on this site themselves."
    if acceptances and not any(each.means == Acceptance.Means.ONLINE for each in acceptances):
        return "One of the two has to say yes on this site, with their own sign-in."
    return ""


def has_no_address(person: Person) -> bool:
    """No e-mail at all, or one that somebody else in a group uses as well."""
    if not person.email:
        return True
    return person.user_id is None and Person.objects.filter(email__iexact=person.email).exclude(pk=person.pk).exists()


@dataclass(frozen=True)
class Signer:
    """One of the people who may sign, and how it stands with them."""

    person: Person
    acceptance: Acceptance | None
    why_not: str


def signers(award: Award) -> list[Signer]:
    """Everybody who may sign, who has, and who cannot be the other one."""
    said = standing(award)
    by_person = {each.person_id: each for each in said}
    members = [member.person for member in signatories(award.group)]
    people = members + [each.person for each in said if each.person not in members]
    return [
        Signer(person, by_person.get(person.pk), "" if person.pk in by_person else why_not_say_yes(award, person, said))
        for person in people
    ]


@dataclass(frozen=True)
class Clause:
    """One part of the agreement: a heading and its sentences."""

    heading: str
    sentences: tuple[str, ...]


def clauses(agreement: str) -> list[Clause]:
    """The agreement for the page: blocks between empty lines, the first line of each its heading."""
    blocks = [block.strip().splitlines() for block in agreement.replace("\r\n", "\n").split("\n\n") if block.strip()]
    return [Clause(lines[0].strip(), tuple(line.strip() for line in lines[1:] if line.strip())) for lines in blocks]


def open_conditions(award: Award) -> list[AwardCondition]:
    """What has to be done before money can be sent."""
    return [each for each in award.conditions.all() if each.met_at is None and each.when == AwardCondition.When.PAYMENT]


def offers_ending(day: date, *, within: int) -> QuerySet[Award]:
    """Open offers whose last day comes within so many days."""
    return Award.objects.filter(
        status=Award.Status.OFFERED, offer_ends_on__gte=day, offer_ends_on__lte=day + timedelta(days=within)
    )


def is_micro(award: Award) -> bool:
    """Decided by two officers, so with the shorter agreement and payment by batch alone."""
    tier = award.application.tier
    return tier is not None and tier.route == Tier.Route.DELEGATED

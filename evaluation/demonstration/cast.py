"""Who appears in the demonstration: the council's staff, the panel, the groups and their people. All are made up."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from communities.groups.models import Group, Membership
from communities.groups.operations import (
    add_member,
    set_accountable_body,
    start_group,
    update_group,
    update_member,
    write_vision,
)
from communities.people import roles
from communities.people.models import Person, User
from communities.people.operations import correct_person, grant_role, greet, open_account
from communities.people.queries import DEMONSTRATION_DOMAIN
from communities.places.models import PriorityPlace
from grants.rounds.models import Seat

KEEPER = "keeper"  # gives the first role of all, and appears nowhere else
STAFF = {
    "max": ("Max Field", roles.ACCESS_MANAGER),
    "carol": ("Carol Whitlock", roles.OFFICER),
    "owen": ("Owen Marsh", roles.OFFICER),
    "grace": ("Grace Okafor", roles.SENIOR_OFFICER),
    "fiona": ("Fiona Achebe", roles.FINANCE),
    "anil": ("Anil Desai", roles.ANALYST),
    "una": ("Una Byrne", roles.AUDITOR),
}
PANEL = {
    "dev": ("Dev Patel", Seat.Role.CHAIR),
    "joan": ("Joan Pryor", Seat.Role.VICE),
    "hassan": ("Hassan Ali", Seat.Role.MEMBER),
    "ruth": ("Ruth Lamb", Seat.Role.MEMBER),
    "kit": ("Kit Rowe", Seat.Role.COMMUNITY),
}
STRANGER = ("sam", "Sam Stranger", "Somewhere Else Club")
K, R = Group.Kind, Membership.Role


@dataclass(frozen=True)
class Troupe:
    """A group: its two first people (the lead and the treasurer), where it is at home, what it is for."""

    name: str
    kind: str
    place: str
    postcode: str
    lead: str
    treasurer: str
    purpose: str
    others: tuple[str, ...] = ()
    body: tuple[str, str] | None = None  # who holds the money, and whom to ask for
    charity: str = ""
    vision: tuple[str, str, str] | None = None


TROUPES = {
    "jaywick": Troupe(
        "Jaywick Warm Table", K.UNCONSTITUTED, "TEN", "CO15 2DL", "Doreen Hall", "Pat Reeve",
        "A hot meal and company, every Thursday, for anybody in Jaywick.",
        body=("Clacton Volunteer Centre", "Linda Marsden"),
    ),
    "swan": Troupe(
        "Friends of Swan Meadow", K.ASSOCIATION, "CAN", "SS8 7BD", "Asha Rahman", "Ben Cole",
        "We look after Swan Meadow, for wildlife and for everybody on the island.", others=("Mina Shah",),
        vision=(
            "A meadow for the whole island",
            "In ten years Swan Meadow is where Canvey meets: paths for wheels and a pond that schools visit.",
            "Sixty people come to work days. The primary school next door helps. The old ferryman knows every plant.",
        ),
    ),
    "harlow": Troupe(
        "Harlow Young Carers", K.CHARITY, "HAR", "CM20 1DG", "Jo Templeton", "Amara Obi",
        "A break, a friend and a listening ear for children who look after somebody at home.", charity="1999001",
    ),
    "vange": Troupe(
        "Vange Homework Club", K.ASSOCIATION, "BAS", "SS16 4QS", "Tunde Bello", "Carly West",
        "A quiet table, a snack and somebody who can help with homework.",
    ),
    "greenstead": Troupe(
        "Greenstead Community Garden", K.ASSOCIATION, "COL", "CO4 3QB", "Lena Novak", "Roy Atkins",
        "We grow food and company on the green behind the shops.",
    ),
    "wade": Troupe(
        "Wade and Swim", K.CIO, "", "CM2 9AA", "Priya Menon", "Gareth Hughes",
        "Swimming at their own pace for children and adults with learning disabilities.", charity="1999002",
    ),
    "harwich": Troupe(
        "Harwich Knit and Natter", K.UNCONSTITUTED, "TEN", "CO12 3HN", "Maureen Pike", "Sally Orme",
        "Wool, tea and company in the old library.", body=("Harwich Town Trust", "Neil Crane"),
    ),
    "staple": Troupe(
        "Staple Tye Boxing Gym", K.CIC, "HAR", "CM18 7PS", "Marcus Reid", "Ellie Fox",
        "Boxing without blows to the head: fitness, discipline and a place to belong.",
    ),
    "allotment": Troupe(
        "Canvey Lads and Dads Allotment", K.ASSOCIATION, "CAN", "SS8 9PA", "Terry Lane", "Imran Aziz",
        "Fathers and sons grow vegetables together on four plots.",
    ),
    "laindon": Troupe(
        "Laindon Park Residents", K.TENANTS, "BAS", "SS15 5BP", "Wendy Carr", "Kwame Mensah",
        "Neighbours who look out for one another.",
    ),
    "halstead": Troupe(
        "Halstead Rural Lifts", K.ASSOCIATION, "BRA", "CO9 3EB", "Hugh Barker", "Nora Finch",
        "Volunteers drive people without a car to the doctor, the shops and each other.",
    ),
    "shop": Troupe(
        "Finchingfield Village Shop Friends", K.CBS, "BRA", "CM7 4JX", "Ivy Marsh", "Colin Dent",
        "We keep the last shop for six miles open, and warm.",
    ),
    "rowing": Troupe(
        "Brightlingsea Rowing for All", K.ASSOCIATION, "TEN", "CO7 0AU", "Tess Fenn", "Dougie Hart",
        "Everybody can row: we have the boats, the vests and the patience.",
    ),
    "fronts": Troupe(
        "Clacton Shop Front Traders", K.UNCONSTITUTED, "TEN", "CO15 1JD", "Barry Knox", "Gina Hope",
        "Traders of one parade.",
    ),
    "monkwick": Troupe(
        "Monkwick Move More", K.ASSOCIATION, "COL", "CO2 8RB", "Shanice Cole", "Peter Lund",
        "Gentle exercise in the estate's own hall.",
    ),
    "repair": Troupe(
        "Pitsea Repair Table", K.ASSOCIATION, "BAS", "SS13 1DA", "Olu Adeyemi", "Jan Kelly",
        "Bring what is broken, learn to mend it, stay for tea.",
    ),
    "dads": Troupe(
        "Dovercourt Dads", K.UNCONSTITUTED, "TEN", "CO12 4EX", "Lee Sharp", "Ade Cooper",
        "Saturday breakfasts for fathers with small children.", body=("Harwich Town Trust", "Neil Crane"),
    ),
    "stitchers": Troupe(
        "Bush Fair Stitchers", K.ASSOCIATION, "HAR", "CM18 6NR", "Rukhsana Mirza", "Dawn Price",
        "Women who sew together, and teach each other.",
    ),
    "youth": Troupe(
        "St Osyth Youth Corner", K.ASSOCIATION, "TEN", "CO16 8PD", "Ella Whyte", "Martin Goss",
        "Somewhere to be on a Friday night.",
    ),
    "tolleshunt": Troupe(
        "Old Heath Reading Friends", K.PTA, "COL", "CO2 8DX", "Zara Hussain", "Kim Lister",
        "Grown-ups who read with children before school.",
    ),
    "benches": Troupe(
        "Walton Benches", K.UNCONSTITUTED, "TEN", "CO14 8DF", "Frank Oliver", "Jean Moss",
        "People who restore the sea-front benches and sit on them.", body=("Frinton and Walton Hall", "Olive Kerr"),
    ),
    "chess": Troupe(
        "Church Langley Chess", K.ASSOCIATION, "HAR", "CM17 9TG", "Viktor Hale", "Ada Brook",
        "Chess for all ages in the community centre.",
    ),
    "radio": Troupe(
        "Basildon Bedside Radio", K.CHARITY, "BAS", "SS14 1EH", "Nadia Rowe", "Phil Cross",
        "A radio station made by and for people who are housebound.", charity="1999003",
    ),
    "rails": Troupe(
        "Colne Valley Model Railway", K.ASSOCIATION, "BRA", "CO9 1HZ", "Derek Lamb", "Stan Pool",
        "A model of the line as it was, shown four times a year.",
    ),
}  # fmt: skip


@dataclass
class Company:
    """Everybody who has been introduced, by the short name that the scenes use."""

    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)

    def __getitem__(self, name: str) -> User:
        return self.users[name]

    def lead(self, troupe: str) -> User:
        """The lead of a group."""
        return self.users[nickname(TROUPES[troupe].lead)]

    def treasurer(self, troupe: str) -> User:
        """The treasurer of a group."""
        return self.users[nickname(TROUPES[troupe].treasurer)]

    def person(self, user: User) -> Person:
        """The person behind an account."""
        return Person.objects.get(user=user)


def nickname(full_name: str) -> str:
    """What the cast and their addresses are called by: the first name, or the whole where it is not the only one."""
    first, _, last = full_name.lower().partition(" ")
    return f"{first}.{last}" if first in AMBIGUOUS else first


def _first_names() -> list[str]:
    named = [troupe.lead for troupe in TROUPES.values()] + [troupe.treasurer for troupe in TROUPES.values()]
    named += [name for name, _ in (*STAFF.values(), *PANEL.values())]
    return [name.lower().partition(" ")[0] for name in named]


AMBIGUOUS = {name for name, times in Counter(_first_names()).items() if times > 1}


def address(name: str) -> str:
    """An address that no mail can reach."""
    return f"{name}{DEMONSTRATION_DOMAIN}"


def sign_in(full_name: str, name: str, at: datetime) -> User:
    """An account as it is after somebody's first sign-in by code."""
    user = open_account(address(name))
    user.full_name, user.date_joined = full_name, at
    user.save(update_fields=("full_name", "date_joined"))
    greet(user, at=at)
    return user


def hire(company: Company, at: datetime) -> None:
    """The council's staff and its panel get their accounts and their roles."""
    keeper = User.objects.create_superuser(address(KEEPER), full_name="Keeper of the installation")
    giver = keeper
    for name, (full_name, role) in STAFF.items():
        company.users[name] = user = sign_in(full_name, name, at)
        grant_role(user=user, role=role.code, starts=at.date(), reason=f"Works as {role.name.lower()}", by=giver, at=at)
        giver = company.users["max"]
    for name, (full_name, _) in PANEL.items():
        company.users[name] = user = sign_in(full_name, name, at)
        grant_role(user=user, role=roles.PANEL.code, starts=at.date(), reason="Sits on the panel", by=giver, at=at)


def form(company: Company, key: str, at: datetime) -> Group:
    """A group begins with a name, two people and a place, and grows from there."""
    troupe = TROUPES[key]
    lead = sign_in(troupe.lead, nickname(troupe.lead), at)
    company.users[nickname(troupe.lead)] = lead
    number = list(TROUPES).index(key)
    person = correct_person(
        company.person(lead), full_name=troupe.lead, phone=f"01632 960 {200 + number}", by=lead, at=at
    )
    place = PriorityPlace.objects.filter(code=troupe.place).first()
    second = {
        "full_name": troupe.treasurer,
        "email": address(nickname(troupe.treasurer)),
        "phone": f"01632 960 {300 + number}",
    }
    group = start_group(name=troupe.name, place=place, lead=person, second=second, by=lead, at=at)
    company.users[nickname(troupe.treasurer)] = sign_in(troupe.treasurer, nickname(troupe.treasurer), at)
    treasurer = group.memberships.get(person__full_name=troupe.treasurer)
    update_member(treasurer, role=R.TREASURER, is_leader=True, is_signatory=True, by=lead, at=at)
    told = {"kind": troupe.kind, "purpose": troupe.purpose, "postcode": troupe.postcode}
    update_group(group, fields=told | {"charity_number": troupe.charity}, version=None, by=lead, at=at)
    _grow(group, troupe, lead, at)
    company.groups[key] = Group.objects.get(pk=group.pk)
    return company.groups[key]


def _grow(group: Group, troupe: Troupe, lead: User, at: datetime) -> None:
    for name in troupe.others:
        add_member(group, full_name=name, email=address(nickname(name)), by=lead, at=at)
    if troupe.body:
        name, contact = troupe.body
        set_accountable_body(
            group, name=name, contact_name=contact, contact_email=address(nickname(contact)),
            contact_phone="01632 960 150", by=lead, at=at,
        )  # fmt: skip
    if troupe.vision:
        title, text, strengths = troupe.vision
        write_vision(group, title=title, text=text, strengths=strengths, by=lead, at=at)


def meet_the_warm_table(company: Company, at: datetime) -> None:
    """Jaywick's other two: Ron, who lives with Doreen and shares her address, and Sheila, who has none."""
    group, doreen = company.groups["jaywick"], company["doreen"]
    add_member(
        group, full_name="Ron Hall", email=doreen.email, phone="01632 960 200", is_signatory=True,
        household_with=company.person(doreen), by=doreen, at=at,
    )  # fmt: skip
    add_member(group, full_name="Sheila Moss", phone="01632 960 299", is_signatory=True, by=doreen, at=at)


def meet_the_stranger(company: Company, at: datetime) -> None:
    """Somebody with a group of his own, and nothing to do with any other."""
    name, full_name, club = STRANGER
    company.users[name] = sam = sign_in(full_name, name, at)
    second = {"full_name": "Robin Second", "email": "", "phone": "01632 960 399"}
    start_group(name=club, place=None, lead=company.person(sam), second=second, by=sam, at=at)

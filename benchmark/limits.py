"""What each kind of page may cost at most: times the floor, statements, kilobytes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """What a kind of page may cost; nothing said means no limit."""

    ratio: float | None = None
    sql: int | None = None
    kilobytes: int | None = None
    more_memory: int | None = None  # MiB above what was held before

    @property
    def text(self) -> str:
        """As the table shows it."""
        parts = [
            f"{self.ratio:g}x" if self.ratio else "",
            f"{self.sql} SQL" if self.sql else "",
            f"{self.kilobytes} KB" if self.kilobytes else "",
            f"+{self.more_memory} MiB" if self.more_memory else "",
        ]
        return ", ".join(filter(None, parts)) or "-"


LIMITS = {
    "floor": Limit(),
    "public": Limit(2, 4),
    "applicant": Limit(4, 10),
    "save": Limit(2),
    "submit": Limit(5),
    "queue": Limit(8, 15, 100),
    "case": Limit(10, 25),
    "panel": Limit(6, 12),
    "scoring": Limit(5),
    "record": Limit(3),
    "meeting": Limit(10),
    "money": Limit(5),
    "evaluation": Limit(15),
    "export": Limit(20, more_memory=40),
}
MANY_BIDS, RATIO_AT_MANY = 200_000, 30  # evaluation pages may take longer over a whole country
WORKER_MEMORY = 130  # MiB, after all reads
GROWTH = 1.2  # from the smallest to the largest number of bids
ALIKE_FROM = 1000  # bids: below this the rounds that are going on are smaller, and nothing is to be compared


def limit_of(kind: str, bids: int) -> Limit:
    """The limit of a kind of page at this number of bids."""
    if kind == "evaluation" and bids >= MANY_BIDS:
        return Limit(RATIO_AT_MANY)
    return LIMITS[kind]


# The deadline hour: who is there, and what they do.
APPLICANTS, OFFICERS, SENT_A_MINUTE = 50, 10, 60

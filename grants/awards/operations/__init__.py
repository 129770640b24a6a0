"""Everything that changes an award: the offer, two people's yes, more time, conditions, the end."""

from grants.awards.operations.answer import accept, extend_offer, lapse_offers, remind_of_offers, turn_down
from grants.awards.operations.course import change_condition, close, complete, meet_condition
from grants.awards.operations.offer import make_offer, make_offers, write_down_terms

__all__ = [
    "accept",
    "change_condition",
    "close",
    "complete",
    "extend_offer",
    "lapse_offers",
    "make_offer",
    "make_offers",
    "meet_condition",
    "remind_of_offers",
    "turn_down",
    "write_down_terms",
]

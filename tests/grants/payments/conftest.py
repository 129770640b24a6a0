"""The same funded group as for awards."""

from tests.grants.awards.conftest import meadow, micro_offer, mina, offered, signed_page

__all__ = ["meadow", "micro_offer", "mina", "offered", "signed_page"]

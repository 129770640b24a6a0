"""The forms of a bid: beginning it, and one page for each section, built from the round's questions."""

from grants.applications.forms.section import SectionForm
from grants.applications.forms.start import StartForm, WithdrawForm

__all__ = ["SectionForm", "StartForm", "WithdrawForm"]

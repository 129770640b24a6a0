"""Who may see and change funds, budgets and the ledger."""

from communities.core.permissions import office
from communities.people.roles import AUDITOR, FINANCE, OFFICER, SENIOR_OFFICER
from grants.funds.models import Budget, Fund, LedgerEntry

READERS = (OFFICER.code, SENIOR_OFFICER.code, FINANCE.code, AUDITOR.code)

office(Fund, view=READERS, add=(SENIOR_OFFICER.code,), change=(SENIOR_OFFICER.code,))
office(Budget, view=READERS, add=(SENIOR_OFFICER.code,), change=(SENIOR_OFFICER.code,))
office(LedgerEntry, view=READERS)

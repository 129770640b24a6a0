"""Who may read, add and change what in the office: one line for each model, one for each page of its own."""

STAFF = "officer senior finance analyst auditor access"
OFFICE = "officer senior finance analyst auditor"
CASE = "officer senior"
MONEY = f"{CASE} finance auditor"
RESULTS = f"{CASE} analyst auditor"
KEEPERS = f"{CASE} analyst"
PUBLIC = f"{STAFF} superuser"  # what visitors may read anyway; a superuser gives access and has no more

# model: who reads it, who adds, who changes. Whatever has steps is changed by them, not by fields.
MODELS = {
    "account.EmailAddress": ("", "", ""),
    "auth.Group": ("", "", ""),
    "mfa.Authenticator": ("", "", ""),
    "communities.Job": (OFFICE, KEEPERS, ""),
    "communities.Event": ("senior auditor", "", ""),
    "communities.Message": (MONEY, "", ""),
    "communities.Contact": (MONEY, "", ""),
    "communities.ChainElement": (PUBLIC, "", ""),
    "communities.Cohort": (PUBLIC, "senior analyst", ""),
    "communities.Goal": (PUBLIC, "", "senior analyst"),
    "communities.HeadlineFigure": (PUBLIC, "", ""),
    "communities.Indicator": (PUBLIC, "senior analyst", "senior analyst"),
    "communities.NeedWard": (PUBLIC, "", ""),
    "communities.OutcomeArea": (PUBLIC, "", ""),
    "communities.Principle": (PUBLIC, "", ""),
    "communities.Group": (OFFICE, "", ""),
    "communities.Vision": (OFFICE, "", ""),
    "communities.Person": (MONEY, "", ""),
    "communities.RoleGrant": ("auditor access superuser", "access superuser", ""),
    "communities.User": ("auditor access superuser", "", ""),
    "communities.CheckType": (MONEY, "senior", "senior"),
    "communities.GroupCheck": (MONEY, "", ""),
    "communities.Hold": (MONEY, "", ""),
    "communities.Area": (PUBLIC, "", ""),
    "communities.AreaMeasure": (OFFICE, "", ""),
    "communities.Dataset": (PUBLIC, "", ""),
    "communities.PlaceDefinition": (PUBLIC, "", ""),
    "communities.Postcode": (OFFICE, "", ""),
    "communities.PriorityPlace": (PUBLIC, "", CASE),
    "communities.Publication": (OFFICE, KEEPERS, KEEPERS),
    "grants.Fund": (MONEY, "senior", "senior"),
    "grants.Budget": (MONEY, "senior", ""),
    "grants.LedgerEntry": (MONEY, "", ""),
    "grants.Round": (OFFICE, CASE, ""),
    "grants.Terms": (OFFICE, "", CASE),
    "grants.Question": (OFFICE, "", CASE),
    "grants.Criterion": (OFFICE, "", CASE),
    "grants.Application": (OFFICE, "", ""),
    "grants.InformationRequest": (MONEY, "", ""),
    "grants.Interest": (f"{CASE} auditor", "", ""),
    "grants.Allocation": (f"{CASE} auditor", "", ""),
    "grants.Review": (f"{CASE} auditor", "", ""),
    "grants.Meeting": (f"{CASE} auditor", "", ""),
    "grants.Motion": (f"{CASE} auditor", "", ""),
    "grants.Vote": (f"{CASE} auditor", "", ""),
    "grants.Decision": (OFFICE, "", ""),
    "grants.Award": (OFFICE, "", ""),
    "grants.AwardTarget": (RESULTS, "", ""),
    "grants.PayeeAccount": (MONEY, "", ""),
    "grants.Payment": (MONEY, "", ""),
    "grants.PaymentBatch": (MONEY, "", ""),
    "grants.SpendingReturn": (OFFICE, "", ""),
    "evaluation.OutcomeReport": (RESULTS, "", ""),
    "evaluation.Observation": (RESULTS, "", ""),
    "evaluation.Baseline": (RESULTS, "", ""),
    "evaluation.Learning": (RESULTS, KEEPERS, ""),
    "evaluation.Theme": (RESULTS, "senior analyst", ""),
}

# Pages of the office that are nobody's list or form.
PAGES = {
    "admin:index": PUBLIC,
    "admin:components": PUBLIC,
    "admin:steps": PUBLIC,
    "admin:jsi18n": PUBLIC,
    "admin:running": "senior auditor access superuser",
    "admin:communities_cohort_act": "senior analyst",
    "admin:communities_contact_log": f"{CASE} finance",
    "admin:communities_dataset_act": "senior",
    "admin:communities_indicator_act": "senior analyst",
    "admin:communities_indicator_export": "senior analyst",
    "admin:communities_indicator_import": "",  # nobody yet: indicators come with the framework
    "POST admin:communities_indicator_process_import": "",
    "POST admin:communities_message_again": f"{CASE} finance",
    "admin:communities_person_correct": CASE,
    "admin:communities_priorityplace_act": CASE,
    "admin:grants_allocation_share": CASE,
    "admin:grants_application_case": OFFICE,
    "admin:grants_application_export": OFFICE,
    "admin:grants_application_act": CASE,
    "admin:grants_awardtarget_act": "analyst",
    "admin:grants_budget_allocate": "senior",
    "admin:grants_decision_delegated": CASE,
    "admin:grants_decision_propose": CASE,
    "admin:grants_decision_round": OFFICE,
    "admin:grants_interest_correct": CASE,
    "admin:grants_meeting_plan": CASE,
    "admin:grants_payeeaccount_full": "finance",
    "admin:grants_payment_year": MONEY,
    "admin:grants_paymentbatch_prepare": "finance",
    "admin:grants_paymentbatch_file": "finance",
}
# States that are nobody's to read in the office: scores in work are their writer's.
PRIVATE = {("grants.Review", "draft")}
# Parts of the stock admin that only send somebody on, look something up for a form, or are not used.
STOCK = {
    "admin:app_list", "admin:autocomplete", "admin:login", "admin:logout", "admin:password_change",
    "admin:password_change_done", "admin:view_on_site", "admin:(?P<url>.*)$", "admin:<path:object_id>/",
    "admin:auth_user_password_change",
}  # fmt: skip

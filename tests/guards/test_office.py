"""Who may do what in the office: every list, form, record, step and page of it, as everybody."""

import pytest
from django.contrib import admin
from django.urls import reverse

from communities.core.casework import LifecycleAdmin
from tests.guards.office import MODELS, PAGES, PRIVATE, STOCK
from tests.guards.office_examples import office_example
from tests.guards.test_access import missing
from tests.guards.visits import Visits, forced, wrong
from tests.guards.world import ROLES, addresses, somebody

pytestmark = pytest.mark.world
STANDARD = ("changelist", "add", "change", "history", "delete", "step")


def is_sample(model):
    """Models of the tests' own miniature."""
    return model._meta.app_label == "sample"


def registered():
    """The models of the office by their names, each with its pages."""
    return {model._meta.label: office for model, office in admin.site._registry.items() if not is_sample(model)}


def standard(office):
    """The names of the pages that every model has."""
    return {f"admin:{office.opts.app_label}_{office.opts.model_name}_{page}" for page in STANDARD}


def rows_of(model):
    """One row, and one more for every other state."""
    rows = model._base_manager.order_by("pk")
    if not hasattr(model, "status"):
        return list(rows[:1])
    firsts = {}
    for row in rows:
        firsts.setdefault(row.status, row)
    return list(firsts.values())


def test_every_model_and_page_of_the_office_has_its_line():
    known = {name for name in addresses() if name.startswith("admin:")}
    own = (
        {name for name in known if ":sample_" not in name}
        - STOCK
        - set().union(*(standard(office) for office in registered().values()))
    )
    for listed, there in ((MODELS, registered()), (PAGES, own)):
        without, gone = missing(listed, there)
        assert not without, f"Say in tests/guards/office.py who may {without}."
        assert not gone, f"Take {gone} out of tests/guards/office.py: they are not there."


def pages_of(label, office):
    """The standard pages of a model: what to call them, the address, the roles that may, whether it opens."""
    readers, adders, _ = (words.split() for words in MODELS[label])
    base = f"admin:{office.opts.app_label}_{office.opts.model_name}"
    yield f"{label} list", reverse(f"{base}_changelist"), readers
    yield f"{label} add", reverse(f"{base}_add"), adders
    for row in rows_of(office.model):
        state = getattr(row, "status", "")
        who = [] if (label, state) in PRIVATE else readers
        yield f"{label} page {state}", reverse(f"{base}_change", args=[row.pk]), who
        yield f"{label} history {state}", reverse(f"{base}_history", args=[row.pk]), who
        yield f"{label} delete {state}", reverse(f"{base}_delete", args=[row.pk]), []


@pytest.mark.parametrize("role", ROLES)
def test_lists_forms_and_records_open_for_those_who_may_and_for_nobody_else(role, world, db, settings):
    settings.STAFF_SECOND_FACTOR = False
    client, found = Visits().as_(somebody(role)), []
    for label, office in registered().items():
        changers = MODELS[label][2].split()
        for name, address, roles in pages_of(label, office):
            found += wrong(f"{role} {name}", client, address, may=role in roles)
            if " page " in name and role in roles and role not in changers:
                found += forced(f"{role} {name}", client, address)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("role", ROLES)
def test_steps_open_for_those_whose_step_it_is(role, world, db, settings):
    settings.STAFF_SECOND_FACTOR = False
    user, found = somebody(role), []
    client = Visits().as_(user)
    for label, office in registered().items():
        if not isinstance(office, LifecycleAdmin):
            continue
        reads = role in MODELS[label][0].split()
        for row in rows_of(office.model):
            for name, action in {**office.steps, **office.acts}.items():
                who = action.who or office.lifecycle.steps[name].who
                may = reads and user.has_perm(who, row)
                address = office._of("step", row, name)
                fits = name not in office.steps or row.status in office.lifecycle.steps[name].source
                found += wrong(f"{role} {label} {row.status} {name} ({who})", client, address, may=may, opens=fits)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("role", ROLES)
def test_pages_of_the_office_open_for_those_who_may_and_for_nobody_else(role, world, db, settings):
    settings.STAFF_SECOND_FACTOR = False
    client, found = Visits().as_(somebody(role)), []
    for line, words in PAGES.items():
        name, is_act = line.removeprefix("POST "), line.startswith("POST ")
        address = reverse(name, args=office_example(name))
        found += wrong(f"{role} {name}", client, address, may=role in words.split(), is_act=is_act)
    assert not found, "\n".join(found)

"""Every page, in every state, in a real browser: axe finds nothing, nothing is refused, broken or cut off."""

import pytest
from django.apps import apps
from django.conf import settings as site_settings
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer

from communities.core.casework import LifecycleAdmin
from tests.browser.pages import flaws, watch
from tests.guards.access import NEED_A_KEY, PAGES
from tests.guards.examples import about
from tests.guards.office import MODELS, PRIVATE
from tests.guards.office import PAGES as OFFICE_PAGES
from tests.guards.office_examples import office_example
from tests.guards.test_office import rows_of
from tests.guards.visits import REFUSED
from tests.guards.world import somebody

pytestmark = [pytest.mark.world, pytest.mark.browser]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
READERS = ("visitor", "member", "chair", "panel", "officer", "senior", "finance", "analyst", "auditor", "access")
PLACES = ("home", "panel:home", "admin:index", "awards:awards", "groups:groups")  # differ from person to person
NO_PAGE = {
    "healthz", "readyz", "stored_file", "evaluation:download", "evaluation:dictionary", "admin:jsi18n",
    "account_logout", "admin:grants_paymentbatch_file", "admin:grants_application_export",
    "mfa_download_recovery_codes", "admin:communities_indicator_export",
}  # fmt: skip


def first_of(roles, words):
    """Who of those that may reads the page here."""
    return next((role for role in roles if role in words.split()), None)


def pages_outside():
    """The site's own pages, each in every state that shows something, read by one of those who may."""
    for name, words in PAGES.items():
        if name.startswith("POST ") or name in NO_PAGE or not words:
            continue
        role = {"everyone": "visitor", "signed": "member"}.get(words) or first_of(READERS, words)
        for example in about(name):
            opens = example.opens and name not in NEED_A_KEY
            yield name, example.state, reverse(name, kwargs=example.kwargs), role, example.group, opens


def pages_inside():
    """The office's pages: lists, forms, cases in every state, and the question of every step that somebody may take."""
    for name, words in OFFICE_PAGES.items():
        if not name.startswith("POST ") and name not in NO_PAGE:
            yield name, "", reverse(name, args=office_example(name)), first_of(READERS, words), None, True
    for label, (readers, adders, _) in MODELS.items():
        if not readers:
            continue
        office = admin.site._registry[apps.get_model(label)]
        base = f"admin:{office.opts.app_label}_{office.opts.model_name}"
        yield label, "list", reverse(f"{base}_changelist"), first_of(READERS, readers), None, True
        if adders:
            yield label, "add", reverse(f"{base}_add"), first_of(READERS, adders), None, True
        for row in rows_of(office.model):
            state = getattr(row, "status", "")
            opens = (label, state) not in PRIVATE
            yield (
                label,
                state or "page",
                reverse(f"{base}_change", args=[row.pk]),
                first_of(READERS, readers),
                None,
                opens,
            )
        for row in rows_of(office.model)[:1]:
            yield label, "history", reverse(f"{base}_history", args=[row.pk]), first_of(READERS, readers), None, True
        if isinstance(office, LifecycleAdmin):
            yield from steps_of(label, office)


def steps_of(label, office):
    """The page of each step, once: for a row that is in the state for it, and somebody who may."""
    people = {role: somebody(role) for role in ("officer", "senior", "finance", "analyst", "access")}
    for name, action in {**office.steps, **office.acts}.items():
        step = office.lifecycle.steps.get(name)
        if not action.asks:
            continue
        rows = office.model._base_manager.order_by("pk")
        row = rows.filter(status__in=step.source)[0:1] if step and name in office.steps else rows[0:1]
        who = action.who or step.who
        for one in row:
            role = next((role for role, user in people.items() if user.has_perm(who, one)), None)
            if role:
                yield label, name, office._of("step", one, name), role, None, True


def may_open(role, name):
    """Whether a page that differs from person to person is for this one."""
    words = (PAGES | OFFICE_PAGES)[name].split()
    return role in words or (role != "visitor" and "signed" in words)


def everything():
    """All visits, as (role, what, address, group, whether the page opens for certain)."""
    found = [
        (role, f"{name} {state}", address, group, opens)
        for name, state, address, role, group, opens in [*pages_outside(), *pages_inside()]
    ]
    found += [(role, name, reverse(name), None, True) for role in READERS for name in PLACES if may_open(role, name)]
    return list({(visit[0], visit[2]): visit for visit in found}.values())


@pytest.fixture(scope="module")
def visits(world):
    """What is to be visited, by role."""
    found = {}
    for role, what, address, group, opens in everything():
        found.setdefault(role, []).append((what, address, somebody(role, group), opens))
    return found


@pytest.fixture(scope="module")
def server(world):
    """The site with the demonstration in it."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


@pytest.fixture
def browse(browser, server, settings):
    """A browser for each person: `browse(user)` gives a page."""
    settings.STAFF_SECOND_FACTOR = False
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "localhost"]
    opened = {}

    def as_(user):
        if user not in opened:
            context = browser.new_context(base_url=server)
            if user is not None:
                client = Client()
                client.force_login(user, backend=BACKEND)
                value = client.cookies[site_settings.SESSION_COOKIE_NAME].value
                context.add_cookies([{"name": site_settings.SESSION_COOKIE_NAME, "value": value, "url": server}])
            opened[user] = watch(context.new_page())
        return opened[user]

    yield as_
    for page in opened.values():
        page.context.close()


def faults(page, status, *, wanted=200):
    """Everything wrong with the page that is open."""
    found = [f"answers {status}"] if status != wanted else []
    headings = page.locator("h1").all_inner_texts()
    found += [] if len(headings) == 1 and headings[0].strip() else [f"headings {headings}"]
    return found + flaws(page)


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("role", READERS)
def test_every_page_is_whole(role, part, visits, browse):
    found = []
    for what, address, user, opens in visits.get(role, [])[part::2]:
        page = browse(user)
        page.errors.clear()
        answer = page.goto(address)
        if not opens and answer.status in (*REFUSED, 409):
            continue  # nothing to see or do in this state: the page that says so is looked at below
        found += [f"{role} {what} {address}: {fault}" for fault in faults(page, answer.status)]
    assert not found, "\n".join(found)


def post(page, address, data):
    """Send something to an address as a form on the open page would."""
    with page.expect_navigation() as going:
        page.evaluate(
            """([address, data]) => {
              const form = document.createElement("form");
              form.method = "post"; form.action = address;
              const token = document.querySelector("[name=csrfmiddlewaretoken]");
              for (const [name, value] of Object.entries({...data, ...(token && {[token.name]: token.value})})) {
                const field = document.createElement("input");
                field.name = name; field.value = value; form.append(field);
              }
              document.body.append(form); form.submit();
            }""",
            [address, data],
        )
    return going.value.status


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [("visitor", "/nowhere/", 404), ("member", "/groups/nowhere/", 404), ("officer", "/office/nowhere/", 404),
     ("stranger", "/office/", 403), ("analyst", "/office/grants/payment/", 403)],
)  # fmt: skip
def test_the_page_that_says_no_is_whole(role, address, status, browse):
    page = browse(somebody(role))
    assert faults(page, page.goto(address).status, wanted=status) == []


def test_the_page_of_a_refusal_is_whole(browse, world):
    """A vote after the meeting is closed."""
    from grants.decisions.models import Motion

    motion = Motion.objects.filter(meeting__status="closed").order_by("-pk")[0]
    page = browse(somebody("panel"))
    page.goto("/home/details/")
    status = post(page, reverse("panel:vote", args=[motion.public_id]), {"choice": "for"})
    assert faults(page, status, wanted=409) == []


def test_the_page_of_a_stale_form_is_whole(browse):
    page = browse(somebody("member"))
    page.goto("/home/details/")
    page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').remove()")
    page.evaluate("document.querySelectorAll('[name=csrfmiddlewaretoken]').forEach((one) => one.remove())")
    assert faults(page, post(page, "/home/details/", {}), wanted=403) == []


def test_the_page_of_a_breakdown_is_whole(browse, monkeypatch):
    from communities.people import views

    monkeypatch.setattr(views, "render", None)
    page = browse(None)
    assert faults(page, page.goto("/help/contact/").status, wanted=500) == []


def test_a_page_with_a_flaw_is_seen(browse):
    page = browse(None)
    page.goto("/help/contact/")
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><h1></h1>')")
    found = faults(page, 200)
    assert any("image-alt" in fault for fault in found)
    assert any("headings" in fault for fault in found)


def test_a_pale_text_is_seen_on_a_page_whose_looks_are_known(browse):
    page = browse(None)
    page.goto("/help/contact/")
    assert faults(page, 200) == []
    for _ in range(2):  # and again: what is wrong does not become known
        page.evaluate("document.querySelector('main p').style.color = '#ccc'")
        found = faults(page, 200)
        assert len([fault for fault in found if "color-contrast" in fault]) == 2  # at both widths
    page.evaluate("document.querySelector('main p').style.color = ''")
    page.evaluate("document.querySelector('main').style.background = '#333'")
    assert any("color-contrast" in fault for fault in faults(page, 200))

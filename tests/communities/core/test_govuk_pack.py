"""Our components print the same page structure as govuk-frontend's own macros."""

import json
from collections import Counter
from pathlib import Path

import html5lib
import pytest
from django.conf import settings

from communities.core.govuk import COMPONENTS, render

FIXTURES = Path(settings.BASE_DIR) / "frontend/node_modules/govuk-frontend/dist/govuk/components"

# A new release of govuk-frontend shows itself here first.
PINNED = {
    "button": 38,
    "character-count": 34,
    "checkboxes": 42,
    "date-input": 50,
    "error-message": 9,
    "error-summary": 19,
    "fieldset": 18,
    "file-upload": 22,
    "hint": 6,
    "input": 45,
    "label": 17,
    "radios": 43,
    "select": 19,
    "textarea": 18,
}

pytestmark = pytest.mark.skipif(
    not FIXTURES.exists(), reason="Run `manage.py build_assets` first: it installs govuk-frontend."
)


def tree(html):
    """A page as a tree without what a reader cannot tell apart: comments, spaces, the order of attributes."""

    def plain(node):
        attributes = {
            name: tuple(sorted(value.split())) if name == "class" else value
            for name, value in sorted(node.attrib.items())
        }
        inner = [" ".join((node.text or "").split())]
        for child in node:
            if isinstance(child.tag, str):
                inner.append(plain(child))
            inner.append(" ".join((child.tail or "").split()))
        return (node.tag, tuple(attributes.items()), tuple(part for part in inner if part))

    root = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return plain(root)


def fixtures(component):
    return json.loads((FIXTURES / component / "fixtures.json").read_text())["fixtures"]


@pytest.mark.parametrize("component", sorted(COMPONENTS))
def test_component_prints_what_the_design_system_prints(component):
    differing = [
        one["name"] for one in fixtures(component) if tree(render(component, one["options"])) != tree(one["html"])
    ]

    assert (differing, len(fixtures(component))) == ([], PINNED[component])


def test_every_fixture_of_our_components_is_compared():
    assert Counter(PINNED).total() == 380

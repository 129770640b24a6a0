"""What every page is held to: nothing for axe, nothing against the content policy, nothing wider than the screen."""

from axe_playwright_python.base import AXE_SCRIPT

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 720}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What is in order is not written up, and no other site's style sheets are fetched: both cost more than the rules.
SHORT = {"resultTypes": ["violations"], "preload": False}
CONTRAST = "color-contrast"
OPTIONS = {**SHORT, "runOnly": {"type": "tag", "values": TAGS}, "rules": {CONTRAST: {"enabled": False}}}
COLOURS = {**SHORT, "runOnly": {"type": "rule", "values": [CONTRAST]}}

# Contrast takes axe longer than all other rules together. It hangs on how a text looks and on what it stands in, and on
# nothing else: each such look is told by a number, and looked at the first time that a process meets it.
looked_at: set[int] = set()
LOOKS = """
() => {
  const looks = new Map();
  window.__looks = {};
  for (const one of document.querySelectorAll("body, body *")) {
    const style = getComputedStyle(one), around = looks.get(one.parentElement) ?? {own: "", look: innerWidth};
    const own = [one.disabled ?? false, style.color, style.backgroundColor, style.backgroundImage, style.fontSize,
      style.fontWeight, style.opacity, style.position, style.textShadow].join();
    let look = around.look;
    if (own !== around.own)
      for (const letter of own) look = (Math.imul(look, 31) + letter.charCodeAt(0)) | 0;
    looks.set(one, {own, look});
    if ([...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim()) || "value" in one)
      window.__looks[look] ??= one;
  }
  return Object.keys(window.__looks).map(Number);
}
"""

# govuk-frontend writes aria-expanded on radio buttons that reveal a question (alphagov/govuk-frontend issue 979).
KNOWN = ("aria-allowed-attr", ".govuk-radios__input[aria-expanded]")

# The page tells what its policy refused before axe adds a style sheet of its own.
LISTENER = """
window.__refused = [];
document.addEventListener("securitypolicyviolation",
  (event) => window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""

# (address, who) pairs; the tests of rooms add theirs with `crawled`.
PAGES = []


def crawled(address, who=None):
    """Let the crawl visit this page as this person of the cast (None: a visitor)."""
    PAGES.append((address, who))


def watch(page):
    """Hear what the content policy refuses. Call it before the first page is opened."""
    page.add_init_script(LISTENER)
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    return page


def refused(page):
    """What the content policy refused on this page."""
    return page.evaluate("window.__refused")


def axe(page):
    """What axe finds, one line for each node; the one known exception is left out."""
    if not page.evaluate("'axe' in window"):  # half a megabyte: once for a page, not for each width
        page.evaluate(AXE_SCRIPT)
    violations = page.evaluate("(options) => axe.run(options).then(({violations}) => violations)", OPTIONS)
    return [
        f"{violation['id']}: {' '.join(map(str, node['target']))} {node['html'][:120]}"
        for violation in [*violations, *_contrast(page)]
        for node in violation["nodes"]
        if not _is_known(page, violation, node)
    ]


def _contrast(page):
    """What axe says of the colours of texts that look like none before."""
    new = [look for look in page.evaluate(LOOKS) if look not in looked_at]
    if not new:
        return []
    violations = page.evaluate(
        """([looks, options]) => axe.run({include: looks.map((look) => window.__looks[look])}, options)
          .then(({violations}) => violations)""",
        [new, COLOURS],
    )
    if not violations:
        looked_at.update(new)
    return violations


def _is_known(page, violation, node):
    rule, selector = KNOWN
    return violation["id"] == rule and page.locator(str(node["target"][0])).evaluate(
        "(node, selector) => node.matches(selector)", selector
    )


def width(page):
    """How far the page is wider than the screen."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def doubled(page):
    """Names that two parts of a page share: a label then points to the wrong one, and axe no longer says so."""
    return page.evaluate(
        """() => {
          const seen = {};
          for (const one of document.querySelectorAll("[id]")) seen[one.id] = (seen[one.id] ?? 0) + 1;
          return Object.keys(seen).filter((id) => seen[id] > 1);
        }"""
    )


def flaws(page):
    """Everything wrong with the page that is open, at both widths."""
    found = [f"policy: {one}" for one in refused(page)] + [f"script: {one}" for one in page.errors]
    found += [f"id {one} is there twice" for one in doubled(page)]
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        name = size["width"]
        found += [f"{name}px too wide by {width(page)}"] if width(page) > 0 else []
        found += [f"{name}px {one}" for one in axe(page)]
    return found


def summary_links(page):
    """For each link of the error summary: does it focus a control that is described by the same words?"""
    answers = []
    for link in page.locator(".govuk-error-summary__list a").all():
        words = link.inner_text()
        link.click()
        described = page.evaluate(
            """() => {
              const control = document.activeElement;
              const around = control.closest("fieldset[aria-describedby]");
              const ids = [control, around].flatMap((one) => (one?.getAttribute("aria-describedby") ?? "").split(" "));
              const says = ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
              return [["INPUT", "SELECT", "TEXTAREA", "BUTTON"].includes(control.tagName), says.replace(/\\s+/g, " ")];
            }"""
        )
        answers.append((words, *described))
    return answers


def covered(page):
    """Tab through the page: what receives the focus while the action bar stands on it?"""
    return page.evaluate(
        """() => {
          const bar = document.querySelector(".app-action-bar");
          const kinds = ["a[href]", "button", "input", "select", "textarea"].map((kind) => `main ${kind}`);
          const stops = [...document.querySelectorAll(kinds.join(", "))];
          return stops.filter((one) => {
            one.focus();
            const box = one.getBoundingClientRect(), edge = bar?.getBoundingClientRect().top ?? innerHeight;
            const sticky = bar && getComputedStyle(bar).position === "sticky";
            return sticky && box.height && box.top >= edge;
          }).map((one) => one.outerHTML.slice(0, 80));
        }"""
    )

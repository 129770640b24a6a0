"""Takes the picture of the README from a running demonstration: `make run`, then `make picture` beside it."""

import os
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.plugins.browser import launch_options

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "case.png"


def main() -> None:
    """One bid as the officer sees it, with everything needed to decide."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_options({}))
        page = browser.new_page(
            base_url=f"http://localhost:{os.environ.get('PORT', '8000')}", viewport={"width": 1200, "height": 780}
        )
        page.goto("/sign-in/")
        page.get_by_role("button", name="Sign in as Carol Whitlock").click()
        page.goto("/office/grants/application/?status=in_check")
        page.locator("#result_list tbody th a").first.click()
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()

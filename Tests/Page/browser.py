"""Chromium through a real nginx, as somebody at a screen: what the scenes of drive.py have in common."""
import os
import pathlib
import shutil

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

# Long enough for a machine on which everything else runs too.
expect.set_options(timeout=int(os.environ.get("PENSTOCK_PATIENCE", 60_000)))

URL = os.environ["PENSTOCK_URL"]
TOKEN = os.environ["PENSTOCK_TOKEN"]
SHOTS = os.environ.get("PENSTOCK_SHOTS")


class Browser:
    """One Chromium; each person has a context, as a profile of their own."""

    def __enter__(self):
        self.playwright = sync_playwright().start()
        self.chromium = self.playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"])
        self.pages = []
        return self

    def __exit__(self, *failure):
        if failure[0] and SHOTS:
            for page in self.pages:
                shot(page, "failed")
        self.chromium.close()
        self.playwright.stop()

    def person(self, token=TOKEN, path="", without=None, **options):
        """A page that is opened by somebody with a token; without one at the address that `path` says. What is asked for
        `without` comes to nothing."""
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", "timezone_id": "Europe/Oslo"} | options
        context = self.chromium.new_context(**options)
        context.set_default_timeout(int(os.environ.get("PENSTOCK_PATIENCE", 60_000)))
        page = context.new_page()
        page.calls = []
        page.errors = []
        page.on("request", lambda request: page.calls.append(request))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda line: page.errors.append(line.text) if "Content Security Policy" in line.text else None)
        if without:
            page.route(without, lambda route: route.abort())
        page.goto(f"{URL}/penstock/" + (f"#token={token}" if token else path))
        self.pages.append(page)
        return page


def heading(page, text):
    """Waits for a view by its heading."""
    expect(page.get_by_role("heading", name=text, level=1)).to_be_visible()


def choose(page, label, text, exact=True):
    page.get_by_role("combobox", name=label, exact=exact).select_option(label=text)


def press(page, name, exact=True):
    page.get_by_role("button", name=name, exact=exact).click()


def open_report(page, name):
    page.locator("a[href^='#/report/']").filter(has_text=name).first.click()
    heading(page, name)


def saved(page, click, folder):
    """The file that a click downloads."""
    with page.expect_download() as waiting:
        click()
    path = pathlib.Path(folder) / waiting.value.suggested_filename
    waiting.value.save_as(path)
    return path


# What may differ on a phone and in the dark; all other rules hold of the same elements at any size and in any colour.
LOOKS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block", "scrollable-region-focusable"]}}
PHONE = {"width": 390, "height": 800}


def flawless(page, view, sizes=(320, 3840)):
    """axe finds nothing, as the page is and on a phone in the dark; it is no wider than the window, from 320 px to 3840; no
    script has failed. The page is not loaded anew for that: the window changes."""
    own = page.viewport_size
    for size, theme, rules in [(own, "light", None), (PHONE, "dark", LOOKS)]:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        found = Axe().run(page, options=rules).response["violations"]
        told = [f"{one['id']}: {one['help']} {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]
        assert not told, f"{view}, {size['width']} px, {theme}: " + "; ".join(told)
        fits(page, view)
        shot(page, view)
    for width, theme in [(width, "dark") for width in sizes] + ([(PHONE["width"], "light"), (1280, "dark")] if SHOTS else []):
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)
        fits(page, view)
        shot(page, view)
    page.set_viewport_size(own)
    page.emulate_media(color_scheme="light")
    assert not page.errors, f"{view}: {page.errors}"


def fits(page, view):
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{view}: {wide} px wider than a window of {page.viewport_size['width']}"


def shot(page, name):
    if SHOTS:
        size = page.viewport_size["width"]
        theme = "dark" if page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") else "light"
        page.screenshot(path=f"{SHOTS}/{name}-{size}-{theme}.png", full_page=True)

#!/usr/bin/env python3
"""Scenes at the page, by name: `drive.py SCENE`. The stage's addresses and credentials come in the environment."""
import csv
import json
import os
import re
import subprocess
import sys
import signal
import tempfile
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from openpyxl import load_workbook
from playwright.sync_api import expect

from browser import SHOTS, TOKEN, URL, Browser, choose, flawless, heading, open_report, press, saved

FOLDER = tempfile.mkdtemp()


def sql(statement):
    """One value of the data that the reports are about."""
    command = ["psql", "-X", "-At", "-d", os.environ["PENSTOCK_SOURCE_URL"], "-c", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def api(method, path, body=None):
    """A call of somebody else's, at the same service."""
    request = urllib.request.Request(URL + path, method=method, data=body and json.dumps(body).encode())
    request.add_header("Authorization", f"Bearer {TOKEN}")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["data"]


class Countries(BaseHTTPRequestHandler):
    """The application's own list of countries, ten a page."""

    def do_GET(self):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        rows = sql("select iso || '|' || name from geo.countries where continent = 'EU' and name ilike '%' || '"
                   + asked.get("q", "") + "' || '%' order by name limit 10 offset "
                   + str(10 * (int(asked.get("page", 1)) - 1)))
        found = [dict(zip(("iso", "name"), line.split("|"))) for line in rows.split("\n") if line]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({"countries": found}).encode())

    def log_message(self, *what):
        pass


def result(page):
    return page.locator(".result .job")


def frogner(browser):
    """From a page never seen before to last month's delivered orders of a zone, by the customers' names."""
    began = time.monotonic()
    page = browser.person()
    page.evaluate("addEventListener('click', (event) => { if (event.isTrusted) window.clicks = (window.clicks ?? 0) + 1 }, true)")
    heading(page, "Which report?")
    open_report(page, "Delivery Orders")
    choose(page, "Created at", "Last month")
    press(page, "delivered")
    choose(page, "Only for", "Zone")
    page.get_by_role("combobox", name="Zone", exact=True).fill("frog")
    page.get_by_role("option", name="Frogner").click()
    wanted = sql("""
        select count(*) from delivery_orders o join zones z on z.id = o.zone_id and z.tenant_id = o.tenant_id
        where o.tenant_id = 'acme-logistics' and z.name = 'Frogner' and o.status = 'delivered'
          and o.created_at >= (date_trunc('month', now() at time zone 'Europe/Oslo') - interval '1 month') at time zone 'Europe/Oslo'
          and o.created_at < date_trunc('month', now() at time zone 'Europe/Oslo') at time zone 'Europe/Oslo'""")
    press(page, "Create export")
    # How many rows that will be is told without a preview, and once one has been made, how large and how long.
    expect(page.locator("#expected")).to_have_text(re.compile(f"^{int(wanted):,} rows?"))
    expect(result(page)).to_contain_text("Ready")
    expect(page.locator("#expected")).to_have_text(re.compile(f"^{int(wanted):,} rows? ?about .* and .*, going by the last export"))
    file = saved(page, lambda: result(page).get_by_role("button", name="Download").click(), FOLDER)
    took = time.monotonic() - began
    # All that the page is made of, from its opening to the file, without compression.
    loaded = page.evaluate("""[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
        .filter((one) => one.name.includes('/penstock/')).map((one) => [one.name.split('/').pop(), one.decodedBodySize])""")
    print("bytes:", sum(size for _, size in loaded))
    assert len(loaded) > 10 and sum(size for _, size in loaded) < 100_000, loaded
    # Two choices in native menus take two clicks each, which a script does not make.
    print("clicks:", page.evaluate("window.clicks") + 4, f"seconds: {took:.1f}")
    rows = list(load_workbook(file).active.values)
    header = list(rows[0])
    assert len(rows) - 1 == int(wanted), (len(rows) - 1, wanted)
    names = set(sql("select full_name from users where tenant_id = 'acme-logistics'").split("\n"))
    assert {row[header.index("Zone")] for row in rows[1:]} <= {"Frogner"}
    assert {row[header.index("Status")] for row in rows[1:]} <= {"delivered"}
    assert {row[header.index("Customer")] for row in rows[1:]} <= names | {None}


def keys(browser):
    """A list of keys, pasted: the preview counts as the file does, and names those that no row has."""
    codes = sql("select string_agg(delivery_code, ',') from (select delivery_code from delivery_orders "
                "where tenant_id = 'acme-logistics' order by id limit 3) o").split(",")
    page = browser.person()
    open_report(page, "Delivery Orders")
    page.get_by_text("Only these keys").click()
    page.get_by_label("Paste keys").fill("\n".join(codes + ["NOPE"]))
    press(page, "Preview")
    facts = page.locator("#preview-facts")
    expect(facts).to_contain_text("3 rows")
    expect(page.get_by_text("1 of 4 keys matches no row: NOPE (line 4)")).to_be_visible()
    page.get_by_role("radio", name="CSV").check()
    press(page, "Create export")
    expect(result(page)).to_contain_text("Ready")
    rows = list(csv.reader(open(saved(page, lambda: result(page).get_by_role("button", name="Download").click(), FOLDER))))
    assert sorted(row[0] for row in rows[1:]) == sorted(codes), rows
    # A report that takes no list has no place for one, and nothing of the last report's stays.
    page.get_by_role("link", name="‹ Reports").click()
    expect(page.get_by_role("heading", name="Last used")).to_be_visible()
    page.get_by_role("searchbox", name="Search reports").fill("warehouse master")
    open_report(page, "Warehouses")
    expect(page.get_by_text("Only these keys")).to_have_count(0)
    press(page, "Create export")
    expect(result(page)).to_contain_text("Ready")


def columns(browser):
    """Columns are searched, added, moved and shown otherwise by keyboard; the address keeps all of it."""
    page = browser.person()
    open_report(page, "Delivery Orders")
    page.get_by_role("heading", name="Columns").click()
    press(page, "None")
    search = page.get_by_role("searchbox", name="Search columns")
    for name, wanted in [("weight", "+ Weight (kg)"), ("customer", "+ Customer"), ("recip", "+ Recipient")]:
        search.fill(name)
        page.get_by_role("button", name=wanted).focus()
        page.keyboard.press("Enter")
    choose(page, "Customer shows", "Customer email")
    page.get_by_role("textbox", name="Weight (kg) is called").fill("Kilos")
    page.get_by_role("textbox", name="Recipient is called").fill("Kilos")
    press(page, "Create export")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_text("Name of a column: Kilos stands there twice.")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_role("textbox", name="Recipient is called")).to_be_focused()
    page.get_by_role("textbox", name="Recipient is called").fill("")
    page.get_by_role("button", name="Move Recipient up").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    choose(page, "Sort by", "Weight (kg)")
    choose(page, "Direction", "Descending")
    choose(page, "Then by (2)", "Recipient")
    expect(page.get_by_role("combobox", name="Then by (3)")).to_be_visible()
    page.reload()
    heading(page, "Delivery Orders")
    press(page, "Preview")
    expect(page.locator("#preview-facts")).to_contain_text("rows")
    assert page.locator("thead th").all_inner_texts() == ["Recipient", "Kilos", "Customer"]
    weights = [float(text) for text in page.locator("tbody td:nth-child(2)").all_inner_texts() if text != "—"]
    assert weights and weights == sorted(weights, reverse=True), weights
    assert '"sort":[{"field":"weight_kg","direction":"desc"},{"field":"recipient_name","direction":"asc"}]' in unquote(page.url), page.url
    expect(page.locator("#room")).to_contain_text("more exports")
    assert all("@" in text or text == "—" for text in page.locator("tbody td:nth-child(3)").all_inner_texts())
    # Only what a workbook has is asked for one, and the other way round.
    page.get_by_text("More options").click()
    expect(page.get_by_text("Byte order mark")).to_be_hidden()
    page.get_by_role("radio", name="CSV").check()
    expect(page.get_by_text("Byte order mark")).to_be_visible()
    # A fault is told in words at its field, and takes the reader there.
    choose(page, "Created at", "From … to …")
    page.get_by_label("From", exact=True).fill("2026-05-07")
    press(page, "Create export")
    expect(page.get_by_role("alert").get_by_role("link")).to_have_text("To: is needed.")
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.get_by_label("To, inclusive")).to_be_focused()


LONG = {"module": "delivery", "catalog": "delivery-orders", "format": "csv", "columns": ["delivery_code", "status"],
        "statuses": ["delivered"], "dateRange": {"from": "2026-01-01", "to": "2026-02-01"}}


def living(browser):
    """Exports of others appear by themselves; one can be opened, run again, edited and had in another format."""
    page = browser.person()
    page.get_by_role("link", name="Exports").click()
    heading(page, "Exports")
    mine = api("POST", "/report/exports", LONG)
    card = first = page.locator(f".jobs .job[data-id='{mine['id']}']")
    expect(first).to_contain_text("Delivery Orders")
    expect(first).to_contain_text("Ready")
    expect(first).to_contain_text("demo")
    first.locator("summary").click()
    expect(first.locator("dl")).to_contain_text("delivered")
    expect(first.locator("dl")).to_contain_text("1 Jan 2026 to 1 Feb 2026")
    expect(first.locator("dl")).to_contain_text("Delivery Code and Status")
    sha = first.locator("dl code").first.inner_text()
    assert sha == api("GET", f"/report/exports/{mine['id']}")["metadata"]["sha256"], sha
    file = saved(page, lambda: card.get_by_role("button", name="Download").click(), FOLDER)
    assert subprocess.run(["sha256sum", file], capture_output=True, text=True).stdout.split()[0] == sha
    page.get_by_role("searchbox", name="Search this page").fill("demo")
    card.get_by_role("button", name="As Excel").click()
    expect(page.locator("#toast")).to_contain_text("Excel is being made of the same rows.")
    expect(page.locator(".jobs .job").filter(has_text="Excel workbook").first).to_contain_text("Delivery Orders")
    card.get_by_role("button", name="Run again").click()
    expect(page.locator("#toast")).to_contain_text("Delivery Orders is being made.")
    card.get_by_role("button", name="Edit as new").click()
    heading(page, "Delivery Orders")
    expect(page.get_by_role("button", name="delivered", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-01-01")
    expect(page.get_by_role("radio", name="CSV")).to_be_checked()
    # What is removed goes from the list here and in other tabs, and is found by its state.
    tab = browser.person()
    for one in (tab, page):
        one.get_by_role("link", name="Exports").first.click()
        expect(one.locator(f".jobs .job[data-id='{mine['id']}']")).to_contain_text("Ready")
    page.once("dialog", lambda asked: asked.accept())
    card.get_by_role("button", name="Remove").click()
    expect(page.locator("#toast")).to_contain_text("Removed: Delivery Orders")
    expect(card).to_have_count(0)
    expect(tab.locator(f".jobs .job[data-id='{mine['id']}']")).to_have_count(0)
    choose(page, "State", "Expired")
    expect(page.get_by_role("combobox", name="State")).to_have_value("expired")
    expect(card).to_have_count(0)
    choose(page, "State", "Removed")
    expect(card).to_contain_text("Removed")
    expect(card.get_by_role("button", name="Download")).to_have_count(0)
    expect(card.get_by_role("button", name="Run again")).to_be_visible()


def ready(page, ids):
    for one in ids:
        expect(page.locator(f".job[data-id='{one}']")).to_have_attribute("data-status", "ready", timeout=240_000)


def twenty(browser):
    """Twenty exports of somebody else run to their end under one page: it asks no more than 15 times."""
    page = browser.person(path="#/exports")
    page.get_by_role("link", name="Exports").click()
    heading(page, "Exports")
    page.calls.clear()
    ready(page, [api("POST", "/report/exports", LONG)["id"] for _ in range(20)])
    asked = [request.url for request in page.calls if "/penstock/" not in request.url]
    print("requests:", len(asked))
    assert len(asked) <= 15, asked
    # Without the stream one list is asked for, not each export.
    page.route("**/report/exports/events*", lambda route: route.abort())
    page.reload()
    heading(page, "Exports")
    page.calls.clear()
    ids = [api("POST", "/report/exports", LONG)["id"] for _ in range(3)]
    ready(page, ids)
    expect(page.locator("#running")).to_be_hidden()
    asked = [request.url for request in page.calls if "/penstock/" not in request.url and "/events" not in request.url]
    assert not any(job in url for url in asked for job in ids), asked
    # Those of a whole page are removed by somebody else: what comes after them comes up, and there is one page.
    page.unroute("**/report/exports/events*")
    page.reload()
    cards = page.locator(".jobs .job")
    expect(cards).to_have_count(20)
    expect(page.get_by_text("Page 1 of 2")).to_be_visible()
    for one in [card.get_attribute("data-id") for card in cards.all()]:
        api("DELETE", f"/report/exports/{one}")
    expect(cards).to_have_count(3)
    expect(page.get_by_role("button", name="Older")).to_have_count(0)
    expect(page.get_by_text(re.compile("^Page "))).to_have_count(0)
    choose(page, "State", "Removed")
    expect(cards).to_have_count(20)


def parts(browser):
    """How many parts of a running export are whole stands at it, as the list tells it and as its events do."""
    job = os.environ["HELD_JOB"]
    # By an event alone: the first stream is told of what runs.
    told = browser.person(without="**/report/exports?*")
    told.get_by_role("link", name="Exports").click()
    expect(told.locator(f".job[data-id='{job}']")).to_contain_text(re.compile(r"\d+ of \d+ parts"))
    told.errors.clear()                 # that there is no list was to be
    # By the list, to whoever comes later.
    page = browser.person()
    page.get_by_role("link", name="Exports").click()
    card = page.locator(f".job[data-id='{job}']")
    expect(card).to_contain_text(re.compile(r"\d+ of \d+ parts"))
    expect(card.get_by_role("progressbar")).to_be_visible()
    for process in os.environ["HELD_PROCESSES"].split():
        try:
            os.kill(int(process), signal.SIGCONT)
        except ProcessLookupError:      # a part's, which is whole
            pass
    ready(page, [job])
    expect(card).not_to_contain_text("parts")


def signing(browser):
    """Whoever has no credential is asked for one; a key that ends in the middle costs nothing that was chosen."""
    page = browser.person(token=None)
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Sign in")).to_be_visible()
    flawless(page, "signin")
    dialog.get_by_label("Token", exact=True).fill("nonsense")
    press(page, "Sign in")
    expect(dialog).to_contain_text("This is not right, or is no longer valid.")
    choose(page, "Sign in with", "API key")
    dialog.get_by_label("API key", exact=True).fill(os.environ["SHORT_KEY"])
    press(page, "Sign in")
    heading(page, "Which report?")
    open_report(page, "Delivery Orders")
    press(page, "returned")
    subprocess.run([os.environ["PENSTOCK_BINARY"], "keys", "revoke", os.environ["SHORT_PREFIX"]], check=True)
    press(page, "Create export")
    expect(dialog).to_contain_text("What you chose is kept.")
    choose(page, "Sign in with", "Token")
    dialog.get_by_label("Token", exact=True).fill(TOKEN)
    press(page, "Sign in")
    expect(result(page)).to_contain_text("Ready")
    expect(page.get_by_role("button", name="returned", exact=True)).to_have_attribute("aria-pressed", "true")
    assert TOKEN not in page.url
    # A user with a password, whose tenant is found by itself.
    page = browser.person(token=None)
    choose(page, "Sign in with", "User and password")
    user, password = os.environ["PENSTOCK_BASIC"].split(":", 1)
    page.get_by_label("User", exact=True).fill(user)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Sign in")
    heading(page, "Which report?")
    # A caller of two tenants chooses one of their own.
    page = browser.person(token=os.environ["BOTH_TOKEN"])
    choose(page, "Tenant", "nordlys-frakt")
    press(page, "Go on")
    heading(page, "Which report?")
    expect(page.locator("#account")).to_contain_text("nordlys-frakt")


def gateway(browser):
    """Behind a gateway that knows who is there nobody signs in."""
    cookie = {"name": "session", "value": "of-ada", "domain": "127.0.0.1", "path": "/", "expires": -1, "httpOnly": True,
              "secure": False, "sameSite": "Lax"}
    page = browser.person(token=None, storage_state={"cookies": [cookie], "origins": []})
    heading(page, "Which report?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#account")).to_contain_text("ada · " + os.environ["PENSTOCK_TENANT"])
    expect(page.get_by_role("button", name="Sign out")).to_have_count(0)
    open_report(page, "Warehouses")
    press(page, "Create export")
    expect(result(page)).to_contain_text("Ready")


def roles(browser):
    """A viewer sees and previews, and is offered nothing that would be refused."""
    page = browser.person(token=os.environ["PENSTOCK_VIEW_TOKEN"])
    open_report(page, "Warehouses")
    expect(page.get_by_role("button", name="Create export")).to_have_count(0)
    expect(page.get_by_text("You may look, but not export.")).to_be_visible()
    press(page, "Preview")
    expect(page.locator("#preview-facts")).to_contain_text("rows")
    page = browser.person(token=os.environ["PENSTOCK_ADMIN_TOKEN"])
    open_report(page, "Warehouses")
    press(page, "Create export")
    expect(result(page)).to_contain_text("Ready")


def phone(browser):
    """On a phone the answer to Create stands where one looks."""
    page = browser.person(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.get_by_role("link", name="Warehouses").tap()
    heading(page, "Warehouses")
    page.get_by_role("button", name="Preview").tap()
    expect(page.locator("#preview-facts")).to_contain_text("rows")
    page.get_by_role("button", name="Create export").tap()
    expect(result(page)).to_contain_text("Ready")
    expect(result(page)).to_be_in_viewport()
    saved(page, lambda: result(page).get_by_role("button", name="Download").tap(), FOLDER)


def keyboard(browser):
    """From the top of a report to its file without a mouse, in at most 15 stops."""
    page = browser.person()
    open_report(page, "Delivery Orders")
    page.reload()
    heading(page, "Delivery Orders")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    stops = ["Skip to content"]
    while len(stops) < 30 and page.evaluate("document.activeElement.id") != "create":
        page.keyboard.press("Tab")
        stops.append(page.evaluate("document.activeElement.innerText || document.activeElement.tagName"))
    print("stops:", len(stops))
    assert len(stops) <= 15, stops
    page.keyboard.press("Enter")
    expect(result(page)).to_contain_text("Ready")
    # Two stops by the link that skips the rest; within a group the arrows lead on.
    page.reload()
    heading(page, "Delivery Orders")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#create")).to_be_focused()
    page.get_by_role("button", name="pending", exact=True).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="accepted", exact=True)).to_have_attribute("aria-pressed", "true")


def schedules(browser):
    """A report that comes back: made from the form, looked at, run, paused, changed and removed."""
    page = browser.person()
    open_report(page, "Receiving Orders")
    choose(page, "Expected arrival date", "Last month")
    press(page, "Repeat …")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Monthly receipts of " + FOLDER)
    flawless(page, "schedule-dialog")
    press(page, "Make schedule")
    page.locator("#toast").get_by_role("link", name="Schedules").click()
    heading(page, "Schedules")
    card = page.locator(".job").filter(has_text="Monthly receipts of " + FOLDER)
    expect(card).to_contain_text("Last month")
    expect(card).to_contain_text("Every month on day 1")
    card.locator("summary").click()
    expect(card.locator("ol li")).to_have_count(5)
    flawless(page, "schedules")
    card.get_by_role("button", name="Run now").click()
    expect(page.locator("#toast")).to_contain_text("is being made.")
    card.get_by_role("button", name="Pause").click()
    expect(card).to_contain_text("Paused")
    card.get_by_role("button", name="Change").click()
    dialog.get_by_label("Name").fill("Weekly receipts of " + FOLDER)
    choose(page, "How often", "Every week")
    press(page, "Save")
    card = page.locator(".job").filter(has_text="Weekly receipts of " + FOLDER)
    expect(card).to_contain_text("Every week on Monday")
    page.once("dialog", lambda asked: asked.accept())
    card.get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)


def saves(browser):
    """Choices are saved, shared, opened by their address and by somebody else, repeated, changed and removed."""
    name = "Delivered of " + FOLDER
    page = browser.person()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    open_report(page, "Delivery Orders")
    choose(page, "Created at", "Last month")
    press(page, "delivered")
    page.get_by_role("radio", name="CSV").check()
    press(page, "Save …")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Shared with everybody here").check()
    flawless(page, "save-dialog")
    press(page, "Save")
    expect(page.get_by_text(f"Opened: {name}")).to_be_visible()
    page.locator("#toast").get_by_role("link", name="Saved").click()
    heading(page, "Saved")
    card = page.locator(".job").filter(has_text=name)
    expect(card).to_contain_text("Delivery Orders · Last month · CSV")
    expect(card.locator(".status")).to_have_text("Shared")
    card.locator("summary").click()
    expect(card.locator("dl")).to_contain_text("delivered")
    flawless(page, "saved")
    card.get_by_role("button", name="Copy link").click()
    address = page.evaluate("navigator.clipboard.readText()")
    assert address.startswith(f"{URL}/penstock/#/saved/"), address

    # A viewer opens it by its address, and has it among the own reports; a reload loses nothing.
    viewer = browser.person(token=os.environ["PENSTOCK_VIEW_TOKEN"])
    viewer.get_by_role("link", name=name).click()
    heading(viewer, "Delivery Orders")
    viewer.goto(address)
    for _ in range(2):
        heading(viewer, "Delivery Orders")
        expect(viewer.get_by_role("button", name="delivered", exact=True)).to_have_attribute("aria-pressed", "true")
        expect(viewer.get_by_role("combobox", name="Created at")).to_have_value("previous_month")
        expect(viewer.get_by_role("radio", name="CSV")).to_be_checked()
        viewer.reload()
    viewer.get_by_role("link", name="Saved").first.click()
    theirs = viewer.locator(".job").filter(has_text=name)
    expect(theirs.get_by_role("button", name="Copy link")).to_be_visible()
    expect(theirs.get_by_role("button", name="Remove")).to_have_count(0)

    card.get_by_role("button", name="Repeat …").click()
    expect(dialog.get_by_label("Name")).to_have_value(name)
    press(page, "Make schedule")
    page.locator("#toast").get_by_role("link", name="Schedules").click()
    expect(page.locator(".job").filter(has_text=name)).to_contain_text("Last month")
    page.get_by_role("link", name="Saved").first.click()
    card.get_by_role("button", name="Do not share").click()
    expect(card.locator(".status")).to_have_text("Only you")
    viewer.goto(address)
    expect(viewer.get_by_role("alert")).to_contain_text("It is not there")
    # Changed in the form and saved again, it is the same one.
    card.get_by_role("link", name=name).click()
    heading(page, "Delivery Orders")
    press(page, "returned")
    press(page, "Save …")
    expect(dialog.get_by_role("button", name="Save as new")).to_be_visible()
    press(page, "Save")
    page.locator("#toast").get_by_role("link", name="Saved").click()
    expect(card).to_have_count(1)
    card.locator("summary").click()
    expect(card.locator("dl")).to_contain_text("delivered and returned")
    page.once("dialog", lambda asked: asked.accept())
    card.get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)


def administration(browser):
    """A superuser finds who has a file, the limits, the hosts, the webhook and the keys; nobody else is shown the way there."""
    page = browser.person()
    heading(page, "Which report?")
    expect(page.get_by_role("link", name="Administration")).to_be_hidden()
    mine = api("POST", "/report/exports", LONG)
    page.get_by_role("link", name="Exports").click()
    card = page.locator(f".jobs .job[data-id='{mine['id']}']")
    expect(card).to_contain_text("Ready")
    expect(card.get_by_role("link", name="Who has it")).to_have_count(0)
    saved(page, lambda: card.get_by_role("button", name="Download").click(), FOLDER)

    boss = browser.person(token=os.environ["PENSTOCK_ADMIN_TOKEN"])
    boss.get_by_role("link", name="Exports").click()
    boss.locator(f".jobs .job[data-id='{mine['id']}']").get_by_role("link", name="Who has it").click()
    heading(boss, "Administration")
    rows = boss.get_by_role("region", name="Who has this file").locator("tbody tr")
    expect(rows.filter(has_text="demo")).to_contain_text("Link given (200)")
    expect(rows.filter(has_text="by a link")).to_contain_text("Granted (200)")
    boss.get_by_label("Who, exactly").fill("nobody")
    press(boss, "Search")
    expect(boss.get_by_text("No row matches.")).to_be_visible()
    boss.get_by_role("link", name="Administration").click()
    expect(boss.get_by_role("region", name="Audit").locator("tbody tr")).not_to_have_count(0)
    expect(boss.get_by_role("region", name="Use and limits")).to_contain_text("Waiting and running")
    expect(boss.get_by_role("region", name="Hosts").locator("tbody tr")).to_have_count(1)
    expect(boss.get_by_role("region", name="API keys").locator("tbody tr")).not_to_have_count(0)
    expect(boss.get_by_text("No webhook is set.")).to_be_visible()
    flawless(boss, "administration")


def norwegian(browser):
    """All words, dates and faults in the browser's language; what is chosen instead stays."""
    page = browser.person(locale="nb-NO")
    heading(page, "Hvilken rapport?")
    assert page.evaluate("document.documentElement.lang") == "nb"
    open_report(page, "Leveranseordrer")
    press(page, "underveis")
    choose(page, "Opprettet", "Fra … til …")
    press(page, "Lag eksport")
    choose(page, "Opprettet", "Forrige måned")
    page.get_by_role("heading", name="Kolonner").click()
    press(page, "Ingen")
    press(page, "Lag eksport")
    expect(page.get_by_role("alert")).to_contain_text("Kolonner: velg minst én.")
    press(page, "Vanlige")
    press(page, "Lag eksport")
    expect(result(page)).to_contain_text("Klar")
    rows = list(load_workbook(saved(page, lambda: result(page).get_by_role("button", name="Last ned").click(), FOLDER)).active.values)
    assert "Kundenavn" not in rows[0] and "Kunde" in rows[0], rows[0]
    assert {row[rows[0].index("Status")] for row in rows[1:]} <= {"underveis"}
    flawless(page, "norsk")
    page.get_by_role("combobox", name="Språk").select_option("en")
    heading(page, "Delivery Orders")
    page.reload()
    heading(page, "Delivery Orders")


def views(browser):
    """axe on every view in both themes, and its width from a phone of 320 px to a screen of 3840."""
    page = browser.person()
    heading(page, "Which report?")
    flawless(page, "reports")
    open_report(page, "Delivery Orders")
    flawless(page, "builder")
    for details in page.locator("summary").all():
        details.click()
    choose(page, "Only for", "Zone")
    page.get_by_role("combobox", name="Zone", exact=True).fill("o")
    page.locator("#scope-options li").first.click()
    press(page, "Preview")
    expect(page.locator("#preview-facts")).to_contain_text("row")
    flawless(page, "builder-open")
    press(page, "None")
    press(page, "Create export")
    expect(page.get_by_role("alert")).to_contain_text("choose at least one")
    expect(page.locator("#expected")).to_be_empty()
    flawless(page, "builder-faults")
    press(page, "Usual")
    press(page, "Create export")
    expect(result(page)).to_contain_text("Ready")
    flawless(page, "created")
    result(page).get_by_role("link", name="All exports").click()
    heading(page, "Exports")
    page.locator(".job summary").first.click()
    expect(page.locator("dl dd").first).to_be_visible()
    flawless(page, "exports")


def prefix(browser):
    """Behind a proxy that has the service under a path of its own, nothing is asked for outside of that path."""
    page = browser.person(token=None)
    # The page that stands beside no proxy has asked for all that it needs.
    expect(page.get_by_role("dialog").get_by_role("heading", name="Sign in")).to_be_visible()
    inside, outside = [], []

    def proxy(route):
        url = route.request.url
        (inside if "/behind/a/prefix/" in url else outside).append(url)
        route.continue_(url=url.replace("/behind/a/prefix", "")) if "/behind/a/prefix/" in url else route.abort()

    page.route("**/*", proxy)
    page.goto(f"{URL}/behind/a/prefix/penstock/")
    page.get_by_role("dialog").get_by_label("Token", exact=True).fill(TOKEN)
    press(page, "Sign in")
    heading(page, "Which report?")
    open_report(page, "Warehouses")
    press(page, "Preview")
    expect(page.locator("#preview-facts")).to_contain_text("rows")
    press(page, "Create export")
    expect(result(page)).to_contain_text("Ready")
    page.get_by_role("link", name="Saved").first.click()
    heading(page, "Saved")
    assert len(inside) > 20 and not outside, outside


def foreign(browser):
    """An installation that has nothing of the demo: its reports are there, and one is had without knowing a name."""
    page = browser.person()
    heading(page, "Which report?")
    expect(page.get_by_role("link")).not_to_have_count(0)
    assert "elivery" not in page.content()
    # The application's own list of a scope's values has several pages, here as elsewhere.
    server = HTTPServer(("127.0.0.1", 0), Countries)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    page.route("**/geo/countries*", lambda route: route.continue_(
        url=f"http://127.0.0.1:{server.server_port}/?" + urlsplit(route.request.url).query))
    names = sql("select name from geo.countries where continent = 'EU' order by name").split("\n")
    open_report(page, "Cities of a continent")
    choose(page, "Only for", "Country")
    options = page.locator("#scope-options li")
    expect(options).to_have_text(names[:10] + ["More …"])
    options.last.click()
    expect(options).to_have_text(names[:20] + ["More …"])
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(options).to_have_text(names[:30] + ["More …"])
    expect(options.nth(20)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.locator(".chips li")).to_have_text(re.compile(names[20]))
    page.get_by_role("combobox", name="Country", exact=True).fill("orwa")
    expect(options).to_have_text(["Norway"])
    # Penstock's own, too.
    choose(page, "Only for", "Place")
    expect(options).to_have_count(21)
    options.last.click()
    expect(options).to_have_count(int(sql("select count(*) from geo.cities_by_continent where continent = 'EU'")))
    server.shutdown()
    page.get_by_role("link", name="‹ Reports").click()
    open_report(page, "Countries")
    expect(page.get_by_role("combobox", name="Created at")).to_have_count(0)
    press(page, "Preview")
    expect(page.locator("#preview-facts")).to_contain_text("rows")
    page.get_by_role("radio", name="CSV").check()
    press(page, "Create export")
    expect(result(page)).to_contain_text("Ready")
    rows = list(csv.reader(open(saved(page, lambda: result(page).get_by_role("button", name="Download").click(), FOLDER))))
    assert len(rows) - 1 == int(sql("select count(*) from geo.countries where continent = 'EU'")), len(rows)


if __name__ == "__main__":
    with Browser() as browser:
        for scene in sys.argv[1:]:
            globals()[scene](browser)
            for page in browser.pages:
                assert not page.errors, (scene, page.errors)

"""Chromium for tests: every page that it opens must be free of errors and of other hosts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

from tests.support.server import Server

_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-sync",
    # Every page starts its scripts anew: what compiling them for long runs costs never comes back.
    "--js-flags=--no-opt --no-maglev",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-first-run",
    "--renderer-process-limit=1",  # else a process starts for each person who takes a turn
)
_PATIENCE = 15_000  # milliseconds
# Chromium writes this about a page with an error status, too; those are part of what is tested.
_STATUS = "Failed to load resource: the server responded with a status of"
_TELL = (
    "document.addEventListener('securitypolicyviolation',"
    " event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"
)


@dataclass
class Chromium:
    """Opens browsers for people, each with cookies of its own, and notes what goes wrong."""

    browser: Browser
    problems: list[str] = field(default_factory=list)
    _contexts: list[BrowserContext] = field(default_factory=list)

    def open(
        self,
        server: Server,
        user: Any = None,
        *,
        scripts: bool = True,
        width: int = 1280,
        scheme: Literal["light", "dark"] = "light",
    ) -> Page:
        """An empty page of somebody's browser, signed in when a user (a row) is given."""
        context = self.browser.new_context(
            base_url=server.url,
            java_script_enabled=scripts,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            reduced_motion="reduce",
            service_workers="block",
        )
        self._contexts.append(context)
        context.set_default_timeout(_PATIENCE)
        if user is not None:
            context.add_cookies([server.cookie(user)])
        if scripts:
            context.add_init_script(_TELL)
        self._watch(context, urlsplit(server.url).netloc)
        return context.new_page()

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _watch(self, context: BrowserContext, host: str) -> None:
        def console(message: ConsoleMessage) -> None:
            if message.type != "error":
                return
            page = message.page
            address = message.location["url"]
            is_page = page is not None and address == page.url.partition("#")[0]
            # A script that hears that the session is over says so on the page.
            is_heard = (
                message.text.startswith(f"{_STATUS} 401") and urlsplit(address).netloc == host
            )
            if not (is_heard or (is_page and message.text.startswith(_STATUS))):
                note(f"console: {message.text} ({address})")

        def failed(sent: Request) -> None:
            if urlsplit(sent.url).netloc not in {host, ""}:
                note(f"request elsewhere: {sent.url}")

        def page(opened: Page) -> None:
            # A page that listens must also answer; else a dialog would stop it for good.
            opened.on("dialog", lambda dialog: (note(f"dialog: {dialog.message}"), dialog.accept()))

        note = self.problems.append
        context.on("console", console)
        context.on("weberror", lambda error: note(f"script: {error.error}"))
        context.on("requestfailed", failed)
        context.on("page", page)


@dataclass
class Turns:
    """One browser that several people use in turn, each with cookies of their own.

    A browser for each of them costs a second of computing time.
    """

    page: Page
    _jars: dict[str, list[Any]] = field(default_factory=dict)
    _who: str = ""

    def bring(self, who: str, cookie: dict[str, str]) -> None:
        """Let somebody who is signed in already have their turn later."""
        self._jars[who] = [cookie]

    def of(self, who: str) -> Page:
        """The page in the hands of this person: empty when it was somebody else's before."""
        if who != self._who:
            self.page.goto("about:blank")  # else its scripts could still send, as both of them
            self._jars[self._who] = self.page.context.cookies()
            self.page.context.clear_cookies()
            self.page.context.add_cookies(self._jars.get(who, []))
            self._who = who
        return self.page


@pytest.fixture(scope="session")
def chromium_process(chromium: str) -> Iterator[Browser]:
    """One browser for the whole session: starting it takes a second."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def people(chromium_process: Browser) -> Iterator[Chromium]:
    """Browsers for the people of a test, which fails when any of their pages has a problem."""
    opened = Chromium(chromium_process)
    yield opened
    opened.close()
    assert not opened.problems, "\n".join(opened.problems)


def choose_tag(page: Page, name: str) -> None:
    """Tick a tag where there are no scripts, and name it where they offer a box for that."""
    box = page.get_by_role("combobox", name="Add a tag by its name")
    if not box.count():
        page.get_by_label(name, exact=True).check()
        return
    box.fill(name)
    page.get_by_role("option", name=name).first.wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.get_by_role("button", name=f"Remove {name}").wait_for()

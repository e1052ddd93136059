"""What a thread's page costs a phone: python -m tests.browser.figures

Serves the demo, opens its longest discussion with a processor slowed down four times and an empty
cache, and prints what Chromium itself measured: the middle of several runs, and the limits. Ends
with exit code 1 when a figure is above its limit.
"""

import statistics
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from forum.core.db import db
from tests import factories
from tests.browser.test_accessibility import busiest_thread
from tests.support.required import chromium
from tests.support.server import Server, serving

SLOWED = 4  # times
RUNS = 5
KB = 1024
LIMITS = {
    "requests": 4,
    "total blocking time, ms": 0,
    "layout shift": 0,
    "CSS, kB compressed": 14,
    "JS, kB compressed": 14,
}
# Noted from before anything of the page runs.
_WATCH = """
window.seen = { shift: 0, tasks: [] };
const watch = (type, note) => new PerformanceObserver(
    (list) => list.getEntries().forEach(note),
).observe({ type, buffered: true });
watch("layout-shift", (entry) => { if (!entry.hadRecentInput) window.seen.shift += entry.value; });
watch("longtask", ({ startTime, duration }) => window.seen.tasks.push([startTime, duration]));
"""
# As Lighthouse counts: a task blocks for what it takes beyond 50 ms, once something was painted.
_READ = """() => {
    const [page] = performance.getEntriesByType("navigation");
    const paint = performance.getEntriesByName("first-contentful-paint")[0];
    const parts = performance.getEntriesByType("resource");
    const of = (pattern) => parts.filter((part) => pattern.test(part.name))
        .reduce((sum, part) => sum + part.encodedBodySize, 0);
    const blocked = window.seen.tasks
        .map(([start, length]) => start + length - Math.max(start, paint.startTime) - 50)
        .reduce((sum, beyond) => sum + Math.max(0, beyond), 0);
    return {
        paint: paint.startTime,
        loaded: page.loadEventEnd,
        html: page.encodedBodySize,
        css: of(/\\.css/),
        js: of(/\\.js/),
        requests: parts.length + 1,
        shift: window.seen.shift,
        blocked,
    };
}"""


@dataclass(frozen=True)
class Run:
    """One opening of the page, as Chromium measured it."""

    paint: float
    loaded: float
    html: int
    css: int
    js: int
    requests: int
    shift: float
    blocked: float


def measured(browser: Browser, server: Server, path: str, cookie: Any, slowed: int) -> Run:
    """Open the page in a fresh browser and scroll through it, as a reader does."""
    context = browser.new_context(
        base_url=server.url, viewport={"width": 390, "height": 844}, device_scale_factor=2
    )
    context.add_init_script(_WATCH)
    if cookie:
        context.add_cookies([cookie])
    page = context.new_page()
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    page.goto(path)
    page.evaluate("window.scrollTo(0, 2000)")
    page.evaluate("new Promise((idle) => requestIdleCallback(idle, { timeout: 2000 }))")
    run = Run(**page.evaluate(_READ))
    context.close()
    return run


def table(runs: Sequence[Run]) -> dict[str, float]:
    middle = {
        field.name: statistics.median(getattr(run, field.name) for run in runs)
        for field in fields(Run)
    }
    return {
        "first paint with content, ms": round(middle["paint"]),
        "loaded, ms": round(middle["loaded"]),
        "total blocking time, ms": round(middle["blocked"]),
        "layout shift": round(middle["shift"], 4),
        "requests": round(middle["requests"]),
        "HTML, kB as sent": round(middle["html"] / KB, 1),
        "CSS, kB compressed": round(middle["css"] / KB, 1),
        "JS, kB compressed": round(middle["js"] / KB, 1),
    }


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), "--demo") as server,
        sync_playwright() as playwright,
    ):
        with server.at_hand():
            path = busiest_thread()
            member = factories.user()
            db.session.commit()
            cookie = server.cookie(member)
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        columns = [
            table([measured(browser, server, path, who, SLOWED) for _ in range(RUNS)])
            for who in (None, cookie)
        ]
        browser.close()
    print("| figure | visitor | member | limit |\n|---|---:|---:|---:|")  # noqa: T201 - its purpose
    for name, first in columns[0].items():
        limit = LIMITS.get(name, "")
        print(f"| {name} | {first:g} | {columns[1][name]:g} | {limit} |")  # noqa: T201
    above = [
        name for name, limit in LIMITS.items() if any(column[name] > limit for column in columns)
    ]
    if above:
        sys.exit(f"above the limit: {', '.join(above)}")


if __name__ == "__main__":
    main()

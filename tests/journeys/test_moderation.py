"""What is reported, from the first report to the answer of an appeal, by seven people."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from forum.audit.queries import verify
from forum.spaces.models import SpaceRole
from tests import factories
from tests.support.chromium import Chromium, Turns
from tests.support.server import Server

pytestmark = pytest.mark.browser

TITLE = "Which help is there after the first month?"
NAMED = "My cousin stayed in Lower Wexley and worked nights at the Pinfold laundry."
MENDED = "Somebody I know stayed in a small town and worked nights."
HARSH = "People who say this only want attention, and everybody knows it."
WRITERS = ("dalia", "emre", "fenna", "gustav")


@dataclass(frozen=True)
class Place:
    """The forum as the seven see it; names end in a number of the run."""

    turns: Turns
    suffix: str
    path: str

    def of(self, who: str) -> Page:
        return self.turns.of(who)

    def thread(self, who: str) -> Page:
        page = self.of(who)
        page.goto(self.path)
        return page

    def comment(self, who: str, number: int) -> Locator:
        return self.thread(who).locator(f"#c{number}")


def test_seven_people_and_what_is_reported(server: Server, people: Chromium) -> None:
    """With scripts on one database, without on the other."""
    scripts = server.app.config["DATABASE_URL"].startswith("postgresql")
    place = arrive(server, Turns(people.open(server, scripts=scripts)), str(int(scripts)))
    comment(place, "dalia", NAMED)
    comment(place, "gustav", HARSH)

    report(place, "emre", 1, "It identifies someone")
    nobody_reads_it(place)
    mend(place)
    accept(place)
    hear_of_it(place)

    report(place, "emre", 2, "It blames survivors")
    mute(place)
    appeal(place)
    change(place)
    with server.at_hand():
        assert verify() is None


def arrive(server: Server, turns: Turns, suffix: str) -> Place:
    with server.at_hand():
        space = factories.space(f"after-the-first-month-{suffix}")
        users = {who: factories.user(f"{who}{suffix}") for who in WRITERS}
        users["jun"] = factories.user(f"jun{suffix}")
        users["hoa"] = factories.moderator(f"hoa{suffix}")
        users["ivo"] = factories.moderator(f"ivo{suffix}")
        factories.membership(space, users["jun"], SpaceRole.FACILITATOR)
        thread = factories.thread(space, users["jun"], title=TITLE)
        path = f"/t/{thread.id}-{thread.slug}"
        for who, user in users.items():
            turns.bring(who, server.cookie(user))
    return Place(turns, suffix, path)


def comment(place: Place, who: str, text: str) -> None:
    page = place.thread(who)
    page.get_by_role("textbox", name="Write a comment").fill(text)
    page.get_by_role("button", name="Post comment").click()
    expect(page.get_by_text(text)).to_be_visible()


def report(place: Place, who: str, number: int, reason: str) -> None:
    """Two steps: the link below the comment, and the form."""
    place.comment(who, number).get_by_role("link", name="Report").click()
    page = place.of(who)
    page.get_by_role("radio", name=reason).check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator(".flashes")).to_contain_text("Thank you")


def nobody_reads_it(place: Place) -> None:
    for who in ("emre", "fenna", "visitor"):
        expect(place.comment(who, 1)).to_contain_text("Waiting for a review")
        for path in (place.path, "/search?q=Wexley", "/"):
            place.of(who).goto(path)
            assert "Pinfold" not in place.of(who).content()


def mend(place: Place) -> None:
    """Its author is told why, sees the words, and changes them."""
    page = place.of("dalia")
    page.goto("/notifications")
    told = page.get_by_role("listitem").filter(has_text="A post of yours waits for a review")
    expect(told).to_contain_text("It may tell who or where somebody is.")
    told.get_by_role("button", name="Open").click()
    expect(page.locator("#c1")).to_contain_text(NAMED)
    page.locator("#c1").get_by_role("link", name="Edit").first.click()
    page.get_by_role("textbox", name="Your comment").fill(MENDED)
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("#c1")).to_contain_text(MENDED)
    expect(place.comment("fenna", 1)).not_to_contain_text("night")


def open_case(place: Place, who: str, lane: str) -> Page:
    page = place.of(who)
    page.goto("/moderation")
    page.get_by_role("link", name=lane).click()
    page.get_by_role("link", name=TITLE).first.click()
    return page


def accept(place: Place) -> None:
    """A moderator reads what it was and what it is, and accepts it with one click."""
    page = open_case(place, "hoa", "Privacy")
    assert "Wexley" not in page.locator("main").inner_text(), "it is covered at first"
    page.get_by_role("button", name="Show the words").click()
    expect(page.get_by_role("main")).to_contain_text("Wexley")
    expect(page.get_by_role("main")).to_contain_text(f"emre{place.suffix}", ignore_case=True)
    page.get_by_role("button", name="Accept the author's edit").click()
    expect(page.locator(".flashes")).to_contain_text("accepted")


def hear_of_it(place: Place) -> None:
    expect(place.comment("fenna", 1)).to_contain_text(MENDED)
    for who, words in (
        ("dalia", "Your change was accepted"),
        ("emre", "Something was done about what you reported"),
    ):
        page = place.of(who)
        page.goto("/notifications")
        expect(page.get_by_role("main")).to_contain_text(words)
    page.goto("/reports")
    expect(page.get_by_role("main")).to_contain_text("something was done about it")
    assert "dalia" not in page.locator("main").inner_text().casefold()


def mute(place: Place) -> None:
    """The facilitator sees the case without the reporter; a moderator decides it."""
    page = open_case(place, "jun", "Rules")
    assert f"emre{place.suffix}" not in page.locator("main").inner_text().casefold()
    page = open_case(place, "hoa", "Rules")
    page.get_by_role("radio", name="Remove it").check()
    page.get_by_label("What follows for the author").select_option("No writing: 7 days")
    page.get_by_label("Reason", exact=True).select_option(index=1)
    page.get_by_role("button", name="Decide").click()
    expect(page.locator(".flashes")).to_contain_text("It is decided")
    expect(place.comment("fenna", 2)).not_to_contain_text(HARSH)


def appeal(place: Place) -> None:
    """Who cannot write reads why, until when, and what they can do."""
    page = place.thread("gustav")
    expect(page.get_by_role("textbox", name="Write a comment")).to_have_count(0)
    page.goto("/notifications")
    told = page.get_by_role("listitem").filter(has_text="A post of yours was removed")
    told.get_by_role("button", name="Open").click()
    page.get_by_label("Why do you").or_(page.locator("textarea[name=text]")).first.fill(
        "I was angry about something else, and put it badly."
    )
    page.get_by_role("button", name="Send the appeal").click()
    expect(page.locator(".flashes")).to_contain_text("Your appeal has arrived")


def change(place: Place) -> None:
    """Not the one who decided: somebody else answers, and finds a milder way."""
    page = open_case(place, "hoa", "Appeals")
    expect(page.get_by_role("button", name="Send the answer")).to_have_count(0)
    page = open_case(place, "ivo", "Appeals")
    page.get_by_role("radio", name="Another decision takes its place").check()
    page.get_by_label("Why", exact=True).fill("Removing it is enough this once.")
    page.get_by_role("radio", name="Remove it").check()
    page.get_by_label("What follows for the author").select_option("A notice")
    page.get_by_label("Reason", exact=True).select_option(index=1)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator(".flashes")).to_contain_text("The appeal is answered")
    page = place.of("gustav")
    page.goto("/notifications")
    expect(page.get_by_role("main")).to_contain_text("the decision was changed")
    expect(page.get_by_role("main")).to_contain_text("Removing it is enough this once.")
    expect(place.thread("gustav").get_by_role("textbox", name="Write a comment")).to_be_visible()

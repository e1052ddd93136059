"""From a comment to a brief: what is missing is proposed, weighed, mended, and partly found."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from forum.audit.queries import verify
from forum.places.models import PlaceKind
from forum.spaces.models import SpaceRole
from tests import factories
from tests.support.chromium import Chromium, Turns
from tests.support.server import Server

pytestmark = pytest.mark.browser

ASKED = "Where does somebody sleep who arrives after the offices close?"
SAID = "In our town there is nothing between the night bus and the shelter that opens at nine."
TITLE = "A night room in"
CONDITION = "Nobody has to give a name for one night."
WRITERS = ("nerea", "oskar", "petra", "quirin", "rosalind", "sandor", "tova")


@dataclass(frozen=True)
class Place:
    """The forum as these people see it; names end in a number of the run."""

    turns: Turns
    suffix: str
    thread: str
    here: str  # the town that the proposal is about
    there: str  # another town of the same region, about which somebody proposes the same

    def of(self, who: str) -> Page:
        return self.turns.of(who)

    def at(self, who: str, path: str) -> Page:
        page = self.of(who)
        page.goto(path)
        return page


def test_a_comment_becomes_a_proposal_that_is_weighed_and_briefed(
    server: Server, people: Chromium
) -> None:
    """With scripts on one database, without on the other."""
    scripts = server.app.config["DATABASE_URL"].startswith("postgresql")
    place = arrive(server, Turns(people.open(server, scripts=scripts)), str(int(scripts)))

    proposal = raise_it(place)
    propose_elsewhere(place)
    become_coauthor(place, proposal)
    take_stances(place, proposal)
    join(place, proposal)
    adopt(place, proposal)
    confirm(place, proposal)
    weigh(place, proposal)

    before = cells(place)
    assert before[place.here] == before[place.there] == "Missing"
    show_what_exists(place, proposal)
    assert cells(place) == {**before, place.here: "Partly met"}

    print_brief(place)
    with server.at_hand():
        assert verify() is None


def arrive(server: Server, turns: Turns, suffix: str) -> Place:
    with server.at_hand():
        region = factories.place(
            f"tarnvale-{suffix}", parent=factories.country("NO"), kind=PlaceKind.REGION
        )
        here = factories.place(f"upper-tarn-{suffix}", parent=region)
        there = factories.place(f"lower-tarn-{suffix}", parent=region)
        space = factories.space(f"nights-{suffix}")
        users = {who: factories.user(f"{who}{suffix}") for who in WRITERS}
        users["ursel"] = factories.user(f"ursel{suffix}")
        users["ylvi"] = factories.user(f"ylvi{suffix}")
        factories.membership(space, users["ursel"], SpaceRole.FACILITATOR)
        factories.badge(users["ylvi"], organisation="Tarn Night Shelter")
        thread = factories.thread(space, users["ursel"], title=ASKED)
        factories.comment(thread, users["nerea"], SAID)
        for who, user in users.items():
            turns.bring(who, server.cookie(user))
        return Place(turns, suffix, f"/t/{thread.id}-{thread.slug}", here.name, there.name)


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def fill_in(page: Page, title: str, missing: str | None, where: str) -> None:
    page.get_by_role("textbox", name="Title", exact=True).first.fill(title)
    if page.get_by_label("Add a tag by its name").count():  # a script made the boxes fewer
        page.get_by_role("button", name="Show all tags").click()
    page.get_by_label("Housing", exact=True).check()
    if missing is not None:
        page.get_by_label("What is missing", exact=True).fill(missing)
    page.get_by_label("Where", exact=True).select_option(slug(where))


def raise_it(place: Place) -> str:
    """Somebody turns another's comment into a proposal; both lead to each other."""
    page = place.at("oskar", place.thread)
    comment = page.locator("#c1")
    comment.get_by_text("More", exact=True).click()
    comment.get_by_role("link", name="Raise as a proposal").click()
    expect(page.get_by_label("What is missing", exact=True)).to_have_value(re.compile("night bus"))
    title = f"{TITLE} {place.here}"
    fill_in(page, title, None, place.here)
    page.get_by_role("button", name="Preview").first.click()
    page.get_by_role("button", name="Make the proposal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.get_by_role("main")).to_contain_text("raised from a comment by")
    proposal = page.url
    page.goto(place.thread)
    expect(page.locator("#c1")).to_contain_text(f"Raised as a proposal: {title}")
    return proposal


def propose_elsewhere(place: Place) -> None:
    """The same is missing in the next town: somebody is shown what is alike, and goes on."""
    page = place.at("sandor", "/proposals/new")
    fill_in(page, f"{TITLE} {place.there}", "There is no room for a night here.", place.there)
    page.get_by_label("Space", exact=True).select_option(label=f"Nights {place.suffix}")
    page.get_by_role("button", name="Preview").first.click()
    expect(page.locator("#similar")).to_contain_text(f"{TITLE} {place.here}")
    page.get_by_role("button", name="Make the proposal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{TITLE} {place.there}")


def become_coauthor(place: Place, proposal: str) -> None:
    page = place.at("nerea", "/notifications")
    told = page.get_by_role("listitem").filter(has_text="was raised as a proposal")
    told.get_by_role("button", name="Open").click()
    page.get_by_role("button", name="Become a co-author").click()
    page.goto(proposal)
    expect(page.get_by_role("main")).to_contain_text("with Nerea")


def take_stances(place: Place, proposal: str) -> None:
    """Five people say what they think; the spread shows from the fifth on."""
    for who, stance, reason in (
        ("petra", "Agree", ""),
        ("quirin", "Agree if", "A name on a list has been enough to be found."),
        ("rosalind", "Disagree", "The shelter should open earlier instead."),
        ("sandor", "Unsure", ""),
        ("tova", "Agree", "I waited in a bus stop once."),
    ):
        page = place.at(who, proposal)
        expect(page.locator(".debate")).not_to_contain_text("As a table")
        form = page.locator("form.stance-form")
        form.get_by_role("radio", name=re.compile(f"^{stance}(?! if)")).check()
        if who == "quirin":
            form.get_by_label("On a condition of your own").fill(CONDITION)
        form.get_by_label("Why", exact=True).fill(reason)
        form.get_by_role("button", name="Take this stance").click()
        expect(page.locator(".own-stance")).to_contain_text(f"Your stance: {stance}")
    page = place.at("visitor", proposal)
    page.get_by_text("As a table").click()
    expect(page.get_by_role("row", name=re.compile("^Agree 2"))).to_be_visible()
    expect(page.locator("#conditions + ol")).to_contain_text(CONDITION)


def join(place: Place, proposal: str) -> None:
    page = place.at("sandor", proposal)
    page.get_by_role("link", name="Change my stance").click()
    form = page.locator("form.stance-form")
    form.get_by_role("radio", name=re.compile("^Agree if")).check()
    form.get_by_label(re.compile(re.escape(CONDITION))).check()
    form.get_by_label("Why", exact=True).fill("I would not have come in with a name.")
    form.get_by_role("button", name="Take this stance").click()
    expect(page.locator("#condition-1")).to_contain_text("2 people ask for it")


def adopt(place: Place, proposal: str) -> None:
    """A co-author takes the condition into the text, which makes a version of it."""
    page = place.at("nerea", proposal)
    page.locator("#condition-1").get_by_role("link", name="Take it into the text").click()
    page.get_by_role("button", name="Take it into the text").click()
    expect(page.locator("#condition-1")).to_contain_text("In the text")
    expect(page.locator(".opening")).to_contain_text(CONDITION)


def confirm(place: Place, proposal: str) -> None:
    """Who asked for it is told, reads what changed, and still thinks so."""
    page = place.at("quirin", "/notifications")
    told = page.get_by_role("listitem").filter(has_text="A condition that you ask for is in the")
    told.get_by_role("button", name="Open").click()
    page.get_by_role("link", name="What changed since you took your stance").click()
    expect(page.get_by_role("insertion").first).to_be_visible()
    page.goto(proposal)
    page.get_by_role("button", name="I still think so").click()
    expect(page.locator(".own-stance")).not_to_contain_text("What changed")


def weigh(place: Place, proposal: str) -> None:
    """Somebody makes another's point their own; dissent stands beside it."""
    page = place.at("petra", f"{proposal.split('-', maxsplit=1)[0]}/points")
    against = page.get_by_role("listitem").filter(has_text="The shelter should open earlier")
    expect(against).to_contain_text("Opposes")
    page.get_by_role("listitem").filter(has_text="I waited in a bus stop").get_by_role(
        "button"
    ).click()
    page.goto(f"{proposal.split('-', maxsplit=1)[0]}/points")
    expect(page.get_by_role("listitem").filter(has_text="I waited in a bus stop")).to_contain_text(
        "Adopted by 1"
    )


def cells(place: Place) -> dict[str, str]:
    """What the map says of housing in each town of the region."""
    page = place.at("visitor", f"/map?place=tarnvale-{place.suffix}")
    table = page.locator(".gaps table")
    names = table.locator("thead th").all_inner_texts()
    row = table.locator("#need-housing tr").first.locator("th, td").all_inner_texts()
    states = {name.strip(): cell.strip() for name, cell in zip(names, row, strict=True)}
    return {
        name: re.match(r"Missing|Partly met|Met|Unknown|", states[name])[0]  # type: ignore[index]
        for name in (place.here, place.there)
    }


def show_what_exists(place: Place, proposal: str) -> None:
    """A practitioner adds what exists in one town, and shows it; the authors say why it is not
    enough."""
    page = place.at("ylvi", "/services/new")
    page.get_by_label("Name of the service").fill(f"Tarn night desk {place.suffix}")
    if page.get_by_label("Add a tag by its name").count():
        page.get_by_role("button", name="Show all tags").click()
    page.get_by_label("Housing", exact=True).check()
    page.get_by_label("What it offers").fill("A chair and tea until the shelter opens.")
    page.get_by_label("Add a place (1)").select_option(slug(place.here))
    page.get_by_role("button", name="Add it").click()
    page.get_by_role("button", name="I made sure of this today").click()
    page.goto(proposal)
    page.get_by_role("link", name="This exists already").click()
    page.get_by_label("Words of the service").fill(f"Tarn night desk {place.suffix}")
    page.get_by_role("button", name="Look for it").click()
    page.get_by_role("radio", name=re.compile("Tarn night desk")).check()
    page.get_by_role("button", name="Show it to the authors").click()

    page = place.at("oskar", proposal)
    page.locator(".claims").get_by_role("link", name="Answer").click()
    page.get_by_role("radio", name=re.compile("not enough", re.IGNORECASE)).check()
    page.get_by_label(re.compile("^Why")).fill("A chair is not a bed.")
    page.get_by_role("button", name="Answer", exact=True).click()
    expect(page.locator(".claims")).to_contain_text("Not enough, say the authors.")
    expect(page.locator(".claims")).to_contain_text("A chair is not a bed.")


def print_brief(place: Place) -> None:
    """A facilitator makes a brief of it; everybody can print it."""
    page = place.at("ursel", "/briefs/new")
    page.get_by_label("Title", exact=True).fill(f"Nights in the vale {place.suffix}")
    page.get_by_role("button", name="Choose proposals").click()
    page.get_by_label(re.compile(f"{TITLE} {place.here}")).check()
    page.get_by_role("button", name="Put them into the brief").click()
    page.get_by_role("link", name="Preview and publish").click()
    page.get_by_role("button", name="Publish this").click()
    address = page.url

    page = place.at("visitor", address)
    page.emulate_media(media="print")
    brief = page.get_by_role("main")
    for words in (f"{TITLE} {place.here}", CONDITION, "A chair is not a bed.", "Disagree"):
        expect(brief).to_contain_text(words)
    expect(page.get_by_role("link", name="Leave this site")).to_be_hidden()
    page.emulate_media(media="screen")
    page.goto("/proposals?state=adopted")
    expect(page.get_by_role("main")).to_contain_text(f"{TITLE} {place.here}")

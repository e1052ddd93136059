"""The life of a course discussion: eight people, a private space, a prompt and its comments."""

import re
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from forum.core.db import db, transaction
from forum.posts.models import Post
from forum.threads.models import Thread
from tests import factories
from tests.support.chromium import Chromium, Turns, choose_tag
from tests.support.server import Server

pytestmark = pytest.mark.browser

PASSWORD = "sevenlampsoverthequietharbour"
NAMES = {
    "noor": "Noor Villanueva",
    "tadeo": "Tadeo Brandt",
    "ilse": "Ilse Okonjo",
    "makena": "Makena Ruiz",
    "samir": "Samir Halloran",
    "birgit": "Birgit Asante",
    "yara": "Yara Lindqvist",
    "colm": "Colm Petrosyan",
}
BY_THE_FORM = {"noor", "tadeo"}  # each takes a second: passwords are slow on purpose
TITLE = "Week 3: what has to be there before the first winter?"
BACKGROUND = """A programme in a small harbour town has eleven rooms, a nurse on Tuesdays and
somebody who helps with forms.

Its first group moves out in *November*."""
QUESTION = "Which one service would you add before then, and who could run it?"
BUS = "A bus pass. The rooms are four miles from any job, and the last bus goes at six."
GROUP = "An evening group that meets in the same room every week, so that nobody has to ask."


@dataclass(frozen=True)
class Course:
    """The discussion as the people of one run see it; names end in a number of the run."""

    server: Server
    turns: Turns
    suffix: str

    def username(self, who: str) -> str:
        return f"{who}{self.suffix}"

    @property
    def space_path(self) -> str:
        return f"/s/week-three-{self.suffix}"

    @property
    def thread(self) -> Thread:
        statement = sa.select(Thread).order_by(Thread.id.desc()).limit(1)
        return db.session.scalars(statement).one()

    def comment(self, who: str, number: int) -> Locator:
        """A comment on somebody's thread page, without the replies below it."""
        return self.turns.of(who).locator(f"#c{number}")

    def acts(self, who: str, number: int) -> Locator:
        return self.turns.of(who).locator(f"#c{number} > .acts")


def test_eight_people_discuss_a_prompt(server: Server, people: Chromium) -> None:
    """With scripts on one database, without on the other: half a minute each is enough."""
    scripts = server.app.config["DATABASE_URL"].startswith("postgresql")
    course = Course(server, Turns(people.open(server, scripts=scripts)), str(int(scripts)))
    for who in NAMES:
        arrive(course, who)
    code = make_space(course)
    for who in NAMES:
        if who != "noor":
            join(course, who, code)
    path = open_prompt(course)
    discuss(course, path)
    edit_at_once(course, path)
    edit_late(course, path)
    agree(course, path)
    answer(course, path)
    read_at_the_end(course, path)
    be_a_stranger(course.turns.of("stranger"), course, path)


def arrive(course: Course, who: str) -> None:
    """Two register by the form; the others have been here before."""
    if who in BY_THE_FORM:
        register(course.turns.of(who), course.username(who), NAMES[who])
        return
    with course.server.at_hand():
        user = factories.user(course.username(who), display_name=NAMES[who])
        course.turns.bring(who, course.server.cookie(user))


def register(page: Page, username: str, name: str) -> None:
    page.goto("/register")
    page.get_by_label("User name").fill(username)
    page.get_by_label("Name to be shown").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    press(page.locator("main"), "Register")
    expect(heading(page)).to_have_text("Your recovery codes")
    expect(page.locator(".codes code")).to_have_count(10)
    page.get_by_role("link", name="I have kept them, go on").click()
    expect(heading(page)).to_have_text("Discussions")


def make_space(course: Course) -> str:
    """An administrator hands a private space to its facilitator, who makes a code for it."""
    with course.server.at_hand():
        administrator = factories.administrator(f"keeper{course.suffix}")
        course.turns.bring("keeper", course.server.cookie(administrator))
    keeper = course.turns.of("keeper")
    keeper.goto("/spaces/new")
    keeper.get_by_label("Name", exact=True).fill(f"Week three {course.suffix}")
    keeper.get_by_label("Private").check()
    keeper.get_by_label("Who may start discussions").select_option("Its facilitators")
    keeper.get_by_label("Facilitator", exact=True).fill(course.username("noor"))
    press(keeper, "Make the space")
    expect(heading(keeper)).to_have_text(f"Week three {course.suffix}")
    page = course.turns.of("noor")
    page.goto(course.space_path)
    page.get_by_role("link", name="Join codes").click()
    press(page, "Make a code")
    return page.locator("main code").inner_text()


def join(course: Course, who: str, code: str) -> None:
    page = course.turns.of(who)
    page.goto("/join")
    page.get_by_label("Join code").fill(code.lower())
    press(page.locator("main"), "Join")
    expect(heading(page)).to_have_text(f"Week three {course.suffix}")


def open_prompt(course: Course) -> str:
    page = course.turns.of("noor")
    page.goto(course.space_path)
    page.get_by_role("link", name="Start a thread").first.click()
    page.get_by_label("Prompt").check()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Your text").fill(BACKGROUND)
    page.get_by_label("The question").fill(QUESTION)
    for tag in ("Housing", "Employment", "Support groups"):
        choose_tag(page, tag)
    press(page, "Preview")
    expect(page.get_by_role("region", name="Preview")).to_contain_text("a nurse on Tuesdays")
    expect(page.get_by_label("Housing", exact=True)).to_be_checked()
    press(page, "Start the thread")
    expect(heading(page)).to_have_text(TITLE)
    prompt = page.get_by_role("region", name="The prompt")
    expect(prompt.locator("em")).to_have_text("November")
    expect(prompt.locator(".ask")).to_have_text(QUESTION)
    expect(page.locator(".titles")).to_contain_text("Support groups")
    return "/" + page.url.split("/", 3)[3]


def discuss(course: Course, path: str) -> None:
    """Eight comments, one by each: of these two are replies, one below the other."""
    comment(course, "tadeo", BUS, path)
    comment(course, "ilse", GROUP, path)
    comment(course, "makena", "A winter coat shop in the hall, run by those who came first.", path)
    called = [course.username(who) for who in ("tadeo", "ilse", "makena")]
    calling = (
        f"I agree with @{called[0]}, @{called[1]} and @{called[2]}: each of these costs little."
    )
    comment(course, "samir", calling, path)
    mentions = course.comment("samir", 4).locator(".prose a.mention")
    expect(mentions).to_have_text([f"@{name}" for name in called])
    comment(course, "birgit", "Do you mean a group for women only, or for everybody?", path)
    more(course, "birgit", 5, "Mark as a question")
    expect(course.comment("birgit", 5)).to_contain_text("Open question")
    reply(course, "noor", 5, "For everybody at first. A second one can split off later.", path)
    reply(course, "yara", 6, "Then let the group itself decide when that is.", path)
    quote(course, "colm", 2, "And let it begin in **October**, before anybody moves.", path)


def comment(course: Course, who: str, text: str, path: str) -> None:
    page = show(course, who, path)
    page.get_by_role("textbox", name="Write a comment").fill(text)
    press(page, "Post comment")
    expect(page.get_by_text(text[:20])).to_be_visible()


def reply(course: Course, who: str, number: int, text: str, path: str) -> None:
    page = show(course, who, path)
    course.acts(who, number).get_by_role("link", name="Reply").click()
    expect(heading(page)).to_have_text(f"Reply to #{number}")
    page.get_by_role("textbox", name="Your comment").fill(text)
    press(page, "Post comment")
    expect(course.comment(who, number).get_by_text(text)).to_be_visible()


def quote(course: Course, who: str, number: int, text: str, path: str) -> None:
    page = show(course, who, path)
    course.acts(who, number).get_by_role("link", name="Quote").click()
    area = page.get_by_role("textbox", name="Your comment")
    area.fill(f"{area.input_value().rstrip()}\n\n{text}")
    press(page, "Post comment")
    quoted = page.locator("blockquote.quote", has_text=GROUP)
    origin = quoted.get_by_role("link", name=f"#{number}")
    expect(origin).to_have_attribute("href", re.compile(rf"/t/\d+/c/{number}$"))


def edit_at_once(course: Course, path: str) -> None:
    """Within ten minutes nothing tells that the words were others."""
    page = show(course, "ilse", path)
    more(course, "ilse", 2, "Edit")
    page.get_by_role("textbox", name="Your comment").fill(GROUP + " Tea is enough to begin with.")
    press(page, "Save")
    expect(course.comment("ilse", 2)).to_contain_text("Tea is enough")
    expect(course.comment("ilse", 2).get_by_role("link", name="edited")).to_have_count(0)


def edit_late(course: Course, path: str) -> None:
    with course.server.at_hand(), transaction():
        post = db.session.scalars(
            sa.select(Post).where(Post.thread_id == course.thread.id, Post.number == 3)
        ).one()
        post.created_at -= timedelta(minutes=11)
    page = show(course, "makena", path)
    more(course, "makena", 3, "Edit")
    page.get_by_role("textbox", name="Your comment").fill(
        "A winter coat shop in the church hall, run by those who came first."
    )
    press(page, "Save")
    reader = show(course, "colm", path)
    course.comment("colm", 3).get_by_role("link", name="edited").click()
    expect(heading(reader)).to_have_text("History of #3")
    expect(reader.locator(".diff ins")).to_contain_text("church")


def agree(course: Course, path: str) -> None:
    for who, number in (("samir", 1), ("yara", 1), ("colm", 1), ("noor", 2), ("tadeo", 2)):
        show(course, who, path)
        press(course.acts(who, number), re.compile("^Agree"))
        expect(course.acts(who, number).get_by_role("button", pressed=True)).to_be_visible()
    press(course.acts("tadeo", 2), re.compile("agree$"))
    expect(course.acts("tadeo", 2).get_by_role("button", name="Agree (1)")).to_be_visible()
    page = show(course, "birgit", path)
    names = course.acts("birgit", 1).locator(".by")
    for who in ("samir", "yara", "colm"):
        expect(names).to_contain_text(NAMES[who])
    names.click()
    expect(heading(page)).to_have_text("Who agrees with #1")
    expect(page.get_by_role("heading", name="3 agree")).to_be_visible()
    page.goto(f"{path}?order=agreed")
    expect(page.locator(".knot").first).to_have_attribute("id", "c1")


def answer(course: Course, path: str) -> None:
    """Who asked says which reply is the answer."""
    page = show(course, "birgit", path)
    more(course, "birgit", 5, "Mark the answer")
    press(page, f"#6 by {NAMES['noor']}")
    expect(course.comment("birgit", 5)).to_contain_text("Question, answered in #6")
    expect(course.comment("birgit", 6)).to_contain_text("answers #5")


def read_at_the_end(course: Course, path: str) -> None:
    page = show(course, "yara", path)
    expect(page.get_by_role("heading", name="8 comments")).to_be_visible()
    expect(page.locator(".knot")).to_have_count(8)
    expect(page.locator("#c5 #c6 #c7")).to_have_count(1)
    rail = page.locator("aside")
    expect(rail).to_contain_text(f"3 agree with {NAMES['tadeo']} in #1")
    expect(rail).not_to_contain_text("open question")
    page.goto(course.space_path)
    row = page.get_by_role("listitem").filter(has_text=TITLE)
    expect(row).to_contain_text("8 comments")
    expect(row).to_contain_text(NAMES["colm"])


def be_a_stranger(page: Page, course: Course, path: str) -> None:
    """Nobody else learns that there is such a space."""
    for address in (path, f"{path}?order=time", course.space_path, path.split("-", 1)[0] + "/c/1"):
        answered = page.goto(address)
        assert answered is not None
        assert answered.status == 404
        expect(page.locator("body")).not_to_contain_text("winter")
    for address in ("/", "/spaces", "/tags/housing"):
        page.goto(address)
        expect(page.locator("body")).not_to_contain_text(TITLE)
        expect(page.locator("body")).not_to_contain_text(f"Week three {course.suffix}")


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def press(where: Page | Locator, name: str | re.Pattern[str]) -> None:
    where.get_by_role("button", name=name, exact=isinstance(name, str)).click()


def show(course: Course, who: str, path: str) -> Page:
    page = course.turns.of(who)
    page.goto(path)
    return page


def more(course: Course, who: str, number: int, act: str) -> None:
    """Choose something rare that can be done with a comment."""
    menu = course.acts(who, number).locator("details.more")
    menu.locator("summary").click()
    menu.get_by_text(act, exact=True).click()

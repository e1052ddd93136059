"""Writing with the composer: marks, preview, drafts, paste, tags; and the same without scripts."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from forum.core.db import db
from forum.drafts.models import Draft
from forum.posts.models import Post
from tests import factories
from tests.support.chromium import Chromium
from tests.support.server import Server
from tests.support.waiting import wait_until

pytestmark = pytest.mark.browser

TEXT = "A washing machine in the house."


def begin(people: Chromium, server: Server, path: str = "", *, scripts: bool = True) -> Page:
    """A member's browser at a composer: of a thread of their own making, or at `path`."""
    with server.at_hand():
        if not path:
            thread = factories.thread(title="What makes a room a home?")
            path = f"/t/{thread.id}-{thread.slug}"
        page = people.open(server, factories.user(), scripts=scripts)
    page.goto(path)
    return page


def text_of(page: Page) -> Locator:
    return page.locator("textarea[name=source]")


def drafts_of(thread_id: int) -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Draft.source).where(Draft.thread_id == thread_id)))


def saved(page: Page) -> Locator:
    return page.get_by_text("Draft saved")


def test_marks_by_button_and_by_key_can_be_undone(demo_server: Server, people: Chromium) -> None:
    page = begin(people, demo_server)
    area = text_of(page)
    area.press_sequentially("Housing first")
    area.press("Shift+Control+ArrowLeft")
    area.press("Control+b")
    expect(area).to_have_value("Housing **first**")
    area.press("Control+b")
    expect(area).to_have_value("Housing first")
    page.get_by_role("button", name="Italic").click()
    expect(area).to_have_value("Housing *first*")
    for _ in range(3):
        area.press("Control+z")
    expect(area).to_have_value("Housing first")
    area.press("Control+Shift+Digit9")
    expect(area).to_have_value("> Housing first")
    area.press("Control+Shift+Digit9")
    area.press("Control+Shift+Digit8")
    expect(area).to_have_value("- Housing first")
    area.press("End")
    area.press("Control+k")
    page.keyboard.type("https://example.org")
    expect(area).to_have_value("- Housing first[words](https://example.org)")


def test_the_toolbar_is_one_stop_for_tab(demo_server: Server, people: Chromium) -> None:
    page = begin(people, demo_server)
    bar = page.get_by_role("toolbar", name="Formatting")
    bar.get_by_role("button", name="Bold").focus()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Italic")).to_be_focused()
    page.keyboard.press("End")
    expect(bar.get_by_role("button", name="Live preview")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(bar.get_by_role("button", name="Bold")).to_be_focused()
    page.keyboard.press("Tab")
    expect(text_of(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(text_of(page)).not_to_be_focused()


def test_the_preview_follows_the_text_and_can_be_put_away(
    demo_server: Server, people: Chromium
) -> None:
    page = begin(people, demo_server)
    shown = page.get_by_role("region", name="How it will look")
    text_of(page).fill("**Housing** first")
    expect(shown.locator("strong")).to_have_text("Housing")
    beside = shown.bounding_box()
    area = text_of(page).bounding_box()
    assert beside is not None
    assert area is not None
    assert beside["x"] >= area["x"] + area["width"]
    page.set_viewport_size({"width": 360, "height": 800})
    below = shown.bounding_box()
    area = text_of(page).bounding_box()
    assert below is not None
    assert area is not None
    assert below["y"] >= area["y"] + area["height"]
    page.get_by_role("button", name="Live preview").click()
    expect(shown).to_be_hidden()


def test_what_is_left_is_said_near_the_limit(demo_server: Server, people: Chromium) -> None:
    page = begin(people, demo_server)
    counter = page.locator(".counter")
    text_of(page).fill("a" * 17_000)
    expect(page.get_by_role("region", name="How it will look")).to_be_visible()
    expect(counter).to_be_empty()
    text_of(page).fill("a" * 19_000)
    expect(counter).to_have_text("You can write 1,000 more characters.")
    text_of(page).fill("🏠" * 20_010)
    expect(counter).to_have_text("This is 10 characters too long.")


RICH = """<meta charset="utf-8"><b style="font-weight:normal"><h2>Title</h2>
<p>Some <b>bold</b> and <span style="font-style:italic">leaning</span> words,
<a href="https://example.org/a_(b)">a link</a> and <a href="javascript:alert(1)">none</a>.</p>
<ul><li>one<ul><li>inner</li></ul></li><li>two_three * four</li></ul>
<ol start="3"><li><p>third</p></li></ol>
<blockquote><p>said<br>so</p><p>twice</p></blockquote>
<style>p { color: red }</style><pre><code>x = `1`
y</code></pre><p># no heading</p></b><script>alert(1)</script>"""
MADE = """## Title

Some **bold** and *leaning* words, [a link](https://example.org/a_%28b%29) and none.

- one
  - inner
- two_three \\* four

3. third

> said\\
> so
>
> twice

```
x = `1`
y
```

\\# no heading"""


def paste(page: Page, html: str, plain: str) -> None:
    """Paste into the text, as the browser does with what another program left."""
    text_of(page).evaluate(
        """(area, [html, plain]) => {
            const data = new DataTransfer();
            data.setData("text/html", html);
            data.setData("text/plain", plain);
            const values = { clipboardData: data, bubbles: true, cancelable: true };
            const pasted = new ClipboardEvent("paste", values);
            if (area.dispatchEvent(pasted)) document.execCommand("insertText", false, plain);
        }""",
        [html, plain],
    )


def test_rich_text_becomes_markdown_and_can_be_undone(
    demo_server: Server, people: Chromium
) -> None:
    page = begin(people, demo_server)
    area = text_of(page)
    area.press_sequentially("Before: ")
    expect(page.locator("html[data-pastes]")).to_be_attached()
    paste(page, RICH, "Title and so on")
    expect(area).to_have_value(f"Before: {MADE}")
    area.press("Control+z")
    expect(area).to_have_value("Before: ")
    paste(page, "<p>Only 2 * 3 plain</p>", "Only 2 * 3 plain")
    expect(area).to_have_value("Before: Only 2 * 3 plain")


def test_the_note_is_opened_by_the_toolbar_and_folds_the_text_for_readers(
    demo_server: Server, people: Chromium
) -> None:
    page = begin(people, demo_server)
    text_of(page).fill(TEXT)
    text_of(page).press("Control+Shift+Digit7")
    field = page.get_by_role("textbox", name="Content note")
    expect(field).to_be_focused()
    page.keyboard.type("about washing")
    page.get_by_role("button", name="Post comment").click()
    posted = page.locator("#c1 > .noted")
    expect(posted.get_by_text(TEXT)).to_be_hidden()
    posted.get_by_text("Content note: about washing").click()
    expect(posted.get_by_text(TEXT)).to_be_visible()


# Drafts


def test_a_text_is_there_again_after_a_crash_and_goes_when_it_is_posted(
    server: Server, people: Chromium
) -> None:
    page = begin(people, server)
    path = page.url
    text_of(page).press_sequentially(TEXT)
    expect(saved(page)).to_be_visible()
    again = page.context.new_page()
    page.close()
    again.goto(path)
    expect(text_of(again)).to_have_value(TEXT)
    expect(again.get_by_text("This is your draft")).to_be_visible()
    again.get_by_role("button", name="Post comment").click()
    expect(again.locator("#c1")).to_contain_text(TEXT)
    again.goto("/drafts")
    expect(again.get_by_role("heading", name="No drafts")).to_be_visible()


def test_leaving_a_page_at_once_takes_the_last_words_along(
    demo_server: Server, people: Chromium
) -> None:
    page = begin(people, demo_server)
    path = page.url
    text_of(page).press_sequentially(TEXT)
    page.goto("/tags")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    # The browser sends them when it is already elsewhere, and no page hears when they have come.
    with demo_server.at_hand():
        thread_id = int(re.search(r"/t/(\d+)", path)[1])
        wait_until(lambda: TEXT in drafts_of(thread_id))
    page.goto(path)
    expect(text_of(page)).to_have_value(TEXT)


def test_what_could_not_be_saved_is_saved_when_the_line_is_back(
    demo_server: Server, people: Chromium
) -> None:
    page = begin(people, demo_server)
    context = page.context
    context.set_offline(True)
    text_of(page).press_sequentially(TEXT)
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Not saved yet")).to_be_visible()
    context.set_offline(False)
    expect(saved(page)).to_be_visible()
    kept = page.evaluate("[localStorage.length, JSON.stringify({...sessionStorage})]")
    assert kept[0] == 0
    assert "washing" not in kept[1]
    people.problems.clear()  # the browser tells of the line that was cut


@pytest.mark.parametrize("choice", ["Go on with that one", "Go on with what is here"])
def test_two_windows_do_not_overwrite_each_other(
    server: Server, people: Chromium, choice: str
) -> None:
    first = begin(people, server)
    second = first.context.new_page()
    second.goto(first.url)
    text_of(first).fill("From the first window.")
    first.get_by_role("button", name="Save draft").click()
    expect(saved(first)).to_be_visible()
    text_of(second).fill("From the second.")
    second.get_by_role("button", name="Save draft").click()
    expect(second.get_by_text("Another window saved a newer text")).to_be_visible()
    expect(text_of(second)).to_have_value("From the second.")
    second.get_by_role("button", name=choice).click()
    if choice == "Go on with that one":
        expect(text_of(second)).to_have_value("From the first window.")
        text_of(second).press("Control+z")
        expect(text_of(second)).to_have_value("From the second.")
    else:
        expect(saved(second)).to_be_visible()
        with server.at_hand():
            found = db.session.scalars(sa.select(Draft.source).order_by(Draft.id.desc())).first()
        assert found == "From the second."
    people.problems.clear()  # the browser tells of the answer 409


def test_a_thread_is_begun_found_again_and_started(demo_server: Server, people: Chromium) -> None:
    page = begin(people, demo_server, "/threads/new")
    page.get_by_label("Title").fill("Where do night buses stop?")
    text_of(page).fill(TEXT)
    box = page.get_by_role("combobox", name="Add a tag by its name")
    box.press_sequentially("employ")
    expect(page.locator("#tags-add-list [role=option]").first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    chosen = page.locator("#tags-add-list [aria-selected=true]")
    expect(box).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "")
    name = chosen.inner_text()
    box.press("Enter")
    chip = page.get_by_role("button", name=f"Remove {name}")
    expect(chip).to_be_visible()
    box.press("Enter")  # sends nothing
    box.press_sequentially("nothing is called so")
    box.press("Enter")
    expect(page).to_have_url(re.compile("/threads/new$"))
    box.fill("")
    page.get_by_role("button", name="Save draft").click()
    expect(saved(page)).to_be_visible()
    page.goto("/threads/new")
    page.get_by_role("link", name="Where do night buses stop?").click()
    expect(text_of(page)).to_have_value(TEXT)
    expect(chip).to_be_visible()
    page.get_by_role("button", name="Start the thread").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where do night buses stop?")
    page.goto("/drafts")
    expect(page.get_by_role("heading", name="No drafts")).to_be_visible()


def test_threads_about_the_same_show_while_a_title_is_typed(
    demo_server: Server, people: Chromium
) -> None:
    with demo_server.at_hand():
        factories.thread(title="Lanterns beside the harbour")
    page = begin(people, demo_server, "/threads/new")
    shown = page.get_by_role("region", name="Are these about the same?")
    title = page.get_by_label("Title")
    title.press_sequentially("Who lights the lanterns?")
    expect(shown.get_by_role("link")).to_have_text("Lanterns beside the harbour")
    expect(page.get_by_text("1 thread may be about the same.")).to_be_attached()
    expect(title).to_be_focused()
    title.fill("Zeppelins")
    expect(shown).to_be_hidden()
    title.fill("Lanterns")
    shown.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Lanterns beside the harbour")


def test_a_tag_is_taken_away_again_and_the_whole_list_is_at_hand(
    demo_server: Server, people: Chromium
) -> None:
    page = begin(people, demo_server, "/threads/new")
    expect(page.get_by_role("checkbox", name="Housing", exact=True)).to_be_hidden()
    page.get_by_role("button", name="Show all tags").click()
    page.get_by_role("checkbox", name="Housing", exact=True).check()
    page.get_by_role("button", name="Remove Housing").click()
    expect(page.get_by_role("checkbox", name="Housing", exact=True)).not_to_be_checked()
    box = page.get_by_role("combobox", name="Add a tag by its name")
    expect(box).to_be_focused()
    box.press("ArrowDown")
    expect(page.locator("#tags-add-list")).to_be_visible()
    box.press("Escape")
    expect(page.locator("#tags-add-list")).to_be_hidden()
    box.press("Tab")
    expect(box).not_to_be_focused()


def test_everything_has_a_way_without_scripts(server: Server, people: Chromium) -> None:
    words = "Nobody posts this one."
    page = begin(people, server, scripts=False)
    path = page.url
    expect(page.get_by_role("toolbar")).to_have_count(0)
    text_of(page).fill("**Housing** first")
    page.get_by_text("Content note", exact=True).first.click()
    page.get_by_role("textbox", name="Content note").fill("about leaving")
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_text("Your draft is saved")).to_be_visible()
    expect(text_of(page)).to_have_value("**Housing** first")
    page.goto(path)
    expect(page.get_by_role("textbox", name="Content note")).to_have_value("about leaving")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview strong")).to_have_text("Housing")
    page.get_by_role("button", name="Post comment").click()
    expect(page.locator("#c1 > .noted")).to_contain_text("about leaving")
    page.goto("/drafts")
    expect(page.get_by_role("heading", name="No drafts")).to_be_visible()
    page.goto("/threads/new")
    page.get_by_label("Title").fill("Where do night buses stop?")
    text_of(page).fill(words)
    page.get_by_role("checkbox", name="Housing", exact=True).check()
    page.get_by_role("button", name="Save draft").click()
    expect(page.get_by_role("checkbox", name="Housing", exact=True)).to_be_checked()
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.get_by_text("The draft is gone.")).to_be_visible()
    with server.at_hand():
        assert db.session.scalars(sa.select(Draft).where(Draft.source == words)).all() == []
        assert db.session.scalars(sa.select(Post).where(Post.source == words)).first() is None

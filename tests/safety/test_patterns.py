"""What phrases and patterns find, which are taken, and that the worst of them is linear."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.errors import Invalid
from forum.safety.patterns import LENGTH, LONGEST_MATCH, MOST_WAYS, Text, matcher

SHORT, LONG = 20_000, 40_000  # characters
FLOOR = 0.02  # seconds: below this the clock says nothing about the ratio


def _has(phrase, text, *, is_pattern=False):
    return matcher(phrase, is_pattern=is_pattern).is_in(Text(text))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("safe house", "Come to the SAFE  house, now."),
        ("casa segura", "Hay una Casa Ségura aquí"),
        ("cafe", "Meet at the café."),
        ("Café", "Meet at the cafe."),
        ("safe-house", "a safe house"),
        ("call me", "call **me**"),
        ("traffick*", "They were trafficked."),
        ("traffick*", "traffick"),
        ("call* me", "calling me"),
        ("o'brien", "O\u2019Brien was there"),
        ("house", "house"),
    ],
)
def test_a_phrase_is_found_whatever_its_capitals_accents_and_signs(phrase, text):
    assert _has(phrase, text)


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("house", "houses"),
        ("house", "warehouse"),
        ("safe house", "house safe"),
        ("safe house", "safe, warm house"),
        ("traffick*", "traffic"),
        ("a.c", "abc"),
        ("house", ""),
    ],
)
def test_a_phrase_is_whole_words_in_a_row(phrase, text):
    assert not _has(phrase, text)


@pytest.mark.parametrize("phrase", ["*", "**", "…", "h*use", "*house", "ab*", "safe * house"])
def test_a_phrase_that_would_fit_nearly_everything_is_refused(phrase):
    with pytest.raises(Invalid) as refused:
        matcher(phrase, is_pattern=False)
    assert refused.value.field == "phrase"


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\d{3}[ -]?\d{4}", "ring 555 1234"),
        (r"\d{3}[ -]?\d{4}", "ring 5551234"),
        (r"wh?atsapp", "WATSAPP me"),
        (r"t\.me|signal\.me", "see Signal.me/x"),
        (r"[^a-z]ssn[^a-z]", "my SSN: "),
        (r"\bsnap\b", "add my snap"),
        (r"a.c", "abc"),
        (r"[\d\-.]{7}", "12-34.5"),
        (r"\(call\)", "(call)"),
    ],
)
def test_a_pattern_is_found_in_the_text_as_it_was_written(pattern, text):
    assert _has(pattern, text, is_pattern=True)


@pytest.mark.parametrize(
    "pattern",
    [
        "a*", "a+", "(a)", "(a|b)", "(?:a)", "(?=a)", r"(a)\1", r"a\1", "a{2,}", "a{,3}", "a{3,2}",
        "a{0}", "a??", "a{2}{3}", "a{2}?", "a?+", "^a", "a$", "a|", "|a", "", "a?", "b{0,3}",
        r"\b", "[", "[]", "[a", "a]", "[[a]", "[a&&b]", "[z-a]", "a\\", r"\p", r"\x41", r"\Z",
        "{2}", "?a", r"\b?a", r"[\b]",
        "a{41}", "a{20}b{21}", "a?b?c?d?e", "a{1,13}", "a{0,3}b{0,3}",
    ],
)  # fmt: skip
def test_a_pattern_that_could_run_away_is_refused_before_it_is_saved(pattern):
    with pytest.raises(Invalid) as refused:
        matcher(pattern, is_pattern=True)
    assert refused.value.field == "phrase"


@given(st.text("ab.?{}[]|(),*+\\d012-^$ ", max_size=LENGTH))
def test_whatever_is_accepted_matches_no_more_than_it_may(pattern):
    try:
        found = matcher(pattern, is_pattern=True).expression.search("ab" * 200)
    except Invalid:
        return
    assert found is None or 0 < found.end() - found.start() <= LONGEST_MATCH


# The most ways and the longest match that are taken, before a character that is never there.
WORST = (
    f"a{{0,{MOST_WAYS - 1}}}a{{{LONGEST_MATCH - MOST_WAYS}}}b",
    f"[ab]{{0,{MOST_WAYS - 1}}}[ab]{{{LONGEST_MATCH - MOST_WAYS}}}c",
    f".{{0,{MOST_WAYS - 1}}}.{{{LONGEST_MATCH - MOST_WAYS}}}b",
    r"\w?\w?\w{0,2}\w{35}z",
    "a?a?a{0,2}a{35}b",
    "|".join(["a{10}b"] * MOST_WAYS),
)


@pytest.mark.parametrize("pattern", WORST)
def test_the_worst_pattern_that_is_taken_takes_twice_as_long_for_twice_the_text(pattern):
    expression = matcher(pattern, is_pattern=True)

    def cost(length):
        text = Text("a" * length)
        started = time.process_time()
        assert not expression.is_in(text)
        return time.process_time() - started

    def growth():
        short, long = (min(cost(length) for _ in range(3)) for length in (SHORT, LONG))
        return long / short if long > FLOOR else 0

    assert any(growth() < 3 for _ in range(3))
    assert cost(SHORT) < 1


@pytest.mark.parametrize("phrase", ["aaa* b", "aaa*", "aaa* aaa* b"])
def test_a_phrase_with_stars_takes_twice_as_long_for_twice_the_text(phrase):
    expression = matcher(phrase, is_pattern=False)

    def cost(length):
        text = Text("aaaa " * length)
        text.words  # noqa: B018 - prepared once, whatever is looked for
        started = time.process_time()
        expression.is_in(text)
        return time.process_time() - started

    def growth():
        short, long = (min(cost(length) for _ in range(3)) for length in (SHORT, LONG))
        return long / short if long > FLOOR else 0

    assert any(growth() < 3 for _ in range(3))


def test_one_more_way_or_character_is_too_much():
    for pattern in (f"a{{1,{MOST_WAYS + 1}}}", f"a{{{LONGEST_MATCH}}}b"):
        with pytest.raises(Invalid):
            matcher(pattern, is_pattern=True)

"""What counts as a link or a telephone number, and what does not."""

import pytest

from forum.safety.signs import has_link, has_phone


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.org/a",
        "[here](http://example.org)",
        "look at www.example.org",
        "write to ann@example.org",
        "find me at t.me/somebody",
        "EXAMPLE.COM has it",
    ],
)
def test_what_leads_away_is_a_link(text):
    assert has_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "I agree.And so does she.",
        "e.g. a room, i.e. a bed",
        "@willow said so in #7",
        "at 7.30 in the evening",
        "",
        "the commune.Come in",
    ],
)
def test_ordinary_words_are_no_link(text):
    assert not has_link(text)


@pytest.mark.parametrize(
    "text",
    [
        "ring 555-123-4567",
        "+34 612 345 678",
        "(555) 123 4567 any time",
        "my number is 5551234567.",
        "0049/30/1234567",
        "call:6123456",
    ],
)
def test_what_can_be_rung_is_a_number(text):
    assert has_phone(text)


@pytest.mark.parametrize(
    "text",
    [
        "on 2011-03-24",
        "on 24/03/2011",
        "from 2010-2015",
        "in 2010 \u2013 2015",
        "1.250.000 people",
        "12 000 000 people",
        "rooms 1, 2, 3, 4, 5, 6, 7",
        "it costs 450",
        "call 911",
        "12345678901234567890",
        "abc1234567",
        "",
    ],
)
def test_other_figures_are_no_number(text):
    assert not has_phone(text)

# ruff: noqa: RUF001 - letters that look alike are what this is about

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.accounts import names
from forum.core.errors import Invalid


@pytest.mark.parametrize(
    "name",
    [
        "amina",
        "Zoë",
        "Ольга",
        "山田たろう",
        "김철수",
        "عمر",
        "हिन्दी",
        "a.b-c_d",
        "jo",
        "r2",
        "x" * 30,
    ],
)
def test_names_of_any_script_are_allowed(name):
    assert names.check_username(name) == unicodedata.normalize("NFKC", name)


@pytest.mark.parametrize(
    "name",
    [
        "a",
        "x" * 31,
        "",
        "  ",
        "two words",
        "-amina",
        "amina.",
        "@amina",
        "a/b",
        "a:b",
        "\U0001f600ab",
        "a\u0301\u0301\u0301\u0301b",
    ],
    ids=[
        "short",
        "long",
        "empty",
        "spaces",
        "space",
        "dash",
        "dot",
        "at",
        "slash",
        "colon",
        "emoji",
        "marks",
    ],
)
def test_what_is_no_name_is_refused_in_a_sentence(name):
    with pytest.raises(Invalid) as refused:
        names.check_username(name)
    assert refused.value.field == "username"
    assert refused.value.message.endswith(".")


@pytest.mark.parametrize(
    "name",
    ["a\u200bb", "a\u202eb", "a\u2066b", "a\ufeffb", "a\x00b", "a\nb", "a\u00adb"],
    ids=["zero width", "override", "isolate", "byte order mark", "nul", "newline", "soft hyphen"],
)
def test_invisible_characters_are_refused_in_user_names(name):
    with pytest.raises(Invalid, match="invisible"):
        names.check_username(name)


@pytest.mark.parametrize("name", ["aminа", "pаypal", "Οlga", "bоb"])
def test_a_name_keeps_to_one_alphabet(name):
    with pytest.raises(Invalid, match="alphabet"):
        names.check_username(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypaI", "paypal"),
        ("paypa1", "paypal"),
        ("PAYPAI", "paypal"),
        ("bob0", "bobo"),
        ("rnary", "mary"),
        ("vvalter", "walter"),
        ("ﬁx", "fix"),
        ("осе", "oce"),
        ("ΑΒΕ", "ABE"),
    ],
)
def test_names_that_look_alike_have_one_skeleton(one, other):
    assert names.skeleton(one) == names.skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("ian", "lan"), ("mary.ann", "mary_ann"), ("müller", "muller"), ("amina", "amira")],
)
def test_names_that_differ_to_the_eye_have_different_skeletons(one, other):
    assert names.skeleton(one) != names.skeleton(other)


@pytest.mark.parametrize(
    "name",
    [
        "admin",
        "ADMIN",
        "adm1n",
        "ad.min",
        "Administrator",
        "rnoderator",
        "m0d",
        "support",
        "former-member",
        "all",
        "here",
        "settings",
    ],
)
def test_names_of_the_site_itself_are_kept(name):
    with pytest.raises(Invalid, match="kept for the site"):
        names.check_username(name)


@pytest.mark.parametrize("name", ["Моderator", "Admin", "former  member", "S.taff"])
def test_titles_of_the_site_are_kept_as_display_names_too(name):
    with pytest.raises(Invalid, match="kept for the site"):
        names.check_display_name(name)


@pytest.mark.parametrize("name", ["x\u202ey", "x\u200by", "", "  ", "x" * 61, "---"])
def test_display_names_that_cannot_be_shown_are_refused(name):
    with pytest.raises(Invalid) as refused:
        names.check_display_name(name)
    assert refused.value.field == "display_name"


def test_a_display_name_is_one_line_without_spare_spaces():
    assert names.check_display_name("  Amina \n K. ") == "Amina K."


@given(st.text(max_size=40))
def test_any_text_is_a_name_or_refused_and_a_name_stays_one(text):
    try:
        name = names.check_username(text)
    except Invalid:
        return
    assert names.check_username(name) == name
    assert len(names.key(name)) <= 120
    assert len(names.skeleton(name)) <= 240
    assert "\x00" not in names.skeleton(name)

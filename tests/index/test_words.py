"""From text to words: folded, stemmed, and the same whatever database looks them up."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.index.rows import comment, for_postgresql, for_sqlite, thread
from forum.index.words import LONGEST, analyse, folded, places, term


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Caf\u00e9 na\u00efve", ("cafe", "naive")),
        ("STRA\u00dfE", ("strasse",)),
        ("the survivor's o\u2019neil don't", ("the", "survivor", "oneil", "dont")),
        ("a_b e-mail x/y 3.5", ("a", "b", "e", "mail", "x", "y", "3", "5")),
        ("\u00bfD\u00f3nde est\u00e1n?", ("donde", "estan")),
        ("a\u00f1o ma\u00f1ana", ("ano", "manana")),
        ("\u043f\u0440\u0438\u0432\u0435\u0442", ("\u043f\u0440\u0438\u0432\u0435\u0442",)),
        ("\U0001f600 ... \u2014 '' ", ()),
    ],
    ids=["accents", "sharp s", "apostrophes", "signs", "Spanish", "n", "Russian", "none"],
)
def test_words_are_folded(text, words):
    assert folded(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("housing", "houses"),
        ("families", "family"),
        ("agreed", "agree"),
        ("refugios", "refugio"),
        ("canciones", "canci\u00f3n"),
        ("comunicaciones", "comunicacion"),
        ("viviendas", "VIVIENDA"),
    ],
)
def test_forms_of_a_word_look_for_the_same(one, other):
    ways = [set(found.alternatives) for word in (one, other) if (found := term(word))]

    assert ways[0] & ways[1]


def test_a_text_is_stemmed_in_the_language_of_its_little_words():
    (english,) = analyse("The communications of the centre are in the house")
    (spanish,) = analyse("Las comunicaciones del centro son de la casa")

    assert english.stems == ("communic", "centr", "hous")
    assert spanish.stems == ("comun", "centr", "son", "cas")
    assert "comunicaciones" in spanish.forms


def test_the_most_frequent_words_lead_nowhere():
    assert term("what is the") is None
    assert term("") is None
    assert term("son") is not None  # a child, and in Spanish a frequent word


def test_both_databases_are_given_the_same_words():
    row = thread(7, "Housing for families", "A house, a house.")

    assert for_sqlite(row) == {
        "id": 7,
        "title": "hous famili \u00b7families \u00b7housing",
        "words": "hous hous \u00b7house",
    }
    assert for_postgresql(row) == {
        "id": 7,
        "title": "'hous':1 'famili':2 '\u00b7families' '\u00b7housing'",
        "words": "'hous':1,13,14 'famili':2 '\u00b7families' '\u00b7house' '\u00b7housing'",
    }


@given(st.text(max_size=200))
def test_whatever_is_typed_gives_plain_words(text):
    for place in places(text):
        assert text[place.start() : place.end()] == place[0]
    for word in folded(text):
        assert word.isalnum()
        assert len(word) <= LONGEST
    line = for_sqlite(comment(1, text))["words"]
    assert all(one.strip("\u00b7").isalnum() for one in line.split(" ") if one)
    assert not set(for_postgresql(comment(1, text))["words"]) & set('"\\&|!()<>*')

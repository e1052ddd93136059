"""What only some may see: addresses, secrets, and words that were taken back or out."""

import pytest

from tests.security.scene import EMAIL, GONE, dump


@pytest.mark.parametrize("number", [1, 2, 3], ids=["published", "removed", "taken-back"])
@pytest.mark.parametrize("data", [{}, {"do": "preview", "revision": "1"}], ids=["none", "preview"])
def test_a_form_that_others_send_is_not_answered_with_the_authors_words(scene, number, data):
    answer = scene.person("new").post(f"/t/{scene.thread.id}/c/{number}/edit", data)
    assert answer.status_code in {403, 422}
    for words in (*GONE.values(), "comment-of-juniper"):
        assert words not in answer.text


def test_the_opening_of_a_thread_taken_back_is_in_no_answer_to_a_form(scene):
    answer = scene.person("new").post(f"/t/{scene.deleted.id}/edit", {"do": "preview"})
    assert GONE["deleted"] not in answer.text
    assert GONE["deleted title"] not in answer.text


def test_words_taken_back_are_gone_from_the_whole_database(scene):
    rows = [str(row) for rows in dump().values() for row in rows]
    assert [row for row in rows if GONE["removed"] in row]
    assert not [row for row in rows if GONE["withdrawn"] in row]


def test_a_download_of_ones_data_holds_nothing_of_others(scene):
    answer = scene.person("new").post("/settings/data")
    assert answer.mimetype == "application/json"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert EMAIL not in answer.text
    for words in (*GONE.values(), "juniper"):
        assert words not in answer.text

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forum.core.errors import NotFound
from forum.core.paging import decode, encode


@given(st.tuples(st.integers(-(2**31) + 1, 2**31 - 1), st.text(alphabet="abc019é-", max_size=20)))
def test_a_cursor_gives_its_key_back(key):
    assert decode(encode(key), (int, str)) == key


@pytest.mark.parametrize(
    "cursor",
    ["", "x", "W10", "é", "A" * 1000, encode((1,)), encode(("a", 1)), encode((2**63, "a"))],
)
def test_a_cursor_that_was_not_made_here_is_no_page(cursor):
    with pytest.raises(NotFound):
        decode(cursor, (int, str))

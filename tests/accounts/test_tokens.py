import pytest

from forum.accounts import tokens


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, "unknown"),
        ("nonsense", "unknown"),
    ],
)
def test_an_address_counts_as_its_network(address, network):
    assert tokens.network(address) == network


def test_codes_are_read_with_or_without_hyphens_spaces_and_capitals():
    code = tokens.new_codes()[0]
    spoken = code.replace("-", " ").upper()
    assert tokens.code_digest(spoken) == tokens.code_digest(code)


def test_ten_codes_are_all_different():
    codes = tokens.new_codes()
    assert len(set(codes)) == len(codes) == 10


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("Mozilla/5.0 (iPhone; CPU OS 18_0 like Mac OS X) Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537 Edg/140.0", "Edge on Windows"),
        ("", "A browser"),
    ],
    ids=["firefox", "iphone", "edge", "nothing"],
)
def test_a_device_is_named_in_words(agent, words):
    assert tokens.device_name(agent) == words


def test_a_subject_tells_nothing_without_the_secret():
    assert tokens.subject("one secret", "amina") != tokens.subject("another", "amina")
    assert tokens.subject("s", "ab", "c") != tokens.subject("s", "a", "bc")

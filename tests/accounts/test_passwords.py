import pytest
from argon2 import PasswordHasher

from forum.accounts import passwords
from forum.core.errors import Invalid, TooMany
from tests.support.people import PASSWORD


def test_a_hash_verifies_its_own_password_only():
    stored = passwords.hash_password(PASSWORD)
    assert passwords.verify(stored, PASSWORD)
    assert not passwords.verify(stored, PASSWORD + "x")


def test_nothing_verifies_against_nothing():
    assert not passwords.verify(None, PASSWORD)
    assert not passwords.verify("no hash at all", PASSWORD)


def test_a_short_password_is_refused():
    with pytest.raises(Invalid, match="at least 8"):
        passwords.check("sh0rt!x", ())


def test_a_password_of_256_characters_is_taken_and_one_more_is_not():
    long = ("bramble-lantern-" * 16)[:256]
    passwords.check(long, ())
    with pytest.raises(Invalid, match="at most 256"):
        passwords.check(long + "x", ())


def test_a_refusal_says_what_to_do_and_names_its_field():
    with pytest.raises(Invalid) as refused:
        passwords.check("password123", (), field="new")
    assert refused.value.field == "new"
    assert "unrelated words" in refused.value.message


def test_more_hashes_than_slots_wait_and_are_then_turned_away(monkeypatch):
    monkeypatch.setattr(passwords, "SECONDS_TO_WAIT", 0.01)
    hashing = passwords.Hashing(at_once=1)
    monkeypatch.setattr(passwords, "HASHING", hashing)
    with hashing.slot(), pytest.raises(TooMany) as refused:
        passwords.verify(None, PASSWORD)
    assert refused.value.retry_after > 0


def test_a_hash_of_other_parameters_is_to_be_made_again():
    old = PasswordHasher(time_cost=3, memory_cost=64, parallelism=1).hash(PASSWORD)
    assert passwords.needs_rehash(old)
    assert not passwords.needs_rehash(passwords.hash_password(PASSWORD))

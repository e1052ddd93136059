"""Fixtures that every test of accounts may use."""

from tests.support.people import (  # noqa: F401 - fixtures
    cheap_hashes_fixture,
    mailing_fixture,
    member_fixture,
    real_hashes_fixture,
)

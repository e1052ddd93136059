"""Handlers for the jobs of these tests."""

import pytest


@pytest.fixture
def handlers(app, monkeypatch):
    """The kinds of jobs there are, for this test alone."""
    mapping = {}
    monkeypatch.setitem(app.extensions, "job_handlers", mapping)
    return mapping

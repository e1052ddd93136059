"""Owns briefs: chosen proposals as one document for those who can act on it."""

"""Audit owns the log of acts that nobody can edit; it knows ids and words, no domain."""

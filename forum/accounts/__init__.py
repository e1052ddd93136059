"""Accounts owns people: registration, sign-in, sessions, profiles, settings, leaving; no posts."""

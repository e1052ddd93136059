"""Writes of moderation: one function per verb, by what it is about."""

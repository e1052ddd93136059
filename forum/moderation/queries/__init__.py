"""Reads of moderation, by what they are about."""

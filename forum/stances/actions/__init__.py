"""Writes of the debate about proposals: one function per verb, by what it is about."""

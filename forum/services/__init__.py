"""Owns the directory: what exists, where, for whom, and when somebody last made sure of it."""

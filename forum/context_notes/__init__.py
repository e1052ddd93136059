"""Owns context notes: corrections with a source that badge holders hang under a post."""

"""Briefs as files: each module writes the same document in one format, always to the same bytes."""

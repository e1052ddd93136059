"""Owns the gap map and the pages of needs: counted from what other domains hold, nothing stored."""

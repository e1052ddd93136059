"""Drafts owns what members have begun to write and not posted: private, and kept for a while."""

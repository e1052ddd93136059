"""Notifications own the inbox: what a member is told here; they know ids and words, no domain."""

"""Owns what a thread comes to: what is agreed, on what conditions, what is asked, what exists."""

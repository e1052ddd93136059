"""Spaces owns where threads live: visibility, membership, joining; not the threads themselves."""

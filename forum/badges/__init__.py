"""Owns badges: verified affiliations from the request to their end, and what is shown of them.

Also what members say of themselves alone, which is only ever counted.
"""

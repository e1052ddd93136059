"""Owns verified affiliations: requests, badges, and what a member says of their own experience."""

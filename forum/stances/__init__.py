"""Owns what members think of a proposal: stances, conditions, adopted points, perspectives."""

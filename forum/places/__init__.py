"""Owns places: countries, their regions and towns; not what exists or is missing there."""

"""Owns the gap map: which needs are met where, counted from services and proposals."""

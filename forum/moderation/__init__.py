"""Moderation owns decisions on cases, what follows from them, their undoing, and appeals."""

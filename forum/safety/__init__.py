"""Safety owns the words and signs for which a text waits, is covered or is refused."""

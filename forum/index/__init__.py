"""The words by which threads, comments, tags and people are found; knows none of them itself."""

"""Threads owns titles, order, numbering, counters, tags of threads and reading; not the texts."""

"""Jobs owns work that is done later: the table written with its cause, and the worker."""

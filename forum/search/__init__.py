"""Finding things: what is asked, what a viewer may find, and searches that members keep."""

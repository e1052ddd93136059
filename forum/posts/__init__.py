"""Posts owns texts and their life: writing, revisions, agreement, quotes; not titles or order."""

"""Tags owns the vocabulary: needs, levels, synonyms, merges; not which thread carries which tag."""

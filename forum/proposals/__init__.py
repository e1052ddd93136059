"""Owns proposals: what is missing, its parts, states, authors, answers, and what exists already."""

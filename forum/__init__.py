"""Common Thread: a forum about the services that survivors of human trafficking are missing."""

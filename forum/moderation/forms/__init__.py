"""Forms of moderation, by what they are about."""

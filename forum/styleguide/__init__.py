"""The style page: every component in every state, for people who build pages and for tests."""

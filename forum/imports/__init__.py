"""Imports owns bringing discussions in from other systems, and handing over their authors."""

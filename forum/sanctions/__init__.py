"""Sanctions own what a member may not do for a while, where, until when and why."""

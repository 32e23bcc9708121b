"""Actors: organizations, their members, their participation in a space, the charter."""

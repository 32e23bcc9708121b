"""Tenants: the collectivité and its space."""

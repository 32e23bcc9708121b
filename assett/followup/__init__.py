"""The follow-up: what the team of a collectivité sees of its actors."""

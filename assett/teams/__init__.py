"""The collectivité's team: its members, who is invited to it, and the log of what it does."""

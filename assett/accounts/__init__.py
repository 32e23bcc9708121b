"""People: sign-in, passwords, roles in a space."""

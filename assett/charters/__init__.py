"""The charter of a space: its versions, and who signed which."""

"""The catalogues: French is the source text itself; English is translated by hand in `en/LC_MESSAGES/messages.po`."""

"""What a host runs from a terminal; each command is loaded only when it is called (see `assett.cli`)."""

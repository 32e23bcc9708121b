"""`python -m assett` is the command `assett`."""

from assett.cli import main

main()

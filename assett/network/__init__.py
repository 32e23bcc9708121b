"""The local network: directory of engaged organizations."""

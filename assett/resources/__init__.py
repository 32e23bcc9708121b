"""The resource base."""

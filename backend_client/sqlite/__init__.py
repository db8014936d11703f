"""The local store in one SQLite file."""

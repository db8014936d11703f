"""Clients: rows, search, deeds and their undoing, links of numbers."""

"""Clients: their list and cards, and registering a caller."""

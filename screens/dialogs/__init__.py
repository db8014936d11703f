"""Dialogs that any screen may ask with."""

"""The front door: command line, application wiring, settings, keymap, themes, translations."""

__version__ = "0.1.0"

"""A driver that writes only what the terminal does not show yet. Knows Textual's driver, nothing of Pult."""

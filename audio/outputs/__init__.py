"""Where sound goes: one small interface, and the libraries and programs behind it."""

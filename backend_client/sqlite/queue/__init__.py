"""The missed-call queue: its lines, what is done about them, and what the work on them comes to."""

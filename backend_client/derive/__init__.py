"""From facts to calls, statuses and tallies: pure functions."""

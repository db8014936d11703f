"""The player, and the ways in which sound reaches the listener."""

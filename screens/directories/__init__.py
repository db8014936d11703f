"""Employees, lines, channels, groups, call results and tariffs."""

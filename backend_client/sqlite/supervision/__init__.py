"""What goes on now: running calls and the dashboard."""

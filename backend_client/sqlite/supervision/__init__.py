"""What goes on now: running calls, the dashboard, the missed-call queue."""

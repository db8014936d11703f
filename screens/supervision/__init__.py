"""The dashboard and the missed-call queue."""

"""The contract over HTTP: how its methods, failures and results travel, and the `Backend` that asks a server."""

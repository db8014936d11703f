"""Reports whose numbers open their calls."""

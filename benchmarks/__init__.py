"""Measurements of performance.md's goals, one command each: `python -m benchmarks.<name>`."""

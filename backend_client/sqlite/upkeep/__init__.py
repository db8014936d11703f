"""A store that lives for years: backup, check, upgrade, erasure, retention."""

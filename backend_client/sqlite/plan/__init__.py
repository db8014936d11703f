"""The outbound plan in the store."""

"""The outbound plan: tasks, the operator's day, the report."""

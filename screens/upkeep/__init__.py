"""What an administrator looks at: sources and imports, and the audit log."""

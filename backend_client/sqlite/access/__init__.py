"""Who may do what: accounts, sessions, rights, scope, and the audit log."""

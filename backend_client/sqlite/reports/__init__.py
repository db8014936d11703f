"""Reports out of the local store: which days, what is counted there, and the table that it makes."""

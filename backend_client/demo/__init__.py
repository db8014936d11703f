"""A generated call centre to look around in. Nobody in it exists."""

"""Sub-commands of `pult`, one module each; each has `command` and is imported when it is called."""

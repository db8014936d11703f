"""The console's screens, one module each. They speak to the Backend contract and to nothing below it."""

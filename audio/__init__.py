"""The player's engine: decode, stretch, output. It knows no screen and no backend."""

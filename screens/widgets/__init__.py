"""What screens are composed of: tables, bars, panels. A widget knows nothing of backends."""

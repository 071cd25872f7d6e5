"""How settings are read: what a value may be, where it comes from, and secrets that are made once and kept."""

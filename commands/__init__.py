"""The command line's commands, one small function each. Like ``app``, they may use everything; nothing uses them."""

"""The ways a message can leave, one module each, behind :class:`notifications.channels.base.Channel`."""

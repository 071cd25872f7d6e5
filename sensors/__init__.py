"""MQTT in: what parking sensors publish becomes facts, and is acknowledged only when it is committed."""

"""Standards on their way into force, and what they cost afterwards."""

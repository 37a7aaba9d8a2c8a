"""The demonstration: a synthetic county in the registry, with officials to look at it. Nobody in it exists."""

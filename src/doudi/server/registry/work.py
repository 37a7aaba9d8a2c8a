"""The registry's long work, read when jobs look for their kinds."""

from doudi.server.registry.duplicates import work as duplicates

__all__ = ["duplicates"]

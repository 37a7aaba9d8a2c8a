"""Reads policy packs: overlay, citations, coverage, worked cases, mutation."""

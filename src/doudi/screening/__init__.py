"""Whole populations: facts in Parquet to decisions, differences and simulation."""

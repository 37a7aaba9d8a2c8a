"""What changed standards would do."""

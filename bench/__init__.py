"""Measurements of Doudi's bars. Nothing here is part of the product, and no test depends on a time."""

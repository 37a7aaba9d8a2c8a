"""The text in force, to be read: programmes in words, formulas with a link on every name, standards through the years, clauses, worked cases.

Everything here asks ``policy.read`` of its reader, through ``shelf``; it holds no row of any household.
"""

from doudi.server.policybook.browse.shelf import Shelf, shelf, shipped

__all__ = ["Shelf", "shelf", "shipped"]

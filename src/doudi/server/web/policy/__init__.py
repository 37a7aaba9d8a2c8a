"""Policy, to be read: programmes, formulas, standards, clauses, cases."""

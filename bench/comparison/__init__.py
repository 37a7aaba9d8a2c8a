"""One small set of rules, written for Doudi, for OpenFisca-Core and in exact integers, with data made for it."""

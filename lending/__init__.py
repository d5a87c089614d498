"""Collateral value, loans and the pledge registry."""

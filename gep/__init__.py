"""Gross ecosystem product: one module per ecosystem service, and the account."""

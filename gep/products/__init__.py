"""Products of a yearbook: the amount, and its value four ways, for all services that provide."""

from gep.products.branch import service

__all__ = ["service"]

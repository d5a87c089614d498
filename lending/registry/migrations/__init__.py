"""Revisions of the registry's tables, run when a registry is opened."""

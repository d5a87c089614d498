"""Stress of single loans, and what many loans on the same forests can lose together."""

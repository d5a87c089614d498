"""Scenes: declared, brought onto one grid, masked, composed and made into indices."""

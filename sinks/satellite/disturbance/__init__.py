"""Where and when a forest was disturbed: found in scenes, or told by others."""

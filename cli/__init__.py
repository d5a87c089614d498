"""How people run us: the `gep` command, the only place that prints, prompts and exits."""

"""Carbon seen from above: biomass models, scenes and disturbance."""

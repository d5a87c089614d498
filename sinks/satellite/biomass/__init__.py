"""Above-ground biomass from reflectance, terrain and plots: learned, checked and mapped."""

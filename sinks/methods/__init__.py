"""How a stock of forest carbon is found: by class densities, by a biomass map, by inventory."""

"""Growth of stands: curves, fits from records, events, age classes, bamboo, paths of stock."""

"""Forest carbon sinks: pools, stock and stock change per parcel."""

"""The raster engine: grid, aligned reading, fused kernels, exact parcel sums, checkpoints."""

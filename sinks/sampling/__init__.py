"""Design-based estimation: what a random sample says of a map, and what plots say of a forest.

The error of such an estimate comes from the draw of the sample alone, and needs no model:

intervals      an estimate with standard error and degrees of freedom, and its interval
strata         strata and their areas; labels found in them
accuracy       error matrix of a stratified random sample: areas, user's, producer's, overall
matrices       error matrices, labelled points and strata, from tables
sample_files   those tables as text, from CSV and vector files
effects        the error of a sample's totals as few shared sources
planning       how many points, and how many of them in which stratum
map_strata     strata of a class raster, a buffer around change among them; points drawn by seed
plots          stratified mean of plots, double sampling, change on re-measured plots, how many
post_strata    post-stratification over estimation units, as the FIA does it
with_map       plots and a map: model-assisted (GREG), the map alone, both by domain
small_areas    Fay-Herriot: between a domain's few plots and its map
fia            the tables of the US forest inventory, as plots with strata
"""

"""How sure an amount of carbon is: errors by source, over space, between dates, and of a portfolio.

`sinks.estimates.Estimates` is the language: rows with a value, errors `shared` by all rows, errors
`spatial` that are alike at near places, and each row's `own`. What the rest of the toolkit calls:

Confidence (`levels`); a level is always named, half-widths of two levels never meet
    half_width(se, level, degrees=inf) -> half-width of the two-sided interval
    standard_error(half_width, level, degrees=inf) -> se
    converted(half_width, level_from, level_to) -> half-width
    lower_bound(value, se, level, degrees=inf) -> one-sided lower bound
    confidence("ipcc-2006" | "ar-tool14" | "vcs-4.4" | "car-fpp-5.1") -> the level's row
    level_of(row) -> the level as a share

Approach 1 (`propagation`), on arrays: product, total, change_se
Approach 2 (`draws`): monte_carlo(kernel, factors, draws=, seed=) -> draws of kernel(**factors)

Map error (`map_error`)
    footprints_of_pixels(parcel, row, col, weight, pixel_m, parcels=n) -> Spread, shares of 1
    footprints_of_polygons(polygons, side_m=None) -> Spread, shares of 1 (coordinates in metres)
    with_map_error(estimates, source, footprints, correlation, sd, parcel=None, side_m=None)
        -> Estimates; sd: (n,) each row's error were it one and the same all over the parcel, in t_C
    Correlation(model, range_m); mean_in_square(correlation, side_m)          (`correlation`)

Dates (`dates`)
    split_by_date(source, year, rho) -> {source name: share of the standard error}
    minimum_detectable_change(change_se, level) -> smallest change that is told from none

Classification (`confusion`)
    class_areas(mapped, counts, keys, classes, strata=None) -> Estimates of area, a row per class
    with_clusters(areas, mapped, counts, footprints, correlation) -> with parcels' own deviations

Ledger (`ledger`)
    ledger(estimates, level) -> DataFrame, a row per source: what each costs a total
    COLUMNS, source_title(source): titles in both languages

Portfolio (`portfolio`)
    simulate(estimates, draws=, seed=, by=(), quantiles=(), at_least=None, first=0)
        -> Portfolio(keys, totals (draws, groups), row_quantiles (n, quantiles))
        draws of the totals of all rows with the same keys `by`; quantiles of each row.

Run folder (`tables`)
    error_rows(estimates) -> (errors, fields): long tables to be written beside carbon.parquet
    read_errors(keys, value, errors, fields) -> Estimates
"""

"""How forest carbon moves: growth and loss, conversion, dead matter, soil, fire, harvest, products.

One file per family of equations of IPCC 2006, vol. 4, ch. 2 (and vol. 4, ch. 12 for products): a
plain function of arrays, then its declared Model. `MODELS` of `sinks.dynamics.models` lists all.

    gain_loss         2.7, 2.9 to 2.14   growth, wood removals, fuelwood, disturbance
    conversion        2.15, 2.16         biomass of converted land, in the year of conversion
    dead_organic      2.18, 2.21 to 2.23 dead wood and litter: input, output, linear build-up
    soil              2.25, 2.26         mineral soil by factors, transition; AR-TOOL16
    fire              2.27               CO2, CH4 and N2O of a fire
    harvested_wood    12.1               products that decay by half-lives

What the change of a run asks, of land by class before and after and year of conversion (a table
`land`: parcel_id, ecosystem_from, ecosystem_to, year_converted, area_ha; classes of level I or
II)::

    transitions.land_of(states, year) -> land, from the states that `sinks.land_use` keeps

    transitions.soil_change(land, soils, year_from, year_to, transition) -> Estimates
    transitions.dead_organic_change(land, densities, year_from, year_to, transition) -> Estimates
    soil_stocks.factor_soils(parameters, chosen_set, soil_type, uses={}) -> SoilStocks
    soil_stocks.measured_soils(density_table, depth) -> SoilStocks

Estimates have the keys parcel_id, pool and hold t_C over the period, gain positive; `transition` is
the row `soil_transition_years[ipcc-2006]`. Sums over parcels: `.summed(["pool"])`.

What a growth path asks of a harvest event (arrays in any shape, per hectare or in all)::

    harvest.by_volume(volume, bcef, root_shoot_ratio, wood_density, carbon_fraction) -> Harvest
    harvest.by_share(above_ground, below_ground, cut, removed) -> Harvest
    Harvest: live_loss, removed, slash_above, slash_below   (t_C; removed + slashes = live_loss)
    Harvest.into(shares) -> {product: t_C inflow}, rest burnt or decayed in the same year
    harvested_wood.stock_path(inflow, half_life, start=0) -> (year + 1, ...) t_C
    products.products_of(felled, uses, years, removed) -> Estimates, from felled carbon by parcel

And the annual simulator of all pools of many stands, which conserves carbon::

    cbm.scheme(parameters, turnover="cbm-softwood") -> Scheme
    cbm.disturbance(parameters, "cbm-clearcut"), cbm.product(parameters, "sawnwood", share)
    stand.simulate(scheme, start, increments, temperature, events=()) -> Path
    Path: pools (year + 1, pool, stand), fluxes, of(pool), account(), imbalance()
"""

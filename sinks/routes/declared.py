"""All routes, in the order in which one is preferred where several apply.

What was measured on the parcel itself comes first: trees, then culms by age, then volume, then
biomass (mostly from a map), then what is only the mean of stands like it. Of the two volume routes
the one in proportion to the volume is before the regression with an intercept, whose change
follows its slope alone (decision 0010).
"""

from sinks.routes import (
    age_curve,
    age_group,
    bamboo_culm_age,
    bamboo_culms,
    biomass_number,
    ipcc_bcef,
    shrub,
    tree_list,
    type_density,
    volume_fixed,
    volume_linear,
)

__all__ = ["ROUTES"]

ROUTES = (
    tree_list.ROUTE,
    bamboo_culm_age.ROUTE,
    volume_fixed.ROUTE,
    volume_linear.ROUTE,
    biomass_number.ROUTE,
    bamboo_culms.ROUTE,
    age_curve.ROUTE,
    age_group.ROUTE,
    type_density.ROUTE,
    shrub.ROUTE,
    ipcc_bcef.ROUTE,
)

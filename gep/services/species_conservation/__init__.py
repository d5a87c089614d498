"""Species conservation (物种保育): land in which species live, and how much of it matters."""

from data_catalog.text import Text
from gep.service import Service
from gep.services.species_conservation import (
    habitat_area,
    habitat_quality,
    irreplaceability,
    shannon,
    values,
)

SERVICE = Service(
    id="species_conservation",
    title=Text("物种保育", "Species conservation"),
    group="regulating",
    physical=Text("保育面积", "area in which species are kept"),
    total="ha",
    variants=(
        irreplaceability.VARIANT,
        habitat_area.VARIANT,
        habitat_quality.VARIANT,
        *shannon.VARIANTS,
    ),
    valuations=(values.EQUIVALENT, values.SPENDING, *shannon.VALUATIONS),
    items=shannon.ITEMS,
)

"""A county with every pixel-local service: what the full set costs, and each service by itself.

One variant per service, the one that reads the most layers. Parameters are made up: they are read
as a user's rows are, and only the time counts.
"""

import time
from pathlib import Path

import numpy as np

from data_catalog.classes import ecosystems
from data_catalog.variables import variable
from gep.service import Service, Variant
from gep.services import services
from tests.benchmarks.county import (
    CRS,
    LAYERS,
    UNITS,
    Noise,
    parcels,
    write_class,
    write_noise,
)

CHOSEN = {
    "water_conservation": "water_yield",
    "soil_retention": "rusle_p",
    "sand_fixation": "rweq_closed",
    "carbon_sequestration": "npp_minus_respiration",
    "oxygen_release": "from_npp",
    "climate_regulation": "evapotranspiration",
    "negative_air_ions": "all_ions",
    "pest_control": "natural_area",
    "species_conservation": "habitat_quality",
}
"""The variant of each service that is timed."""
SPANS = {
    "potential_evapotranspiration": (700, 900), "root_depth": (200, 1800),
    "plant_available_water": (0.05, 0.2), "practice_factor": (0, 1), "weather_factor": (0, 60),
    "soil_erodible_fraction": (0, 1), "soil_crust_factor": (0, 1), "roughness_factor": (0.1, 0.9),
    "wind_cover_factor": (0, 1), "soil_respiration": (0, 500), "canopy_height": (0, 40),
    "cooling_evapotranspiration": (0, 400), "natural_vegetation": (0, 1),
    "habitat_suitability": (0, 1), "habitat_degradation": (0, 1),
}  # fmt: skip
"""Smallest value and span of the layers that the other benchmark does not have."""
NUMBERS = {
    "budyko_shape_least": 1.25, "budyko_shape_most": 5, "seasonality": 10, "vegetated": 1,
    "rooting_depth": 1500, "crop_coefficient": 1, "rweq_closed_factor": 0.1699,
    "rweq_closed_exponent": 1.3711, "water_density": 1000, "latent_heat": 2450,
    "cooling_efficiency": 3, "ion_lifetime": 20, "ion_minutes": 5.256e5, "ion_concentration": 1000,
    "habitat_quality_exponent": 2.5,
}  # fmt: skip
BLOCK = (32, 1024)


def chosen() -> list[tuple[Service, Variant]]:
    """Return the timed variant of each service."""
    return [(s, s.variant(CHOSEN[s.id])) for s in services() if s.id in CHOSEN]


def layers() -> dict[str, Noise]:
    """Return how each layer that the services read looks."""
    needed = sorted({name for _, v in chosen() for name in v.layers()})
    more = {n: Noise(9_000, 9, 0.6, 101 + i, *SPANS[n], 4) for i, n in enumerate(sorted(SPANS))}
    return {name: LAYERS.get(name) or more[name] for name in needed}


def write(folder: Path, size: int, count: int) -> None:
    """Write the county with all layers, its standard, parameters and parcels, once."""
    if (folder / "project.toml").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    write_class(folder / "land_cover.tif", size, later=True)
    for name, noise in layers().items():
        write_noise(folder / f"{name}.tif", size, noise)
    parcels(size, count).to_parquet(folder / "parcels.parquet")
    (folder / "parameters.csv").write_text(_rows(), encoding="utf-8")
    (folder / "every.toml").write_text(_standard(), encoding="utf-8")
    (folder / "project.toml").write_text(_project(), encoding="utf-8")


def _rows() -> str:
    lines = ["parameter,key,value,units,source"]
    done = set()
    for _, variant in chosen():
        for name, factor in variant.factors().items():
            if name in done or factor.choose:
                continue
            done.add(name)
            keys = sorted({code[:1] for code in ecosystems()}) if factor.by else [""]
            value = NUMBERS.get(name, 0.5)
            lines += [f"{factor.table or name},{k},{value},{factor.units},made up" for k in keys]
    return "\n".join(lines) + "\n"


def _standard() -> str:
    everywhere = sorted({code[:1] for code in ecosystems()})
    lines = ['id = "every"', 'title_zh = "全部像元服务"', 'title_en = "Every pixel-local service"',
             'source = "HJ1173"']  # fmt: skip
    for service, variant in chosen():
        part = f'{{ variant = "{variant.id}", classes = {everywhere} }}'.replace("'", '"')
        lines += ["", f"[services.{service.id}]", f"parts = [{part}]"]
    return "\n".join(lines) + "\n"


def _project() -> str:
    lines = ["[project]", 'name = "every-service"', "year = 2020", 'standard = "every.toml"',
             f'crs = "{CRS}"', "resolution = 10.0", "[layers.land_cover]",
             'path = "land_cover.tif"', 'classes = "clcd"']  # fmt: skip
    for name in layers():
        units = UNITS.get(name) or variable(name).units
        lines += [f"[layers.{name}]", f'path = "{name}.tif"', f'units = "{units}"']
    lines += ["[parcels]", 'path = "parcels.parquet"', 'id = "parcel_id"', "[tables]",
              'parameters = "parameters.csv"', ""]  # fmt: skip
    return "\n".join(lines)


def kernel_times(runs: int = 30) -> dict[str, float]:
    """Return the time of each service's kernel, ns per pixel, on a block in the cache."""
    draw = np.random.default_rng(5)
    found = {}
    for service, variant in chosen():
        block = {n: draw.uniform(0.1, 1, BLOCK) for n in variant.inputs}
        best = np.inf
        for _ in range(runs):
            started = time.perf_counter()
            variant.kernel(**block)
            best = min(best, time.perf_counter() - started)
        found[service.id] = best * 1e9 / (BLOCK[0] * BLOCK[1])
    return found

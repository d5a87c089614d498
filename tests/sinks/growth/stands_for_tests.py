"""Curves, records and parcels that tests of growth share."""

import numpy as np
import pandas as pd

from data_catalog.parameters import Parameters, Row
from sinks.growth.conversion import conversion_of, route_of
from sinks.growth.curve import FormCurve
from sinks.growth.fit import Records
from sinks.growth.form import Form, Numbers
from sinks.growth.forms import form
from sinks.growth.paths import Grower
from sinks.routes import Choices

PARAMETERS = {
    "richards": (300, 0.9, 0.05, 0.4), "chapman_richards": (300, 0.05, 1.8),
    "logistic": (300, 20, 0.1), "gompertz": (300, 4, 0.07), "schumacher": (300, 15),
}  # fmt: skip


def some_parameters(one: Form) -> Numbers:
    return np.array(PARAMETERS[one.id], dtype=float)


def row(parameter: str, value: float, units: str, se: float = np.nan, key: str = "") -> Row:
    return Row(
        parameter=parameter, set="test", key=key, value=value, se=se, units=units, low=np.nan,
        high=np.nan, region="", year="", source="test", where="here", grade="literature", note="",
    )  # fmt: skip


def curve(covariance=None, relative=0.0, name="curve", of="chapman_richards") -> FormCurve:
    one = form(of)
    theta = some_parameters(one)
    return FormCurve(
        name=name, form=one, units="t_dm/ha", relative=relative,
        parameters=dict(zip(one.parameters, theta.tolist(), strict=True)),
        covariance=np.zeros((len(theta), len(theta))) if covariance is None else covariance,
    )  # fmt: skip


def grower(covariance=None, relative=0.0, cf_se=0.0, r_se=0.0, name="curve") -> Grower:
    """Carbon is half of the biomass, roots a quarter of the shoots."""
    route = route_of("t_dm/ha")
    factors = Parameters([
        row("carbon_fraction", 0.5, "t_C/t_dm", cf_se),
        row("root_shoot_ratio", 0.25, "t_dm/t_dm", r_se),
    ])  # fmt: skip
    sets = {route.id: "test", f"{route.id}.carbon_fraction": "test"}
    way = conversion_of(route, factors, Choices(sets=sets), "chinese_fir")
    return Grower(curve(covariance, relative, name), way)


def parcel(**known: object) -> dict[str, object]:
    return {
        "parcel_id": "p1", "group": "fir", "area_ha": 10.0, "year": 2020, "age": 12.0,
        "age_se": 0.0, "stock": np.nan, "stock_se": np.nan,
    } | known  # fmt: skip


def parcels(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame([*rows])


def events(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["parcel_id", "year", "event", "share", "group"])


def records(age, stock, units="t_dm/ha", site=None) -> Records:
    size = len(age)
    sites = [""] * size if site is None else site
    return Records(
        units=units, age=np.asarray(age, dtype=float), stock=np.asarray(stock, dtype=float),
        weight=np.ones(size), site=np.array(sites, dtype=object),
    )  # fmt: skip

"""The sun over a day, after FAO-56: what potential evapotranspiration needs to know of it."""

from types import SimpleNamespace

import numpy as np

from data_catalog.spec import Pixels


def declination(day_of_year: Pixels, sun: SimpleNamespace) -> Pixels:
    """Return the sun's declination in radians, north positive (FAO-56 eq. 24)."""
    angle = 2 * np.pi * day_of_year / sun.days_per_year
    tilt: Pixels = sun.declination_amplitude * np.sin(angle - sun.declination_phase)
    return tilt


def sunset_hour_angle(latitude: Pixels, day_of_year: Pixels, sun: SimpleNamespace) -> Pixels:
    """Return half the day in radians: 0 in polar night, pi in polar day (FAO-56 eq. 25)."""
    cosine = -np.tan(np.deg2rad(latitude)) * np.tan(declination(day_of_year, sun))
    angle: Pixels = np.arccos(np.clip(cosine, -1, 1))
    return angle


def extraterrestrial_radiation(
    latitude: Pixels, day_of_year: Pixels, sun: SimpleNamespace
) -> Pixels:
    """Return the sun's energy at the top of the air in MJ/m2/day (FAO-56 eq. 21 and 23)."""
    north, tilt = np.deg2rad(latitude), declination(day_of_year, sun)
    half_day = sunset_hour_angle(latitude, day_of_year, sun)
    nearness = 1 + sun.distance_amplitude * np.cos(2 * np.pi * day_of_year / sun.days_per_year)
    height = half_day * np.sin(north) * np.sin(tilt) + np.cos(north) * np.cos(tilt) * np.sin(
        half_day
    )
    energy: Pixels = sun.minutes_per_day / np.pi * sun.solar_constant * nearness * height
    return energy

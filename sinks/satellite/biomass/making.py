"""From a features file and plots to a folder with maps, the training table and the model card."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd

from sinks.satellite.biomass.card import card_of
from sinks.satellite.biomass.card_text import markdown
from sinks.satellite.biomass.declaration import read_declaration
from sinks.satellite.biomass.features import resolve_features
from sinks.satellite.biomass.maps import apply
from sinks.satellite.biomass.parcels import ParcelBiomass, check_parcels, of_model, parcel_biomass
from sinks.satellite.biomass.plots import read_plots
from sinks.satellite.biomass.sampling import sample
from sinks.satellite.biomass.training import Taught, teach
from tiles.checkpoints import FOLDER as CHECKPOINTS
from tiles.checkpoints import unwritable
from tiles.runfolder import RunFolder, command, sha256, software

__all__ = ["CARD", "PARCELS", "TRAINING", "Made", "make"]

CARD, TRAINING, PARCELS = "model_card.json", "training.csv", "parcels_biomass.csv"


@dataclass(frozen=True, kw_only=True)
class Made:
    """A biomass model with its maps in a folder.

    `card` is what `model_card.json` says, `taught` what predicts, `parcels` the biomass of the
    parcels that were given.
    """

    card: dict[str, Any]
    taught: Taught
    parcels: ParcelBiomass | None


def make(
    plots: Path,
    features: Path,
    out: Path,
    *,
    tile: int,
    workers: int,
    overwrite: bool = False,
    parcels: gpd.GeoDataFrame | None = None,
) -> Made:
    """Teach, check and apply a biomass model; write everything into a folder.

    Parameters
    ----------
    plots, features : Path
        The plots' table or vector file, and the file that declares the model.
    out : Path
        Written aside and moved into place: it is whole or not there.
    tile, workers : int
        Never change a result.
    parcels : GeoDataFrame, optional
        parcel_id and polygons, in any CRS: whose biomass is wanted, too.

    Raises
    ------
    GepError
        Whatever is wrong with the inputs, before or while they are read.
    """
    declared = read_declaration(features)
    rows = declared.rows()
    folder = RunFolder(out, resume=False, overwrite=overwrite)
    try:
        aside = folder.aside / CHECKPOINTS
        aside.mkdir(exist_ok=True)
        found = resolve_features(declared, aside)
        if parcels is not None:
            check_parcels(parcels, found.grid)
        given = read_plots(plots, declared.plots, found.grid)
        taught = teach(declared, rows, given, sample(given, found, tile), plots.name)
        applied = apply(taught, found, folder.aside, tile, workers)
        source = {"file": plots.name, "sha256": sha256(plots)}
        card = card_of(declared, rows, found, taught, applied, source)
        of_parcels = None if parcels is None else parcel_biomass(taught, found, parcels, tile)
        _write(folder, card, taught, found.used, of_parcels)
    except BaseException:
        folder.discard()
        raise
    folder.finish(
        {"kind": "biomass_model", "software": software(), "command": command(),
         "parameters": card["parameters"]}
    )  # fmt: skip
    return Made(card=card, taught=taught, parcels=of_parcels)


def _write(
    folder: RunFolder,
    card: dict[str, Any],
    taught: Taught,
    names: tuple[str, ...],
    parcels: ParcelBiomass | None,
) -> None:
    folder.write_json(CARD, card)
    texts = {
        TRAINING: training_table(taught, names),
        "model_card.md": markdown(card, "en"),
        "model_card.zh.md": markdown(card, "zh"),
    }
    if parcels is not None:
        texts[PARCELS] = parcel_table(parcels)
    for name, text in texts.items():
        try:
            (folder.aside / name).write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise unwritable(folder.aside, error) from error


def training_table(taught: Taught, names: tuple[str, ...]) -> str:
    """Return the plots as the model met them, and what it said of each out of fold, as CSV."""
    checked, plots = taught.checked, taught.plots
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["plot_id", "x_m", "y_m", "block", "fold", "observed_t_dm_ha",
                     "predicted_t_dm_ha", "sd_t_dm_ha", "within_interval", "dissimilarity",
                     *names])  # fmt: skip
    for i, name in enumerate(plots.ids):
        numbers = (plots.biomass[i], checked.predicted[i], checked.sd[i])
        writer.writerow([
            name, repr(float(plots.x[i])), repr(float(plots.y[i])), checked.blocks[i],
            checked.folds[i], *(repr(float(v)) for v in numbers), int(checked.within[i]),
            repr(float(taught.area.training[i])), *(repr(float(v)) for v in taught.features[i]),
        ])  # fmt: skip
    return text.getvalue()


def parcel_table(parcels: ParcelBiomass) -> str:
    """Return the parcels' biomass with its standard error, as CSV.

    A parcel that the model does not apply to anywhere has no biomass rather than none of it.
    """
    found = parcels.estimates
    by_model = of_model(found)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["parcel_id", "area_ha", "applicable_share", "biomass_t_dm", "se_t_dm",
                     "se_of_model_t_dm"])  # fmt: skip
    se = found.se
    for i, name in enumerate(found.keys["parcel_id"]):
        known = parcels.share[i] > 0
        numbers = (found.value[i], se[i], by_model[i]) if known else ()
        writer.writerow([
            name, repr(float(parcels.area[i])), repr(float(parcels.share[i])),
            *(repr(float(v)) for v in numbers), *([] if known else [""] * 3),
        ])  # fmt: skip
    return text.getvalue()

"""The file of a scene set: TOML that people write, or a STAC item collection of the same form."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from data_catalog.errors import GepError, ProjectError, raise_all
from data_catalog.names import suggestion
from data_catalog.quality_masks import quality_mask
from data_catalog.text import Text
from data_catalog.toml_files import read_checked

__all__ = ["Band", "DisturbanceEntry", "Mask", "Scene", "SceneSet", "read_scenes"]

Word = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]+$")]
Positive = Annotated[float, Field(gt=0)]
DayOfYear = Annotated[str, Field(pattern=r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]

TWO = Field(min_length=2, max_length=2)
"""The first and the last of something."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class SetEntry(_Strict):
    """`[set]`: the set's name, its grid where that is not the first scene's, a STAC file.

    `median_ratio` replaces the row of that name, where two dates truly differ so much.
    """

    name: Word
    crs: Word | None = None
    resolution: Positive | None = None
    stac: Word | None = None
    tile: Annotated[int, Field(ge=16)] = 512
    median_ratio: Annotated[float, Field(ge=1)] | None = None


class MaskEntry(_Strict):
    """`mask`: the kind of a quality band; `clear` replaces the classes or bits that are clear."""

    kind: Word
    clear: list[int] | None = None


class SensorEntry(_Strict):
    """`[sensors.<name>]`: what the scenes of a sensor share; stored x scale + offset = reflectance.

    A band is the number of one in the scene's `path`; in a STAC set, the name of an asset.
    """

    bands: dict[Word, int | Word]
    scale: float = 1.0
    offset: float = 0.0
    nodata: float | None = None
    mask: MaskEntry | None = None


class SceneEntry(_Strict):
    """`[[scene]]`: one scene. `scales` holds the bands whose scale is not the sensor's."""

    id: Word
    date: date
    sensor: Word
    path: Word | None = None
    mask: Word | None = None
    bands: dict[Word, int | Word] = Field(default_factory=dict)
    scales: dict[Word, float] = Field(default_factory=dict)
    offset: float | None = None
    nodata: float | None = None


class DisturbanceEntry(_Strict):
    """`[disturbance]`: which index, how the scenes are composed, which method, which limits."""

    method: Literal["difference", "segments", "classes"] = "difference"
    index: Word = "NBR"
    loss: Literal["fall", "rise"] = "fall"
    composite: Literal["median", "greenest", "nearest"] = "median"
    nearest: DayOfYear | None = None
    season: Annotated[list[DayOfYear], TWO] | None = None
    before: Annotated[list[date], TWO] | None = None
    after: Annotated[list[date], TWO] | None = None
    least_magnitude: Positive | None = None
    minimum_mapping_unit: Annotated[float, Field(ge=0)] | None = None


class ForestEntry(_Strict):
    """`[forest]`: where disturbance is looked for: a raster and its codes that are forest."""

    path: Word
    codes: Annotated[list[int], Field(min_length=1)]


class TrainingEntry(_Strict):
    """`[training]`: labelled polygons; `columns` has the column of each scene's classes.

    `block` is the side in metres of the squares whose polygons are held out together; `layers`
    are more features, each of one raster or of several that together cover the land.
    """

    path: Word
    columns: dict[Word, Word]
    forest: Word
    block: Positive
    layer: Word | None = None
    layers: dict[Word, list[Word]] = Field(default_factory=dict)


class AlertEntry(_Strict):
    """`[[alerts]]`: polygons from another provider, and which columns say what."""

    path: Word
    source: Word
    date: Word
    layer: Word | None = None
    date_error_days: Word | Annotated[float, Field(ge=0)] | None = None
    magnitude: Word | None = None
    confidence: Word | None = None
    confidence_scale: Positive = 1.0
    confidence_values: dict[str, float] = Field(default_factory=dict)


class Sections(_Strict):
    """What the file of a scene set may hold."""

    set: SetEntry
    sensors: dict[str, SensorEntry] = Field(default_factory=dict)
    scene: list[SceneEntry] = Field(default_factory=list)
    disturbance: DisturbanceEntry = DisturbanceEntry()
    forest: ForestEntry | None = None
    training: TrainingEntry | None = None
    alerts: list[AlertEntry] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Band:
    """One band of a scene: a file, the number of the band in it, and stored value to reflectance.

    `nodata` replaces the file's own.
    """

    path: str
    number: int
    scale: float
    offset: float
    nodata: float | None = None


@dataclass(frozen=True, slots=True)
class Mask:
    """A scene's quality band; `clear` replaces the kind's own classes or bits."""

    path: str
    kind: str
    clear: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene: its bands by name, and its quality band."""

    id: str
    date: date
    sensor: str
    bands: Mapping[str, Band]
    mask: Mask | None


@dataclass(frozen=True, slots=True)
class SceneSet:
    """A scene set as read, scenes by date."""

    entries: Sections
    scenes: tuple[Scene, ...]
    folder: Path

    @property
    def name(self) -> str:
        """Return the set's name."""
        return self.entries.set.name

    def path(self, relative: str) -> str:
        """Return a path of the file as one of this machine; an address stays as it is."""
        return _located(relative, self.folder)


def read_scenes(file: Path) -> SceneSet:
    """Return a scene set, checked.

    Raises
    ------
    ProjectError, UnknownNameError or Problems
        All that is wrong with the file at once.
    """
    folder = file.resolve().parent
    entries = read_checked(Sections, file)
    raise_all(_problems(entries, file.name))
    scenes = [_scene(one, entries.sensors[one.sensor], folder) for one in entries.scene]
    if entries.set.stac is not None:
        from sinks.satellite.scenes.stac import read_items  # pystac: only where there is STAC

        scenes += read_items(_located(entries.set.stac, folder), entries.sensors)
    ordered = tuple(sorted(scenes, key=lambda s: (s.date, s.id)))
    raise_all(_scene_problems(entries, ordered, file.name))
    return SceneSet(entries, ordered, folder)


def _scene(entry: SceneEntry, sensor: SensorEntry, folder: Path) -> Scene:
    offset = sensor.offset if entry.offset is None else entry.offset
    nodata = sensor.nodata if entry.nodata is None else entry.nodata
    bands = {}
    for name, place in {**sensor.bands, **entry.bands}.items():
        number = place if isinstance(place, int) else 1
        path = place if isinstance(place, str) else str(entry.path)
        scale = entry.scales.get(name, sensor.scale)
        bands[name] = Band(_located(path, folder), number, scale, offset, nodata)
    mask = None
    if entry.mask is not None and sensor.mask is not None:
        clear = None if sensor.mask.clear is None else frozenset(sensor.mask.clear)
        mask = Mask(_located(entry.mask, folder), sensor.mask.kind, clear)
    return Scene(entry.id, entry.date, entry.sensor, bands, mask)


def _located(relative: str, folder: Path) -> str:
    return relative if "://" in relative else str((folder / relative).absolute())


def _problems(entries: Sections, where: str) -> Iterator[GepError]:
    """Yield what the keys alone show to be wrong."""
    for name, sensor in entries.sensors.items():
        if sensor.mask is not None:
            try:
                quality_mask(sensor.mask.kind, f"{where} [sensors.{name}] mask")
            except GepError as error:
                yield error
    for scene in entries.scene:
        place = f"{where} [[scene]] {scene.id}"
        sensor_of = entries.sensors.get(scene.sensor)
        if sensor_of is None:
            hint = suggestion(scene.sensor, entries.sensors)
            yield _wrong(
                place,
                f"没有 [sensors.{scene.sensor}]。{hint.zh}",
                f"there is no [sensors.{scene.sensor}]. {hint.en}",
            )
            continue
        numbered = {**sensor_of.bands, **scene.bands}.values()
        if scene.path is None and any(isinstance(n, int) for n in numbered):
            yield _wrong(
                place,
                "缺少 path：波段按编号给出，需要所在的文件。",
                "path is missing: bands are given by number, and the numbers need a file.",
            )
        if scene.mask is not None and sensor_of.mask is None:
            yield _wrong(
                place,
                f"有 mask，但 [sensors.{scene.sensor}] 没有写 mask 的 kind（如 sentinel2-scl）。",
                f"has a mask, but [sensors.{scene.sensor}] does not say of which kind. Write "
                'mask = { kind = "sentinel2-scl" } there, or the kind it is.',
            )
        for name in sorted(set(scene.scales) - {*sensor_of.bands, *scene.bands}):
            hint = suggestion(name, {*sensor_of.bands, *scene.bands})
            yield _wrong(
                f"{place} scales", f"没有波段“{name}”。{hint.zh}", f"no band {name!r}. {hint.en}"
            )
    wanted = entries.disturbance
    if wanted.composite == "nearest" and wanted.nearest is None:
        yield _wrong(
            f"{where} [disturbance]",
            '用 nearest 合成时要写 nearest = "MM-DD"。',
            'a composite of the nearest scenes needs nearest = "MM-DD", the day it is near to.',
        )


def _scene_problems(entries: Sections, scenes: tuple[Scene, ...], where: str) -> Iterator[GepError]:
    ids = [scene.id for scene in scenes]
    for twice in sorted({one for one in ids if ids.count(one) > 1}):
        yield _wrong(
            where, f"景 {twice} 出现了两次，请改名。", f"scene {twice} is there twice: rename one."
        )
    if not scenes and not entries.alerts:
        yield _wrong(
            where,
            "没有任何景，也没有 [[alerts]]。请给出 [[scene]] 或 [set] stac。",
            "holds neither scenes nor [[alerts]]. Give [[scene]] entries or [set] stac.",
        )


def _wrong(where: str, zh: str, en: str) -> ProjectError:
    return ProjectError(where=where, problem=Text(zh, en))

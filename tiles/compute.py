"""The main job: from a project to a finished run folder, for whatever accounts are asked for."""

import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from data_catalog.errors import GepError, OutputError, ProjectError, RunError, TooCoarse, raise_all
from data_catalog.names import suggestion
from data_catalog.parameters import Parameters, Row, bundled, engine_number, read_rows
from data_catalog.text import Text
from tiles.binding import Bound
from tiles.checkpoints import FOLDER as CHECKPOINTS
from tiles.checkpoints import unwritable, whole_or_not_at_all
from tiles.coverage import Rings
from tiles.derive import Derivations, with_patterns
from tiles.inputs import Inputs, resolve, with_figures
from tiles.job import Job
from tiles.maps import write_maps
from tiles.patterns import pattern_factors
from tiles.project import Project
from tiles.rasters import Raster
from tiles.receipt import alignment, input_records, modelled_records
from tiles.results import Result
from tiles.run import How, Progress, run
from tiles.runfolder import LOG, RunFolder, command, digest_of, sha256, software
from tiles.tile import preload


@dataclass(frozen=True, slots=True)
class NotComputed:
    """Something asked for that the inputs do not honestly allow, and why."""

    account: str
    title: Text
    reasons: tuple[GepError, ...]

    def record(self) -> dict[str, Any]:
        """Return it for the manifest, in both languages; a layer too coarse comes first.

        `causes` are the reasons one by one, for a list that names what they are about.
        """
        ordered = sorted(self.reasons, key=lambda r: not isinstance(r, TooCoarse))
        return {
            "account": self.account,
            "title_zh": self.title.zh,
            "title_en": self.title.en,
            "reason_zh": " ".join(r.say("zh") for r in ordered),
            "reason_en": " ".join(r.say("en") for r in ordered),
            "causes": [{"zh": r.brief("zh"), "en": r.brief("en")} for r in ordered],
        }


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What an account wants computed."""

    models: tuple[Bound, ...] = ()
    not_computed: tuple[NotComputed, ...] = ()
    rows: tuple[Row, ...] = ()
    summary: Mapping[str, Any] = field(default_factory=dict)


class Account(Protocol):
    """A kind of account: knows its models before the run and its tables after it."""

    def standard_set(self, parameter: str) -> str:
        """Return the parameter set that derived layers read a parameter from."""
        ...

    def parameter_names(self) -> set[str]:
        """Return every parameter that one of its models may read, with a row or without."""
        ...

    def problems(self, inputs: Inputs) -> list[GepError]:
        """Return everything that stands against computing: its declarations, its tables."""
        ...

    def prepare(self, at_hand: Derivations) -> Prepared:
        """Return the models, having obtained the layers they need."""
        ...

    def write(self, result: Result, prepared: Prepared, folder: Path) -> Mapping[str, Any]:
        """Write the account's tables; return what the manifest says of them."""
        ...


def compute(
    project: Project,
    accounts: tuple[Account, ...],
    out: Path,
    how: How,
    *,
    resume: bool = False,
    overwrite: bool = False,
    report: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Compute a project into a run folder, and return its manifest.

    Raises
    ------
    GepError
        If an input is wrong (no folder is left), the disk is full (finished tiles are kept), or
        the output is in the way.
    """
    _begin(project)
    inputs = resolve(project, known_parameters(accounts))
    parameters = project_parameters(project, accounts)
    raise_all(problems(inputs, accounts))
    folder = RunFolder(out, resume=resume, overwrite=overwrite)
    try:
        return _compute(inputs, parameters, accounts, folder, how, report)
    except (OutputError, RunError):
        if not any(folder.aside.glob(f"{CHECKPOINTS}/*/*.npz")):
            folder.discard()
        raise  # finished tiles are good: --resume goes on from them
    except GepError:
        folder.discard()
        raise


def _begin(project: Project) -> None:
    """Load the compiled loops and work out the files' digests, while the inputs are looked at."""
    paths = [project.path(e.path) for e in project.layers.values() if e.path]
    pool = ThreadPoolExecutor(1)  # the parcels are read beside it
    pool.submit(preload)
    for path in paths:
        if path.is_file():
            pool.submit(sha256, path)
    pool.shutdown(wait=False)


def problems(inputs: Inputs, accounts: tuple["Account", ...]) -> list[GepError]:
    """Return what the accounts find wrong before anything is computed."""
    return [error for account in accounts for error in account.problems(inputs)]


def known_parameters(accounts: tuple["Account", ...]) -> set[str]:
    """Return every name that a row of a project's parameters may have."""
    return bundled().names().union(*(a.parameter_names() for a in accounts))


def project_parameters(project: Project, accounts: tuple["Account", ...]) -> Parameters:
    """Return the bundled rows with the project's own in front."""
    parameters = bundled()
    known = known_parameters(accounts)
    for name in (project.tables.parameters, project.tables.prices):
        if name is None:
            continue
        path = project.path(name)
        if not path.is_file():
            raise ProjectError(
                where=f"[tables] {name}", problem=Text("没有这个文件。", "there is no such file.")
            )
        parameters = parameters.with_rows(read_rows(path, known))
    return parameters


def _compute(
    inputs: Inputs,
    parameters: Parameters,
    accounts: tuple[Account, ...],
    folder: RunFolder,
    how: How,
    report: Callable[[Progress], None],
) -> dict[str, Any]:
    project = inputs.project
    folder.log("started", project=project.project.name, tile=how.tile, workers=how.workers,
               scheduler=how.scheduler)  # fmt: skip
    _clear(folder.aside)
    inputs = with_figures(inputs, folder.aside)
    with ThreadPoolExecutor(1) as pool:  # worked out once: every copy of the grid then has it
        pool.submit(lambda: inputs.grid.areal_range)
        rings = rings_of(inputs, folder.aside)
        at_hand, prepared, patterns = prepare(
            inputs, parameters, accounts, folder.aside, rings, how
        )
        rasters = with_patterns(inputs.rasters, patterns) | at_hand.store(folder.aside)
        job = job_of(inputs, at_hand, prepared, rasters, rings)
    folder.log("tiles", grid=list(inputs.grid.shape))
    totals = run(job, folder.aside, how, _logged(report, folder))
    folder.log("added up", tiles=totals.tiles, resumed=totals.tiles_resumed)
    result = Result(inputs, job, totals)
    with ThreadPoolExecutor(2) as pool:  # encoding a table lets the other account go on
        written = pool.map(lambda a, p: a.write(result, p, folder.aside), accounts, prepared)
        said = list(written)
    write_maps(job, folder.aside, how.tile)
    folder.write_json("alignment.json", alignment(inputs, job, result, at_hand, patterns))
    manifest = _manifest(inputs, at_hand, prepared, said, totals.tiles_resumed)
    folder.finish(manifest)
    return manifest


def prepare(
    inputs: Inputs,
    parameters: Parameters,
    accounts: tuple[Account, ...],
    aside: Path,
    rings: Path,
    how: How,
) -> tuple[Derivations, tuple[Prepared, ...], dict[str, float]]:
    """Return the derivations needed, what each account wants computed, and the patterns."""
    patterns = pattern_factors(inputs, aside, rings, how)
    at_hand = Derivations(
        inputs,
        parameters,
        lambda p: _set_of(accounts, p),
        inputs.project.project.standard,
        patterns,
    )
    prepared = tuple(account.prepare(at_hand) for account in accounts)
    models = tuple(m for p in prepared for m in p.models)
    _maps(inputs.project, models)  # a wrong name is told before anything is derived
    layers = {n for m in models for n in m.layers()}
    return at_hand.needed(layers), prepared, patterns


def _logged(report: Callable[[Progress], None], folder: RunFolder) -> Callable[[Progress], None]:
    def both(progress: Progress) -> None:
        folder.log("progress", tiles_done=progress.tiles_done, tiles=progress.tiles)
        report(progress)

    return both


def _clear(aside: Path) -> None:
    """Remove what an earlier attempt left half written, or made for another project file."""
    try:
        for path in aside.iterdir():
            if path.is_dir() and path.name != CHECKPOINTS:
                shutil.rmtree(path)
            elif path.is_file() and path.name != LOG:
                path.unlink()
    except OSError as error:
        raise unwritable(aside, error) from error


def rings_of(inputs: Inputs, aside: Path) -> Path:
    """Write the parcels' rings down, in a folder named after them.

    Workers map these files into memory, and may outlive a run that was killed: a file that is
    mapped is never written again.
    """
    rings = Rings.from_polygons(inputs.parcels.geometry.to_numpy(), ~inputs.grid.affine)
    target = aside / CHECKPOINTS / f"rings-{rings.digest()}"
    if not target.exists():
        try:
            target.parent.mkdir(exist_ok=True)
            with whole_or_not_at_all(target) as part:
                rings.save(part)
        except OSError as error:
            raise unwritable(aside, error) from error
    return target


def _set_of(accounts: tuple[Account, ...], parameter: str) -> str:
    return next((s for a in accounts if (s := a.standard_set(parameter))), "")


def job_of(
    inputs: Inputs,
    at_hand: Derivations,
    prepared: tuple[Prepared, ...],
    rasters: Mapping[str, Raster],
    rings: Path,
) -> Job:
    """Return the work that all accounts together ask of the tiles.

    Raises
    ------
    ProjectError
        If there is no class layer, or a map is asked for that nothing computes.
    """
    models = tuple(m for p in prepared for m in p.models)
    derived = at_hand.inline()
    needed = {name for m in (*models, *derived) for name in m.layers()}
    used = tuple(r for n, r in sorted(rasters.items()) if n in needed or r.is_class)
    group_by = tuple(r.name for r in used if r.is_class)
    if not group_by:
        raise ProjectError(
            where="[layers]",
            problem=Text(
                "没有类别图层：至少需要 land_cover。",
                "there is no class layer: at least land_cover is needed.",
            ),
        )
    maps = _maps(inputs.project, models)
    models = tuple(m for m in models if not m.areal or m.id in maps)
    return Job(
        grid=inputs.grid,
        rasters=used,
        derived=derived,
        models=models,
        group_by=group_by,
        rings_folder=str(rings),
        parcels=len(inputs.parcels),
        maps=maps,
        least_share=engine_number("least_valid_share"),
        content=_content(inputs, models, derived, used, maps, rings),
    )


def _maps(project: Project, models: tuple[Bound, ...]) -> tuple[str, ...]:
    wanted = project.output.maps
    if wanted == "none":
        return ()
    known = {m.account for m in models}
    for name in wanted if wanted != "all" else ():
        if name not in known:
            raise ProjectError(
                Text(
                    "[output] maps：没有计算“{name}”。{hint}",
                    "[output] maps: {name!r} is not computed. {hint}",
                ),
                name=name,
                hint=suggestion(name, known),
            )
    return tuple(m.id for m in models if wanted == "all" or m.account in wanted)


def _content(
    inputs: Inputs,
    models: tuple[Bound, ...],
    derived: tuple[Bound, ...],
    used: tuple[Raster, ...],
    maps: tuple[str, ...],
    rings: Path,
) -> str:
    """Return a digest of all that decides a result: nothing of the machine or the tiling."""
    files = [Path(r.path) for r in used if r.constant is None]
    with ThreadPoolExecutor(2) as pool:
        digests = list(pool.map(sha256, files))
    numbers = [
        [m.id, m.model.kernel.__qualname__, m.model.output.name, m.model.output.low,
         m.model.output.high, m.classes, sorted(m.scope), *(_plain(a) for a in m.arguments)]
        for m in (*models, *derived)
    ]  # fmt: skip
    layers = [
        [r.name, r.variable.bands, r.bands, r.scale, r.offset, r.nodata, r.nodata_class,
         sorted(r.classes.items()), r.constant, r.shift, str(r.lattice), r.pixel_a_cell]
        for r in used
    ]  # fmt: skip
    return digest_of([
        software(), inputs.grid.crs, inputs.grid.transform, inputs.grid.shape,
        inputs.grid.areal_limit, engine_number("least_valid_share"), layers, digests, numbers,
        list(inputs.parcels["parcel_id"]), rings.name, maps,
    ])  # fmt: skip


def _plain(argument: object) -> object:
    table = getattr(argument, "table", None)
    return table.tolist() if isinstance(table, np.ndarray) else str(argument)


def _manifest(
    inputs: Inputs,
    at_hand: Derivations,
    prepared: tuple[Prepared, ...],
    said: list[Mapping[str, Any]],
    resumed: int,
) -> dict[str, Any]:
    project = inputs.project
    models = [m for p in prepared for m in p.models]
    rows = [r for p in prepared for r in p.rows]
    rows += [r for m in (*models, *at_hand.inline()) for r in m.rows] + at_hand.rows()
    unique = {r.name(): r.record() for r in rows}
    content = project.model_dump(mode="json", exclude={"folder"}, exclude_none=True)
    summary: dict[str, Any] = {}
    for one in said:
        summary |= one
    return {
        "software": software(),
        "command": command(),
        "project": content,
        "grid": {
            "crs": inputs.grid.projection.to_string() if inputs.grid.projection.to_epsg() is None
            else f"EPSG:{inputs.grid.projection.to_epsg()}",
            "transform": list(inputs.grid.transform),
            "rows": inputs.grid.rows,
            "cols": inputs.grid.cols,
            "cell_area_m2": inputs.grid.nominal_area,
            "area": "planar" if inputs.grid.keeps_areas and not inputs.grid.geographic
            else "geodesic per cell",
            "true_over_planar": list(inputs.grid.areal_range),
        },
        "parcels": {"source": inputs.parcels_source, "count": len(inputs.parcels)},
        "inputs": input_records(inputs),
        "modelled": modelled_records(at_hand),
        "not_computed": [n.record() for p in prepared for n in p.not_computed],
        "parameters": [unique[name] for name in sorted(unique)],
        "tiles_resumed": resumed,
        **summary,
    }  # fmt: skip

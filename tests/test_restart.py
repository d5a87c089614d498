"""A run that is killed goes on where it stood, and ends with the bytes of one that was not."""

import contextlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from data_catalog.errors import OutputError
from tests.county import changed, make_county, write
from tiles.checkpoints import FOLDER

SHAPE, PARCELS, TILE = (800, 832), 300, 64
TABLES = ("account.parquet", "parcels.parquet", "carbon.parquet")
REDONE_AT_MOST = 0.15  # of the finished tiles
PATIENCE = 120  # seconds


@dataclass(frozen=True)
class Job:
    """A project and where its run folder goes."""

    project: Path
    out: Path

    @property
    def aside(self) -> Path:
        return self.out.with_name(self.out.name + ".unfinished")

    def command(self, *more: str) -> list[str]:
        where = (str(self.project), "--out", str(self.out), "--tile", str(TILE), "--quiet")
        return [sys.executable, "-m", "cli", "compute", *where, "--workers", "2", *more]

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        """Start it in a process group of its own."""
        return subprocess.Popen(
            self.command(*more), start_new_session=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def complete(self, *more: str) -> dict[str, Any]:
        """Run it to its end; return the manifest."""
        subprocess.run(self.command(*more), check=True, capture_output=True, timeout=PATIENCE)
        manifest: dict[str, Any] = json.loads((self.out / "manifest.json").read_text("utf-8"))
        return manifest

    def log(self) -> list[dict[str, Any]]:
        """Return the lines of the log since the last start."""
        with contextlib.suppress(OSError):
            text = (self.aside / "log.jsonl").read_text("utf-8")
            lines = [json.loads(x) for x in text.splitlines(keepends=True) if x.endswith("\n")]
            starts = [i for i, line in enumerate(lines) if line["what"] == "started"]
            return lines[starts[-1] :] if starts else []
        return []

    def finished(self) -> int:
        """Return how many tiles the log says are finished."""
        return max((line.get("tiles_done", 0) for line in self.log()), default=0)

    def resumed(self) -> int | None:
        """Return with how many finished tiles the last start began; None if it never got there."""
        return next((x["tiles_done"] for x in self.log() if x["what"] == "progress"), None)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill -9 a process and all it started."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def until(condition: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Wait until something is so, or the process has ended."""
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a county large enough to be killed on the way."""
    return make_county(
        tmp_path_factory.mktemp("large"), SHAPE, PARCELS, maps='["water_conservation"]'
    )


@pytest.fixture(scope="module")
def whole_run(large: Path, computed, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("uninterrupted") / "run"
    computed(large, out, tile=300, workers=2)
    return out


@pytest.fixture(scope="module")
def uninterrupted(whole_run: Path, digests) -> dict[str, str]:
    return of_run(digests, whole_run)


def of_run(digests: Callable[..., dict[str, str]], run: Path) -> dict[str, str]:
    return digests(run, (*TABLES, "maps/water_conservation.tif", "account.csv", "carbon.csv"))


def test_a_run_killed_five_times_goes_on_each_time_and_ends_the_same(
    large, digests, uninterrupted, tmp_path
):
    job = Job(large, tmp_path / "run")
    moments = sorted(random.Random(5).sample(range(5, 90), 5))  # noqa: S311  (percent)
    all_tiles = -(-SHAPE[0] // TILE) * -(-SHAPE[1] // TILE)
    before = 0
    for moment in moments:
        process = job.start("--resume")
        until(lambda m=moment: job.finished() >= m / 100 * all_tiles, process)
        assert process.poll() is None, "it ended before it was killed"
        kill_group(process)
        assert not job.out.exists()
        resumed = job.resumed()
        assert resumed is not None
        assert before - resumed <= REDONE_AT_MOST * before
        before = job.finished()
        assert before < all_tiles
    manifest = job.complete("--resume")
    assert before - manifest["tiles_resumed"] <= REDONE_AT_MOST * before
    assert of_run(digests, job.out) == uninterrupted
    assert not (job.out / FOLDER).exists()
    assert not job.aside.exists()


def test_workers_end_by_themselves_when_only_their_parent_is_killed(
    large, digests, uninterrupted, tmp_path
):
    job = Job(large, tmp_path / "run")
    process = job.start("--scheduler", "processes")
    until(lambda: job.finished() > 10, process)
    children = psutil.Process(process.pid).children(recursive=True)
    assert len(children) >= 2
    process.kill()
    process.wait()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert not alive
    before = job.finished()
    manifest = job.complete("--resume")
    assert manifest["tiles_resumed"] >= (1 - REDONE_AT_MOST) * before > 0
    assert of_run(digests, job.out) == uninterrupted


def test_a_killed_worker_is_told_in_words_and_its_run_can_go_on(
    large, digests, uninterrupted, tmp_path
):
    job = Job(large, tmp_path / "run")
    process = subprocess.Popen(
        job.command("--scheduler", "processes"), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
        env=os.environ | {"GEP_LANG": "en"},
    )  # fmt: skip
    until(lambda: job.finished() > 10, process)
    children = psutil.Process(process.pid).children(recursive=True)
    next(c for c in children if "spawn_main" in " ".join(c.cmdline())).kill()
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert b"a worker process was ended" in said
    assert len(said.splitlines()) == 1
    assert job.complete("--resume")["tiles_resumed"] > 0
    assert of_run(digests, job.out) == uninterrupted


# In this process: what a folder that was left behind may do


def small_county(folder: Path) -> Path:
    return make_county(folder / "county", (130, 160), 30, maps='["water_conservation"]')


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small_county(tmp_path)


@pytest.fixture(scope="module")
def undisturbed(computed, digests, tmp_path_factory) -> dict[str, str]:
    """Return the digests of a run of the small county that nothing happened to."""
    return fresh(computed, digests, small_county(tmp_path_factory.mktemp("undisturbed")))


@pytest.fixture
def stopped(project, computed, monkeypatch) -> Iterator[Callable[..., Path]]:
    """Give a way to compute all tiles of a project and stop before its tables."""

    def stop(of: Path = project) -> Path:
        out = project.parent.parent / "run"
        with monkeypatch.context() as patch:
            patch.setattr("tiles.compute.Result", _killed)
            with pytest.raises(KeyboardInterrupt):
                computed(of, out, tile=64, resume=True)
        assert not out.exists()
        return out

    return stop


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def checkpoints(out: Path) -> list[Path]:
    aside = out.with_name(out.name + ".unfinished")
    return sorted((aside / FOLDER).glob("*/0*.npz"))


def fresh(computed: Any, digests: Any, project: Path) -> dict[str, str]:
    out = project.with_name("fresh")
    computed(project, out)
    return of_run(digests, out)


def test_all_finished_tiles_are_resumed(stopped, project, computed, digests, undisturbed):
    out = stopped()
    assert computed(project, out, tile=64, resume=True)["tiles_resumed"] == 3 * 3
    assert of_run(digests, out) == undisturbed


def test_without_resume_nothing_is_kept(stopped, project, computed):
    out = stopped()
    assert computed(project, out, tile=64)["tiles_resumed"] == 0


def test_tiles_of_another_size_are_not_resumed(stopped, project, computed, digests, undisturbed):
    out = stopped()
    assert computed(project, out, tile=50, resume=True)["tiles_resumed"] == 0
    assert of_run(digests, out) == undisturbed


@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_tiles_of_another_scheduler_and_number_of_workers_are_resumed(
    stopped, project, computed, scheduler
):
    out = stopped()
    done = computed(project, out, tile=64, workers=4, scheduler=scheduler, resume=True)
    assert done["tiles_resumed"] == 3 * 3


@pytest.mark.parametrize("damage", ["cut", "zeroed", "one byte"])
def test_a_damaged_checkpoint_is_computed_again(
    stopped, project, computed, digests, undisturbed, damage
):
    out = stopped()
    victim = checkpoints(out)[4]
    content = bytearray(victim.read_bytes())
    if damage == "one byte":
        content[len(content) // 3] ^= 0xFF
    else:
        left = len(content) // 2 if damage == "cut" else 0
        content = content[:left] + bytes(len(content) if damage == "zeroed" else 0)
    victim.write_bytes(content)
    victim.with_name("0000007.npz.abc.part").write_bytes(b"left behind")
    assert computed(project, out, tile=64, resume=True)["tiles_resumed"] == 3 * 3 - 1
    assert of_run(digests, out) == undisturbed


def test_a_changed_input_file_is_computed_anew(stopped, project, computed, digests):
    import rasterio

    out = stopped()
    path = project.with_name("cover_factor.tif")
    with rasterio.open(path) as file:
        values, transform, crs = file.read(), file.transform, file.crs
    values[0, 0, 0] = 1 - values[0, 0, 0]
    write(path, values, transform, crs, tiled=True)
    assert computed(project, out, tile=64, resume=True)["tiles_resumed"] == 0
    assert of_run(digests, out) == fresh(computed, digests, project)


STANDARD = """\
id = "ours"
title_zh = "本县"
title_en = "Ours"
source = "HJ1173"
[services.water_conservation]
parts = [{ variant = "balance", classes = [@classes@] }]
valuations = ["storage_cost"]
sets = { runoff_coefficient = "gong2017-evergreen", reservoir_storage_cost = "baiyang2017" }
[services.soil_retention]
parts = [{ variant = "rusle", classes = [@classes@] }]
valuations = []
"""


@pytest.mark.parametrize(
    "change",
    [
        {"scale = 0.1": "scale = 0.11"},
        {'biomass.tif"': 'biomass.tif"\nnodata = 77'},
        {"ipcc2006-subtropical-humid": "ipcc2006-tropical-dry"},
        {'"parcels.parquet"': '"fewer.parquet"'},
        {'["water_conservation"]': '["water_conservation", "oxygen_release"]'},
        {"[layers.npp]": '[layers.practice_factor]\nvalue = 0.5\nunits = "1"\n[layers.npp]'},
    ],
    ids=["scale", "nodata", "factors", "parcels", "maps", "layer"],
)
def test_a_changed_project_file_never_meets_old_checkpoints(
    stopped, project, computed, digests, change
):
    import geopandas as gpd

    parcels = gpd.read_parquet(project.with_name("parcels.parquet"))
    parcels.iloc[1:].to_parquet(project.with_name("fewer.parquet"))
    out = stopped()
    other = changed(project, "other.toml", change)
    done = computed(other, out, tile=64, resume=True)
    if "[layers.npp]" not in change:  # that one adds a layer that no model of cn-open reads
        assert done["tiles_resumed"] == 0
    assert of_run(digests, out) == fresh(computed, digests, other)


def test_classes_taken_out_of_a_local_standard_never_meet_old_checkpoints(
    stopped, project, computed, digests
):
    projects = []
    for name, classes in (("wide", '"1", "2"'), ("narrow", '"1"')):
        project.with_name(f"{name}-standard.toml").write_text(
            STANDARD.replace("@classes@", classes), encoding="utf-8"
        )
        naming = {"year = 2019": f'year = 2019\nstandard = "{name}-standard.toml"'}
        projects.append(changed(project, f"{name}.toml", naming))
    out = stopped(projects[0])
    assert computed(projects[1], out, tile=64, resume=True)["tiles_resumed"] == 0
    assert of_run(digests, out) == fresh(computed, digests, projects[1])


def test_a_pattern_is_scaled_to_the_mean_over_the_parcels_of_the_day(
    stopped, project, computed, digests
):
    import geopandas as gpd

    scaled = changed(
        project,
        "scaled.toml",
        {'units = "mm/month"\n': 'units = "mm/month"\n[layers.precipitation.scale_to]\n'
         'mean = 2000.0\nunits = "mm/year"\nsource = "a bulletin"\n'},
    )  # fmt: skip
    out = stopped(scaled)
    parcels = gpd.read_parquet(project.with_name("parcels.parquet"))
    parcels.iloc[:7].to_parquet(project.with_name("parcels.parquet"))
    computed(scaled, out, tile=64, resume=True)
    assert of_run(digests, out) == fresh(computed, digests, scaled)


def test_what_an_earlier_project_file_left_does_not_end_up_in_the_run(stopped, project, computed):
    out = stopped()
    aside = out.with_name("run.unfinished")
    (aside / "maps").mkdir(exist_ok=True)
    (aside / "maps" / "old.tif").write_bytes(b"old")
    (aside / "carbon_routes.csv").write_text("old")
    computed(project, out, tile=64, resume=True)
    assert [p.name for p in (out / "maps").iterdir()] == ["water_conservation.tif"]
    assert not (out / "carbon_routes.csv").exists()


def test_a_finished_run_is_replaced_only_when_told_so(project, computed, out):
    computed(project, out)
    manifest = (out / "manifest.json").read_bytes()
    for resume in (False, True):
        with pytest.raises(OutputError, match="exists already"):
            computed(project, out, resume=resume)
    assert (out / "manifest.json").read_bytes() == manifest
    computed(project, out, overwrite=True)
    assert (out / "manifest.json").read_bytes() != manifest
    assert [p.name for p in out.parent.iterdir() if p.name.startswith("run")] == ["run"]


# A disk that fills up


NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


def test_a_run_that_filled_its_disk_goes_on_when_there_is_room(
    large, digests, whole_run, uninterrupted, tmp_path
):
    disk, kept = tmp_path / "disk", tmp_path / "kept"
    disk.mkdir()
    derived = sum(p.stat().st_size for p in (whole_run / "derived").iterdir())
    room = derived + 4_000_000  # bytes: for some of the checkpoints, not for all
    mount = f"mount -t tmpfs -o size={room} none {disk}"
    if (
        not shutil.which("unshare")
        or subprocess.run(
            [*NAMESPACE, "sh", "-c", mount], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("a small disk cannot be mounted here (no user namespaces)")
    job = Job(large, disk / "run")
    compute = " ".join(job.command())
    script = f"""
        {mount}
        {compute}; echo "code $?"
        mount -o remount,size=200m {disk}
        {compute} --resume; echo "code $?"
        cp -r {job.out} {kept}
    """
    done = subprocess.run(
        [*NAMESPACE, "sh", "-c", script], capture_output=True, text=True, check=False,
        env=os.environ | {"GEP_LANG": "en"}, timeout=PATIENCE,
    )  # fmt: skip
    assert [x for x in done.stdout.splitlines() if x.startswith("code")] == ["code 1", "code 0"]
    assert "the disk is full" in done.stderr
    assert json.loads((kept / "manifest.json").read_text("utf-8"))["tiles_resumed"] > 0
    assert of_run(digests, kept) == uninterrupted


@pytest.mark.parametrize("most", [1_500, 20_000, 200_000])
def test_a_file_that_cannot_grow_never_makes_a_wrong_number(
    project, computed, digests, undisturbed, out, most
):
    """Each size stops the run at another file: the parcels' rings, a derived layer, a map."""
    wanted = Job(project, out)

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    done = subprocess.run(
        wanted.command(), preexec_fn=limited, capture_output=True, text=True, check=False,
        env=os.environ | {"GEP_LANG": "en"}, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert "the disk is full" in done.stderr
    assert not out.exists()
    computed(project, out, tile=TILE, resume=True)
    assert of_run(digests, out) == undisturbed


@pytest.mark.torture
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("scheduler", ["threads", "processes"])
def test_twenty_kills_at_any_moment_from_start_to_end_change_nothing(
    large, digests, uninterrupted, tmp_path, scheduler
):
    draw = random.Random(20)  # noqa: S311  (a fixed choice of moments)
    job = Job(large, tmp_path / "run")
    started = time.monotonic()
    job.complete("--scheduler", scheduler)
    whole = time.monotonic() - started
    for _ in range(20):
        shutil.rmtree(job.out)
        process = job.start("--scheduler", scheduler)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(draw.uniform(0, whole))
        with contextlib.suppress(ProcessLookupError):
            kill_group(process)
        before = job.finished()
        if not job.out.exists():
            manifest = job.complete("--resume", "--scheduler", scheduler)
            assert manifest["tiles_resumed"] >= (1 - REDONE_AT_MOST) * before
        assert of_run(digests, job.out) == uninterrupted


def test_a_stop_while_the_folder_is_moved_into_place_loses_no_tile(
    project, computed, digests, undisturbed, tmp_path, monkeypatch
):
    out = tmp_path / "moved"
    rename = Path.rename

    def stop_at_the_last_move(path: Path, target: Path) -> Path:
        if Path(target) == out:
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", stop_at_the_last_move)
    with pytest.raises(KeyboardInterrupt):
        computed(project, out)
    assert not out.exists()
    monkeypatch.undo()
    manifest = computed(project, out, resume=True)
    assert manifest["tiles_resumed"] > 0
    assert of_run(digests, out) == undisturbed
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith("moved")) == ["moved"]

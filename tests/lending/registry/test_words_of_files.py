"""What the registry says of files that it cannot read or write: each language its own sentences."""

import json
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from data_catalog.disk_words import no_json
from data_catalog.errors import GepError
from lending import registry
from lending.conflicts import bundled_rules
from lending.conflicts.claims_file import read_claims
from lending.conflicts.land import read_layer
from lending.registry.checkpoints import read_public_key
from tests.lending.registry.world import opened


@pytest.fixture
def junk(tmp_path: Path) -> Path:
    file = tmp_path / "junk"
    file.write_bytes(b"\xff\xfe not text")
    return file


def _backup(file: Path) -> object:
    return registry.restore(file.parent / "new.db", file)


def _zip(file: Path) -> object:
    other = file.with_name("other.zip")
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("readme.txt", "none of ours")
    return _backup(other)


def _into_no_folder(file: Path) -> object:
    world = opened(file.parent / "pledges.db", create=True)
    try:
        return registry.backup(world.registry, file.parent / "none" / "b.zip")
    finally:
        world.registry.close()


def _opened_with(key: Path) -> object:
    return registry.open(key.parent / "r.db", create=True, sealing_key=key)


FAULTS: dict[str, Callable[[Path], object]] = {
    "a sealing key": _opened_with,
    "a sealing key that is not there": lambda file: _opened_with(file.with_name("none")),
    "a public key": read_public_key,
    "a public key that is not there": lambda file: read_public_key(file.with_name("none")),
    "a checkpoint": lambda _: registry.read_checkpoints(["1 a b", "no checkpoint here at all"]),
    "a backup": _backup,
    "a zip that is no backup": _zip,
    "a backup that is not there": lambda file: _backup(file.with_name("none")),
    "a backup into no folder": _into_no_folder,
    "a registry": registry.open,
    "a layer": read_layer,
    "claims": lambda file: read_claims(file, bundled_rules(), None),
}


@pytest.mark.parametrize("what", FAULTS)
def test_a_file_that_cannot_be_used_is_told_in_each_language(junk: Path, what: str) -> None:
    with pytest.raises(GepError) as told:
        FAULTS[what](junk)
    zh, en = (told.value.say(language).replace(str(junk.parent), "") for language in ("zh", "en"))
    assert re.search("[\u4e00-\u9fff]{4}", zh)
    assert not re.search("[\u4e00-\u9fff]", en)
    # no two words of English after each other, but names of files and commands
    own = re.sub(r"gep pledge \w+|GeoPackage|GeoJSON|Shapefile|GeoParquet|[\w/]*\.\w+", "", zh)
    assert not re.search(r"[A-Za-z]{2,}[ :]+[A-Za-z]{2,}", own), own
    assert "Errno" not in en + zh
    assert zh.endswith("。")


@pytest.mark.parametrize(("content", "zh", "en"), [
    (b"{not json", "第 1 行第 2 个字符", "line 1, character 2"),
    (b"\xff\xfe", "应为以 UTF-8 编码的 JSON 文件", "it must be a JSON file in UTF-8"),
])  # fmt: skip
def test_where_json_ends_is_told(content: bytes, zh: str, en: str) -> None:
    with pytest.raises(ValueError) as broken:
        json.loads(content.decode("utf-8"))
    said = no_json(broken.value)
    assert (zh in said.zh, en in said.en) == (True, True)

"""The files of a claim: vintages, waterfall, eligibility, errors by source, its terms."""

import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd

from data_catalog.errors import OutputError
from data_catalog.text import Text
from sinks.credits.claim import Claim
from sinks.credits.vintages import write_vintages
from sinks.uncertainty.tables import error_rows
from tiles.runfolder import sha256

__all__ = ["claim_record", "write_claim"]

FILES = ("vintages.csv", "vintages.parquet", "waterfall.csv", "eligibility.csv",
         "errors.parquet", "error_fields.parquet", "claim.json")  # fmt: skip


def write_claim(found: Claim, folder: Path, *, overwrite: bool = False) -> tuple[Path, ...]:
    """Write a claim into a folder, and return its files.

    `errors.parquet` holds what the net changes before deductions err by, source by source, so that
    the bound of any portfolio of the parcels can be formed.

    Raises
    ------
    OutputError
        If the folder holds a claim already, or cannot be written.
    """
    there = [name for name in FILES if (folder / name).exists()]
    if there and not overwrite:
        raise OutputError(where=str(folder), problem=Text(
            f"已有 {there[0]}。用 --overwrite 覆盖，或另选文件夹。",
            f"holds {there[0]} already. Use --overwrite, or choose another folder.",
        ))  # fmt: skip
    aside = folder.with_name(f".{folder.name}.unfinished")
    try:
        shutil.rmtree(aside, ignore_errors=True)
        write_vintages(found.vintages, aside)
        found.table.to_csv(aside / "waterfall.csv", index=False, lineterminator="\n")
        _checks(found).to_csv(aside / "eligibility.csv", index=False, lineterminator="\n")
        errors, fields = error_rows(found.net)
        errors.drop(columns=["year_from", "year_to", "share"]).to_parquet(aside / FILES[4])
        fields.to_parquet(aside / FILES[5])
        digests = {name: sha256(aside / name) for name in FILES[:2]}
        record = claim_record(found) | {"files": digests}
        text = json.dumps(record, ensure_ascii=False, indent=1, allow_nan=False)
        (aside / FILES[6]).write_text(f"{text}\n", encoding="utf-8")
        folder.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (aside / name).replace(folder / name)
        aside.rmdir()
    except OSError as error:
        problem = Text("无法写入该文件夹。", "this folder cannot be written.")
        raise OutputError(where=str(folder), problem=problem) from error
    return tuple(folder / name for name in FILES)


def claim_record(found: Claim) -> dict[str, Any]:
    """Return a claim for a program: amounts t_CO2e, shares as fractions, unknown numbers None."""
    row, rating = found.buffer.row, found.buffer.rating
    return {
        "of": {"name": found.source, "sha256": found.sha256},
        "methodology": found.methodology.id, "title": _both(found.methodology.title),
        "kind": found.kind, "pools": list(found.pools),
        "provisional": found.provisional, "confidence_of_lower_bound": found.level,
        "total": {name: _number(value) for name, value in found.total.items()},
        "vintages": [
            {str(k): _number(v) for k, v in one.items()} for one in found.table.to_dict("records")
        ],
        "buffer": {
            "share": found.buffer.share, "row": None if row is None else row.record(),
            "rating": None if rating is None else {
                "scores": rating.scores, "internal": rating.internal, "external": rating.external,
                "natural": rating.natural, "rating_percent": rating.rating,
            },
        },
        "eligibility": [
            {"rule": c.rule, "answer": c.answer, "parcels": len(c.parcels), "status": c.status,
             "source": c.source, "title": _both(c.title), "reason": _both(c.reason)}
            for c in found.checks
        ],
        "left_out": {p: [_both(why) for why in reasons] for p, reasons in found.left_out.items()},
        "remarks": [_both(text) for text in found.remarks],
    }  # fmt: skip


def _checks(found: Claim) -> pd.DataFrame:
    rows = [
        (parcel, c.rule, c.answer, c.title.zh, c.title.en, c.reason.zh, c.reason.en, c.status,
         c.source)
        for c in found.checks for parcel in c.parcels
    ]  # fmt: skip
    columns = ("parcel_id", "rule", "answer", "title_zh", "title_en", "reason_zh", "reason_en",
               "status", "source")  # fmt: skip
    return pd.DataFrame(rows, columns=list(columns)).sort_values(["parcel_id", "rule"])


def _number(value: Any) -> Any:  # noqa: ANN401  (JSON: number, text or nothing)
    if isinstance(value, float):
        return None if value != value or value in {float("inf"), -float("inf")} else value  # noqa: PLR0124
    return value if isinstance(value, int) else str(value)


def _both(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}

"""`gep pledge record` and `apply`: forms from a JSON file into the registry."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cli import options
from cli.commands.pledge.opening import Desk, at_a_desk
from data_catalog.disk_words import no_json
from data_catalog.errors import TableError
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.registry.forms import Form

KINDS = ("party", "parcel", "right", "project", "batch", "issue", "loan", "policy", "valuation")
RECORDED = Text("已登记 {count} 条", "recorded: {count}")


@click.command()
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.argument("file", type=options.PATH)
@at_a_desk
@options.lang
def record(desk: Desk, kind: str, file: Path, lang: Language) -> None:
    """Record what FILE (JSON; GeoJSON of parcels) holds, each for itself, as KIND: party, parcel,
    right, project, batch, issue, loan, policy or valuation.
    """  # noqa: D205
    from lending.registry.forms import read_form

    form_of, act = _kinds()[kind]
    forms = [
        read_form(form_of, given, f"{file} {place}") for place, given in enumerate(_given(file), 1)
    ]
    for form in forms:
        act(desk.registry, desk.user, form)
    click.echo(RECORDED[lang].format(count=len(forms)))


@click.command()
@click.argument("file", type=options.PATH)
@at_a_desk
@options.lang
def apply(desk: Desk, file: Path, lang: Language) -> None:  # noqa: ARG001
    """Apply for the pledges in FILE (JSON) and print their names."""
    from lending import registry
    from lending.registry.forms import PledgeForm, read_form

    forms = [read_form(PledgeForm, given, str(file)) for given in _given(file)]
    for form in forms:
        click.echo(registry.apply(desk.registry, desk.user, form).pledge_id)


def _kinds() -> "dict[str, tuple[type[Form], Callable[..., Any]]]":
    from lending import registry as r
    from lending.registry.forms import BatchIssueForm

    return {
        "party": (r.SubjectForm, r.record_subject),
        "parcel": (r.ParcelForm, r.record_parcel),
        "right": (r.RightForm, r.record_right),
        "project": (r.ProjectForm, r.record_project),
        "batch": (r.BatchForm, r.record_batch),
        "issue": (
            BatchIssueForm,
            lambda registry, user, form: r.issue_batch(registry, user, form.batch_id, form.issue()),
        ),
        "loan": (r.LoanForm, r.record_loan),
        "policy": (r.PolicyForm, r.record_policy),
        "valuation": (r.ValuationForm, r.record_valuation),
    }


def _given(file: Path) -> Iterator[object]:
    """Yield the forms of a file: an object, a list, or the features of GeoJSON."""
    try:
        given = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise TableError(where=str(file), problem=no_json(error)) from error
    if isinstance(given, dict) and given.get("type") == "FeatureCollection":
        yield from _of_features(file, given.get("features"))
    elif isinstance(given, list):
        yield from given
    else:
        yield given


def _of_features(file: Path, features: object) -> Iterator[object]:
    """Yield forms of GeoJSON features: the properties, and the geometry beside them."""
    if not isinstance(features, list):
        raise TableError(where=str(file), problem=NO_FEATURES)
    for place, feature in enumerate(features, 1):
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise TableError(where=f"{file} {place}", problem=NO_PROPERTIES)
        yield {**properties, "geometry": feature.get("geometry")}


NO_FEATURES = Text(
    "FeatureCollection 没有要素列表（features）。",
    "the FeatureCollection has no list of features.",
)
NO_PROPERTIES = Text(
    "不是带属性（properties）的 GeoJSON 要素；登记内容须写在属性里。",
    "is no GeoJSON feature with properties; what is recorded stands in them.",
)

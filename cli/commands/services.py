"""`gep services`: the ecosystem services, their variants and their valuations."""

from typing import TYPE_CHECKING

import click

from cli import options
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from gep.service import Service

VARIANTS = (
    Text("功能量方法", "amount"), Text("名称", "title"), Text("公式", "formula"),
    Text("数据", "data"), Text("项目", "item"),
    Text("出处", "reference"), Text("采用它的标准", "standards that use it"),
)  # fmt: skip
VALUATIONS = (
    Text("价值量方法", "value"), Text("名称", "title"), Text("公式", "formula"),
    Text("出处", "reference"), Text("类别", "method"),
    Text("采用它的标准", "standards that use it"),
)  # fmt: skip
PIXELS = Text("图层", "layers")
MORE = Text(
    "参数、输入与来源：gep explain <服务>", "parameters, inputs, sources: gep explain SERVICE"
)


@click.command()
@options.as_json
@options.lang
def services(*, as_json: bool, lang: Language) -> int:
    """List the ecosystem services in the order of the account."""
    from cli.terminal import show, show_json
    from gep.services import services as known_services

    if as_json:
        show_json([_record(service) for service in known_services()])
        return 0
    for place, service in enumerate(known_services()):
        if place:
            show()
        _show(service, lang)
    click.echo(MORE[lang], err=True)
    return 0


def _show(service: "Service", lang: Language) -> None:
    from cli.labels import GROUPS, titled
    from cli.terminal import show, show_table, show_title
    from data_catalog.formula import plain
    from gep.service import METHODS

    show_title(titled(service.title, service.id, lang))
    unit = {"zh": f"，单位 {service.total}", "en": f", in {service.total}"}[lang]
    show(f"{GROUPS[service.group][lang]}{'：' if lang == 'zh' else ': '}"
         f"{service.physical[lang]}{unit}\n")  # fmt: skip
    show_table(
        [title[lang] for title in VARIANTS],
        [
            (
                v.id,
                v.title[lang],
                plain(v.formula),
                f"[tables] {v.table}" if v.table else PIXELS[lang],
                v.item,
                v.source.key,
                ", ".join(_users(service, v.id)),
            )
            for v in service.variants
        ],
    )
    show()
    show_table(
        [title[lang] for title in VALUATIONS],
        [
            (v.id, v.title[lang], plain(v.formula), v.source.key, METHODS[v.method][lang],
             ", ".join(_users(service, v.id)))
            for v in service.valuations
        ],
    )  # fmt: skip


def _users(service: "Service", model: str) -> list[str]:
    """Return the bundled standards that account with a variant or a valuation."""
    from data_catalog.standards import bundled

    choices = {name: s.services.get(service.id) for name, s in bundled().items()}
    return [
        name
        for name, c in choices.items()
        if c and model in {*(part.variant for part in c.parts), *c.valuations}
    ]


def _record(service: "Service") -> dict[str, object]:
    models = [(v, {"table": v.table, "item": v.item}) for v in service.variants]
    valued = [(v, {"method": v.method, "item": v.item}) for v in service.valuations]
    return {
        "id": service.id,
        "title_zh": service.title.zh,
        "title_en": service.title.en,
        "group": service.group,
        "physical_zh": service.physical.zh,
        "physical_en": service.physical.en,
        "total": service.total,
        **{
            kind: [
                {
                    "id": m.id, "title_zh": m.title.zh, "title_en": m.title.en,
                    "formula": m.formula, "source": m.source.key, "where": m.source.where,
                    "columns": list(m.columns()), "standards": _users(service, m.id),
                } | more
                for m, more in found
            ]
            for kind, found in (("variants", models), ("valuations", valued))
        },
    }  # fmt: skip

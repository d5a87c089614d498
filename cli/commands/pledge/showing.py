"""`gep pledge list` and `show`: what the registry holds."""

import json
from typing import TYPE_CHECKING, Any

import click

from cli import options
from cli.commands.pledge.opening import Desk, at_a_desk
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from lending.registry import Event, Pledge

NONE = Text("没有质押。", "No pledges.")
HEADER = (
    Text("编号", "pledge"), Text("贷款", "loan"), Text("权利", "right"), Text("年份", "years"),
    Text("吨（t CO2e）", "tonnes (t CO2e)"), Text("状态", "state"),
    Text("登记编号", "registration"), Text("登记时间（UTC）", "registered (UTC)"),
)  # fmt: skip
LOTS = (
    Text("批次", "batch"), Text("状态", "state"), Text("吨（t CO2e）", "tonnes (t CO2e)"),
    Text("序列号", "serials"),
)  # fmt: skip
EVENTS = (
    Text("事件", "event"), Text("时间（UTC）", "time (UTC)"), Text("办理", "act"),
    Text("办理人", "by"), Text("备注", "remark"),
)  # fmt: skip
FACTS = {
    "parcels": Text("宗地：{}", "parcels: {}"),
    "secured": Text("担保金额：{} 元", "secured: CNY {}"),
    "instrument": Text("许可证或保险单：{}", "permit or policy: {}"),
    "next": Text("可行的步骤：{}", "what may follow: {}"),
}
LOT_STATES = {
    "reserved": Text("已预留", "reserved"), "pledged": Text("已质押", "pledged"),
    "released": Text("已释放", "released"), "sold": Text("已出售", "sold"),
    "retired": Text("已注销", "retired"), "buffer": Text("缓冲", "buffer"),
}  # fmt: skip


@click.command("list")
@click.option("--state", metavar="STATE", help="Only pledges in this state.")
@click.option("--loan", metavar="LOAN", help="Only pledges of this loan.")
@at_a_desk
@options.as_json
@options.lang
def list_pledges(
    desk: Desk, state: str | None, loan: str | None, as_json: bool, lang: Language
) -> None:
    """List the pledges; a bank its own."""
    from cli.terminal import show, show_json, show_table
    from lending import registry
    from lending.registry.journal import image
    from lending.registry.own import BANKS

    desk.permit("read")
    with desk.registry.reading() as session:
        bank = desk.user.organisation if desk.user.role in BANKS else None
        found = registry.pledges(session, state=state, loan=loan, organisation=bank)
    if as_json:
        show_json([image(pledge) for pledge in found])
    elif not found:
        show(NONE[lang])
    else:
        rows = [_row(pledge, lang) for pledge in found]
        show_table([title[lang] for title in HEADER], rows, right={4})


@click.command()
@click.argument("pledge_id", metavar="PLEDGE")
@at_a_desk
@options.as_json
@options.lang
def show(desk: Desk, pledge_id: str, as_json: bool, lang: Language) -> None:
    """Show PLEDGE: its parcels, lots, and all that was done to it."""
    from cli.terminal import show_json
    from lending import registry
    from lending.registry import Pledge
    from lending.registry.journal import image
    from lending.registry.own import seen

    desk.permit("read")
    with desk.registry.reading() as session:
        found = seen(session, desk.user, Pledge, pledge_id)
        lots = registry.lots_of(session, pledge_id)
        parcels = [claim.parcel_id for claim in registry.claims_of(session, pledge_id)]
        acts = registry.events(session, subject=pledge_id)
    if as_json:
        record = {
            **image(found), "parcels": parcels, "lots": [image(lot) for lot in lots],
            "events": [_event(entry) for entry in acts],
        }  # fmt: skip
        show_json(record)
        return
    _show(found, [image(lot) for lot in lots], parcels, acts, lang)


def _show(
    pledge: "Pledge", lots: list[dict[str, Any]], parcels: list[str], acts: "list[Event]",
    lang: Language,
) -> None:  # fmt: skip
    from cli.terminal import show, show_table
    from lending import registry

    known = registry.actions()
    show_table([title[lang] for title in HEADER], [_row(pledge, lang)], right={4})
    comma = "、" if lang == "zh" else ", "
    follow = comma.join(known[way].title[lang] for way in registry.following(pledge.state))
    show(FACTS["parcels"][lang].format(comma.join(parcels)))
    show(FACTS["secured"][lang].format(f"{pledge.secured_amount:,}"))
    if pledge.instrument:
        show(FACTS["instrument"][lang].format(pledge.instrument))
    show(FACTS["next"][lang].format(follow or "-"))
    if lots:
        show()
        rows = [
            (
                lot["batch_id"], LOT_STATES[lot["state"]][lang], lot["tonnes"],
                f"{lot['serial_from']}-{lot['serial_to']}" if lot["serial_from"] else "",
            )
            for lot in lots
        ]  # fmt: skip
        show_table([title[lang] for title in LOTS], rows, right={2})
    show()
    done = [
        (str(e.seq), f"{e.time:%Y-%m-%d %H:%M:%S}",
         known[e.kind].title[lang] if e.kind in known else e.kind, e.actor,
         _remark(e))
        for e in acts
    ]  # fmt: skip
    show_table([title[lang] for title in EVENTS], done, right={0})


def _row(pledge: "Pledge", lang: Language) -> tuple[str, ...]:
    from lending import registry

    return (
        pledge.pledge_id, pledge.loan_id, pledge.right_code,
        f"[{pledge.vintage_from}, {pledge.vintage_to})",
        "" if pledge.tonnes is None else f"{pledge.tonnes:,}",
        registry.states()[pledge.state].title[lang], pledge.registration_number or "",
        f"{pledge.registered_at:%Y-%m-%d %H:%M:%S}" if pledge.registered_at else "",
    )  # fmt: skip


def _remark(entry: "Event") -> str:
    """Return why an act was done, or by which document."""
    facts = json.loads(entry.data)["facts"]
    return str(facts.get("remark") or facts.get("document") or "")


def _event(entry: "Event") -> dict[str, Any]:
    from lending.registry.journal import image

    return {**image(entry), "data": json.loads(entry.data)}

"""`gep lending`: the REST API of the pledge registry: start it, its document, who may use what."""

from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import options
from cli.commands.pledge.opening import database, sealing_key
from data_catalog.errors import OutputError
from data_catalog.text import Language, Text

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = "127.0.0.1"
PORT = 8340
HIGHEST_PORT = 65535
ALLOWED, NOT_ALLOWED = "✓", ""
PUBLIC = Text("无需令牌", "no token needed")
SERVING = Text("服务地址：{address}（Ctrl-C 停止）", "serving at {address} (Ctrl-C stops)")
OPEN = Text(
    "注意：本服务对其他机器可见，且不加密。请放在提供 TLS 的反向代理之后。",
    "note: other machines can reach this service, and it does not encrypt. Put it behind a "
    "reverse proxy with TLS.",
)
MISSING = Text(
    "缺少网络服务的组件：pip install 'gep-toolkit[serve]'。",
    "the parts of a network service are missing: pip install 'gep-toolkit[serve]'.",
)
HEADER = (Text("方法", "method"), Text("地址", "path"), Text("办理", "what it does"))


@click.group()
def lending() -> None:
    """Serve the pledge registry to other programs."""


@lending.command()
@database
@sealing_key
@click.option(
    "--policies", type=options.PATH,
    help="Folder of bank policies (TOML); valuations name the policy by its file.",
)  # fmt: skip
@click.option(
    "--host", default=LOOPBACK, show_default=True,
    help="Address to listen at; by default only this machine is answered.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, HIGHEST_PORT), default=PORT, show_default=True,
    help="Port to listen at; 0 takes a free one.",
)  # fmt: skip
@options.lang
def serve(
    place: str, sealing_key: Path | None, policies: Path | None, host: str, port: int,
    lang: Language,
) -> None:  # fmt: skip
    """Start the REST API and serve until stopped."""
    _needed()
    import signal

    from lending import registry
    from lending.api.app import make_app
    from lending.api.serving import read_policies
    from lending.api.serving import serve as listen

    known = read_policies(policies) if policies else {}
    opened = registry.open(place, sealing_key=sealing_key)
    # SIGTERM ends it as Ctrl-C does: what is being answered is finished, and the registry closed
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if host != LOOPBACK:
        click.echo(OPEN[lang], err=True)
    with closing(opened), suppress(KeyboardInterrupt):
        listen(
            make_app(opened, policies=known), host=host, port=port,
            on_start=lambda address: click.echo(SERVING[lang].format(address=address), err=True),
        )  # fmt: skip


@lending.command()
def openapi() -> None:
    """Print the OpenAPI document."""
    import json

    click.echo(json.dumps(_described().openapi(), ensure_ascii=False, indent=1))


@lending.command()
@options.as_json
@options.lang
def access(*, as_json: bool, lang: Language) -> None:
    """Show which role may use which endpoint."""
    _needed()
    from cli.terminal import show_json, show_table
    from lending.api.endpoints import endpoints
    from lending.registry.roles import roles

    found = endpoints().values()
    if as_json:
        show_json([
            {"method": e.method, "path": e.path, "title": e.title, "action": e.action,
             "roles": list(e.roles)} for e in found
        ])  # fmt: skip
        return
    header = [*(title[lang] for title in HEADER), *(title[lang] for title in roles().values())]
    show_table(header, [
        (e.method, e.path, e.title[lang] + (f" ({PUBLIC[lang]})" if e.public else ""),
         *(ALLOWED if role in e.roles else NOT_ALLOWED for role in roles()))
        for e in found
    ])  # fmt: skip


def _described() -> "FastAPI":
    """Return a service over an empty registry: the document does not depend on what is in it."""
    _needed()
    from lending import registry
    from lending.api.app import make_app

    return make_app(registry.open("sqlite://", create=True))


def _needed() -> None:
    from importlib.util import find_spec

    if find_spec("fastapi") is None or find_spec("uvicorn") is None:
        raise OutputError(MISSING)

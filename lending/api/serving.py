"""The service on a port, and what it is started with."""

import errno
import logging
import socket
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from data_catalog.errors import GepError
from data_catalog.text import Text
from lending.api.limits import limits
from lending.policy import Policy, read_policy

__all__ = ["LOOPBACK", "ServeError", "listening_at", "read_policies", "serve", "server_of"]

LOOPBACK = "127.0.0.1"


class ServeError(GepError):
    """The service cannot start."""

    template = Text("{where}：{problem}", "{where}: {problem}")


def read_policies(folder: Path) -> dict[str, Policy]:
    """Return the bank policies of a folder's TOML files, by file name.

    Raises
    ------
    ServeError
        If the folder has none.
    """
    files = sorted(folder.glob("*.toml"))
    if not files:
        problem = Text(
            "没有银行政策文件（*.toml）。", "there are no bank policies (*.toml) in this folder."
        )
        raise ServeError(where=str(folder), problem=problem)
    return {file.stem: read_policy(file) for file in files}


def serve(
    app: FastAPI, *, host: str = LOOPBACK, port: int = 0,
    on_start: Callable[[str], None] | None = None,
) -> None:  # fmt: skip
    """Serve until interrupted.

    Parameters
    ----------
    host : str
        By default only this machine is listened to.
    port : int
        0 takes a free one.
    on_start : callable, optional
        Told the address once the port is ours.

    Raises
    ------
    ServeError
        If the port is taken, or the address is not this machine's.
    """
    with listening_at(host, port) as taken:
        if on_start is not None:
            name, number = taken.getsockname()[:2]
            on_start(f"http://[{name}]:{number}" if ":" in name else f"http://{name}:{number}")
        server_of(app).run(sockets=[taken])


def server_of(app: FastAPI) -> uvicorn.Server:
    """Return a server that logs no headers and no query, and lets idle connections go."""
    config = uvicorn.Config(
        app, access_log=False, log_config=None, server_header=False, proxy_headers=False,
        log_level=logging.WARNING, timeout_keep_alive=int(limits().idle_time),
        timeout_graceful_shutdown=int(limits().body_time),
    )  # fmt: skip
    return uvicorn.Server(config)


def listening_at(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Its protocol is named: of a socket without one asyncio would hold back small answers for 40 ms.

    Raises
    ------
    ServeError
        If the port is taken, or the address is not this machine's.
    """
    taken = None
    try:
        family, kind, proto, _, where = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        taken = socket.socket(family, kind, proto)
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(where)
        taken.listen()
    except OSError as error:
        if taken is not None:
            taken.close()
        problem = WHY_NOT.get(error.errno or 0, NO_ADDRESS)
        raise ServeError(where=f"{host}:{port}", problem=problem) from error
    return taken


NO_ADDRESS = Text(
    "本机没有这个地址，不能在此监听。", "cannot listen there: this machine has no such address."
)
WHY_NOT = {
    errno.EADDRINUSE: Text(
        "端口已被占用，不能在此监听。请用 --port 另选（0 为任一空闲端口）。",
        "cannot listen there: the port is in use. Choose another with --port (0 takes a free one).",
    ),
    errno.EACCES: Text(
        "无权在此端口监听。请选 1024 以上的端口。",
        "cannot listen there: not allowed. Choose a port above 1023.",
    ),
}
"""By the number of the system's error."""

"""A real server on this machine, started and stopped as people do."""

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from lending import registry
from lending.api.app import make_app
from lending.api.serving import ServeError, read_policies, serve, server_of
from tests.lending.api.conftest import in_days
from tests.lending.registry.world import opened


def asked(address: str, path: str, token: str | None = None) -> tuple[int, dict]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    request = urllib.request.Request(f"{address}{path}", headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


@pytest.fixture
def token(copied) -> tuple[Path, str]:
    place = copied()
    world = opened(place)
    words = registry.issue_token(world.registry, "auditor.1", expires_at=in_days(1))
    world.registry.close()
    return place, words


def test_a_server_starts_answers_and_stops(token: tuple[Path, str], policies: Path) -> None:
    place, words = token
    command = [sys.executable, "-m", "cli", "--lang", "en", "lending", "serve", "--db", str(place),
               "--policies", str(policies), "--port", "0"]  # fmt: skip
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            said = server.stderr.readline()
            assert said.startswith("serving at http://127.0.0.1:"), said
            address = said.split()[2]
            assert asked(address, "/v1/health") == (200, {"status": "ok"})
            assert asked(address, "/v1/me")[0] == 401
            status, me = asked(address, "/v1/me", words)
            assert (status, me["user_id"]) == (200, "auditor.1")
            assert asked(address, "/v1/parcels/K1", words)[1]["certificate"] == "浙(2020)0001"
            assert asked(address, "/v1/openapi.json")[1]["openapi"].startswith("3.1")
            server.send_signal(signal.SIGINT)
            rest = server.stderr.read()
            assert server.wait(timeout=30) == 0
            assert words not in rest
            assert "Traceback" not in rest
        finally:
            server.kill()


def test_a_request_that_never_ends_is_let_go(token: tuple[Path, str], serving) -> None:
    service = serving(token[0], body_time=0.3)
    server = server_of(service.app)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        with closing(socket.create_connection(listening.getsockname()[:2], timeout=20)) as slow:
            words = service.tokens["forestry"]
            slow.sendall(
                f"POST /v1/subjects HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {words}\r\n"
                'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"'.encode()
            )
            assert b"408" in slow.recv(4096).split(b"\r\n")[0]
        server.should_exit = True
        thread.join(20)
    service.world.registry.close()
    assert not thread.is_alive()


def test_a_port_that_is_taken_is_told(token: tuple[Path, str]) -> None:
    world = opened(token[0])
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ServeError, match="listen"):
        serve(make_app(world.registry), port=taken.getsockname()[1])
    world.registry.close()


def test_a_folder_without_policies_is_told(tmp_path: Path, policies: Path) -> None:
    assert list(read_policies(policies)) == ["example"]
    with pytest.raises(ServeError, match=r"\*\.toml"):
        read_policies(tmp_path)

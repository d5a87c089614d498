"""A real server on this machine, started and stopped as people do."""

import itertools
import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path

import pytest
import sqlalchemy

from cli.main import main
from data_catalog.errors import GepError
from lending import registry
from lending.api.app import make_app
from lending.api.serving import ServeError, read_policies, serve, server_of
from lending.registry.tables import Loan
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


def serving_process(place: str, *more: str) -> subprocess.Popen:
    serve = ("lending", "serve", "--db", place, *more)
    command = [sys.executable, "-m", "cli", "--lang", "en", *serve]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


def posted(address: str, path: str, token: str, form: dict, key: str) -> int | None:
    """Post a form; None if the server did not answer."""
    request = urllib.request.Request(  # noqa: S310
        f"{address}{path}", json.dumps(form).encode(), method="POST", headers={
            "Authorization": f"Bearer {token}", "Content-Type": "application/json",
            "Idempotency-Key": key,
        },
    )  # fmt: skip
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code
    except (OSError, HTTPException):
        return None


def test_it_stops_cleanly_while_requests_are_under_way(
    furnished_place: Callable[[], str],
) -> None:
    place = furnished_place()
    world = opened(place)
    tokens = {
        role: registry.issue_token(world.registry, f"{role}.1", expires_at=in_days(1))
        for role in ("bank_maker", "auditor")
    }
    world.registry.close()
    answered: dict[str, int | None] = {}
    with serving_process(place, "--port", "0") as server:
        try:
            address = server.stderr.readline().split()[2]

            def work(desk: int) -> None:
                for number in itertools.count():
                    name = f"L{desk}-{number}"
                    form = {"loan_id": name, "amount": "1.00", "rate": "0", "starts": "2026-01-01",
                            "ends": "2027-01-01"}  # fmt: skip
                    answered[name] = posted(address, "/v1/loans", tokens["bank_maker"], form, name)
                    asked(address, "/v1/nowhere", tokens["bank_maker"])
                    if answered[name] is None:
                        return

            def patiently(desk: int) -> None:
                with suppress(OSError, HTTPException):
                    work(desk)

            desks = [threading.Thread(target=patiently, args=(n,)) for n in range(4)]
            for desk in desks:
                desk.start()
            while len(answered) < 12:
                time.sleep(0.01)
            server.send_signal(signal.SIGTERM)
            said = server.stderr.read()
            assert server.wait(timeout=60) == 0
            for desk in desks:
                desk.join(60)
        finally:
            server.kill()
    assert "Traceback" not in said
    assert not any(words in said for words in tokens.values())
    assert {status for status in answered.values() if status} <= {201, 503}
    again = opened(place)
    with again.registry.reading() as session:
        kept = {loan.loan_id for loan in session.query(Loan)}
    assert {name for name, status in answered.items() if status == 201} <= kept
    assert not registry.audit(again.registry).faults
    again.registry.close()


@pytest.mark.parametrize(
    ("place", "words"),
    [("nowhere.db", "没有登记库"), ("notes.txt", "无法打开"), ("mysql://x/y", "只支持"),
     ("postgresql://nobody@127.0.0.1:1/x", "没有应答")],
)  # fmt: skip
def test_a_registry_that_cannot_be_opened_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture, place: str,
    words: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "notes.txt").write_text("no database " * 100)
    monkeypatch.setattr(sys, "argv", ["gep", "--lang", "zh", "lending", "serve", "--db", place])
    with pytest.raises(SystemExit) as caught:
        main()
    said = capsys.readouterr()
    assert (caught.value.code, said.out) == (1, "")
    assert words in said.err
    assert "Traceback" not in said.err


def test_a_registry_of_a_newer_toolkit_is_refused(copied) -> None:
    place = copied()
    engine = sqlalchemy.create_engine(f"sqlite:///{place}")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    with pytest.raises(GepError, match="newer toolkit"):
        registry.open(place)


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
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ServeError) as caught:
        serve(make_app(world.registry), port=taken.getsockname()[1])
    assert "端口已被占用" in caught.value.say("zh")
    assert "the port is in use" in caught.value.say("en")
    with pytest.raises(ServeError, match="no such address"):
        serve(make_app(world.registry), host="192.0.2.1")
    world.registry.close()


def test_a_folder_without_policies_is_told(tmp_path: Path, policies: Path) -> None:
    assert list(read_policies(policies)) == ["example"]
    with pytest.raises(ServeError, match=r"\*\.toml"):
        read_policies(tmp_path)

"""A configuration that changes under a running server."""

from __future__ import annotations

import json
import struct
import subprocess

import pytest
from web_process import IPCLAB, WebProcess, clients, left_on

from ipclab.ipc.names import object_name
from ipclab.ipc.shared_memory import SharedMemory
from ipclab.webserver import CONFIG, Config


def served(body: bytes) -> Config:
    found = json.loads(body)
    return Config(*(found[field] for field in Config._fields[:3]), found["greeting"].encode())


def test_an_update_reaches_open_connections_and_all_workers(server: WebProcess) -> None:
    with clients(server, 4) as many:
        before = [served(client.get().body) for client in many]
        assert len(set(before)) == 1
        done = server.update("--verbosity", "7", "--max-connections", "99", "--greeting", "Grüezi")
        assert (done["workers"], done["taken_up"]) == (2, 2)
        assert 0 < done["seconds"] < 1
        expected = Config(before[0].version + 1, 7, 99, "Grüezi".encode())
        assert {served(client.get().body) for client in many} == {expected}
        assert {client.get("/").body for client in many} == {expected.greeting}
    assert [worker["version"] for worker in server.shown()["workers"]] == [expected.version] * 2


def test_what_is_not_given_stays(server: WebProcess) -> None:
    before = server.shown()
    server.update("--verbosity", "3")
    after = server.shown()
    assert after["verbosity"] == 3
    assert after["version"] == before["version"] + 1
    for name in ("max_connections", "greeting"):
        assert after[name] == before[name]


def test_it_stands_at_the_start_of_its_segment(server: WebProcess) -> None:
    server.update("--greeting", "in memory")
    with SharedMemory.attach(object_name(str(server.port), "conf")) as memory:
        assert len(memory.map) == CONFIG.size
        *numbers, greeting = CONFIG.unpack(memory.map[:])
    shown = server.shown()
    assert numbers == [shown["version"], shown["verbosity"], shown["max_connections"]]
    assert greeting == b"in memory" + bytes(55)


@pytest.mark.parametrize("greeting", ["", "a" * 64, "ü" * 32, "two\nlines"])
def test_a_greeting_that_fits(server: WebProcess, greeting: str) -> None:
    server.update("--greeting", greeting)
    assert server.get("/").body == greeting.encode()
    assert served(server.get().body).greeting == greeting.encode()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--greeting", "a" * 65], "65 bytes in UTF-8; 64 are allowed"),
        (["--greeting", "ü" * 33], "66 bytes"),
        (["--greeting", "\udcff"], "not UTF-8"),
        (["--verbosity", "-1"], "--verbosity -1: between 0 and"),
        (["--verbosity", str(2**32)], "between 0 and 4,294,967,295"),
        (["--max-connections", "0"], "--max-connections 0: between 1 and"),
        ([], "nothing to change"),
    ],
)
def test_what_is_not_valid_is_not_published(
    server: WebProcess, options: list[str], words: str
) -> None:
    before = server.shown()["version"]
    done = server.command("update-config", *options)
    assert done.returncode == 2
    assert words in done.stderr
    assert server.shown()["version"] == before


def test_a_person_is_told(server: WebProcess) -> None:
    command = [*IPCLAB, "update-config", "--port", str(server.port), "--verbosity", "0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    version = server.shown()["version"]
    start = (
        f"version {version} is published; 2 of 2 workers have taken it up, the last of them after"
    )
    assert done.stdout.startswith(start)
    shown = server.command("show-config").stdout
    assert f"version          {version}\n" in shown
    assert shown.count(f": version {version}, ") == 2


@pytest.mark.parametrize("command", ["show-config", "update-config"])
def test_without_a_server_the_port_is_told(command: str) -> None:
    options = ["--verbosity", "1"] if command == "update-config" else []
    done = subprocess.run(
        [*IPCLAB, command, "--port", "1", *options], capture_output=True, text=True, timeout=20
    )
    assert done.returncode == 2
    assert "you have no web server on port 1; start one: ipclab webserver serve" in done.stderr
    assert left_on(1) == []


def test_publishers_in_parallel_lose_nothing(server: WebProcess) -> None:
    """Each publishes a version of its own, and the last one is what all see."""
    before = server.shown()["version"]
    command = [*IPCLAB, "update-config", "--json", "--port", str(server.port), "--greeting"]
    publishers = [
        subprocess.Popen([*command, f"publisher {number}"], stdout=subprocess.PIPE, text=True)
        for number in range(4)
    ]
    outputs = [publisher.communicate(timeout=20)[0] for publisher in publishers]
    versions = [json.loads(output)["version"] for output in outputs]
    assert sorted(versions) == list(range(before + 1, before + 5))
    last = versions.index(before + 4)
    assert server.get("/").body == f"publisher {last}".encode()


def test_the_verbosity_is_live(own_server: WebProcess) -> None:
    for verbosity, wanted in ((0, 0), (1, 0), (2, 1)):
        version = own_server.update("--verbosity", str(verbosity))["version"]
        own_server.get(f"/{verbosity}")
        log = own_server.log()
        assert log.count(f": version {version}\n") == (2 if verbosity else 0)
        assert log.count(f": GET '/{verbosity}'\n") == wanted


def test_the_limit_of_connections_is_live(server: WebProcess) -> None:
    server.update("--max-connections", "3")
    with clients(server, 3) as many:
        assert [client.get("/").status for client in many] == [200] * 3
        with server.connect() as one_more:
            assert one_more.answer().status == 503
            assert one_more.ended()
        server.update("--max-connections", "4")
        assert server.get("/").status == 200
    server.update("--max-connections", "1024")


def test_the_contract_of_the_layout() -> None:
    assert (CONFIG.format, CONFIG.size) == ("<QII64s", 80)
    assert struct.calcsize("<QII64s") == 80

"""Requests while the configuration changes: each sees one, whole, and none older than the one before."""

from __future__ import annotations

import itertools
import json

import pytest
from web_process import Client, WebProcess, clients, until

from ipclab.ipc.processes import reap, spawn
from ipclab.webserver import Config
from ipclab.webserver.publishing import publish
from ipclab.webserver.shared import REQUESTS, Shared
from ipclab.webserver.wakeups import wake_and_wait


def numbered(version: int) -> Config:
    """A configuration that shows by itself whether it is whole."""
    return Config(version, version % 2, 1000 + version, b"%064d" % version)


def ask(client: Client, path: str) -> Config:
    """The configuration behind an answer; the greeting alone tells all of it."""
    body = client.get(path).body
    if path == "/":
        return numbered(int(body))
    found = json.loads(body)
    numbers = (found["version"], found["verbosity"], found["max_connections"])
    return Config(*numbers, found["greeting"].encode())


def request_many(server: WebProcess, number: int, last: int) -> None:
    """At least `number` requests on four connections, until all of these have seen the last version."""
    with clients(server, 4) as many:
        seen = dict.fromkeys(many, 0)
        for done in itertools.count():
            client, path = many[done % 4], ("/", "/config", "/config")[done % 3]
            config = ask(client, path)
            assert config == numbered(config.version), "torn"
            assert config.version >= seen[client], "older than the one before"
            seen[client] = config.version
            if done >= number and min(seen.values()) == last:
                return


def change_while_asked(server: WebProcess, requests: int, changes: int) -> None:
    """The changes are spread over the requests: each waits for its share of them."""
    with Shared.attach(server.port) as shared:
        publish(shared, lambda before: numbered(before.version + 1))
        first = server.shown()["version"]
        children = [spawn(request_many, server, requests // 2, first + changes) for _ in range(2)]
        for change in range(1, changes + 1):
            share = change * requests // changes // 2
            until(lambda: answered(shared) >= share, "its share of requests")  # noqa: B023
            config = publish(shared, lambda before: numbered(before.version + 1))
            found = wake_and_wait(shared, config.version, shared.state["published"], timeout=20)
            assert found.taken_up == found.workers == 2
        assert [reap(child) for child in children] == [0, 0], "see standard error"
        assert answered(shared) >= requests


def answered(shared: Shared) -> int:
    return sum(row[REQUESTS] for row in shared.rows())


def test_changes_under_requests(own_server: WebProcess) -> None:
    change_while_asked(own_server, requests=3000, changes=60)


@pytest.mark.long
def test_a_thousand_changes_under_a_hundred_thousand_requests(own_server: WebProcess) -> None:
    change_while_asked(own_server, requests=100_000, changes=1000)

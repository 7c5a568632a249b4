"""What does the server answer, to which request, with which configuration?

    GET /         the greeting, as text
    GET /config   the whole configuration, and which worker has it, as JSON

An answer is one bytes object, head and body together: written in two halves, the second one would wait
until the client has acknowledged the first (Nagle's algorithm), and a client acknowledges late.

The answers to equal requests are equal until the configuration changes, or the second that their Date
tells; so each is made once and kept.

Read more: RFC 9110; man 7 tcp, TCP_NODELAY.
"""

from __future__ import annotations

import json
import os
import time
from http import HTTPStatus

import httptools

from .config import Config
from .requests import Request

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
NO_REQUEST = Request(b"", b"", keep_alive=False)
_MOST_KEPT = 64  # answers; a client may ask for any number of targets that do not exist
_ALLOWED = "GET, HEAD"
_TEXT = "text/plain; charset=utf-8"


class Answers:
    """The answers of one worker."""

    def __init__(self) -> None:
        self._kept: dict[Request, bytes] = {}
        self._config: Config | None = None
        self._second = 0
        self._date = ""

    def new_batch(self) -> None:
        """Look at the clock: once for all requests that arrived together."""
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(second))
            self._kept.clear()

    def to(self, request: Request, config: Config) -> bytes:
        if config != self._config:
            self._config = config
            self._kept.clear()
        answer = self._kept.get(request)
        if answer is None:
            answer = self._made(request, config)
            if len(self._kept) < _MOST_KEPT:
                self._kept[request] = answer
        return answer

    def refusal(self, status: int, request: Request = NO_REQUEST) -> bytes:
        """A status in words and nothing else, also for a request that was not read to its end."""
        return self._written(request, status, _TEXT, _words(status))

    def _made(self, request: Request, config: Config) -> bytes:
        path = _path(request.target)
        status = request.refusal or _status(path, request.method)
        if status != HTTPStatus.OK:
            return self.refusal(status, request)
        if path == b"/":
            return self._written(request, status, _TEXT, config.greeting)
        return self._written(request, status, "application/json", _as_json(config))

    def _written(self, request: Request, status: int, kind: str, body: bytes) -> bytes:
        head = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            f"Date: {self._date}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body)}",
        ]
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            head.append(f"Allow: {_ALLOWED}")
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            head.append("Retry-After: 1")
        if not request.keep_alive:
            head.append("Connection: close")
        elif request.old:
            head.append("Connection: keep-alive")
        if request.method == b"HEAD":
            body = b""
        return "\r\n".join([*head, "", ""]).encode() + body


def _path(target: bytes) -> bytes | None:
    """The path of "/config?x=1" and of "http://host/config"; None when the target has none."""
    try:
        path: bytes | None = httptools.parse_url(target).path
    except httptools.HttpParserInvalidURLError:
        return None
    return path or b"/"


def _status(path: bytes | None, method: bytes) -> int:
    if path is None:
        return HTTPStatus.BAD_REQUEST
    if path not in (b"/", b"/config"):
        return HTTPStatus.NOT_FOUND
    return HTTPStatus.OK if method in (b"GET", b"HEAD") else HTTPStatus.METHOD_NOT_ALLOWED


def _words(status: int) -> bytes:
    return f"{status} {HTTPStatus(status).phrase}\n".encode()


def _as_json(config: Config) -> bytes:
    fields = config._asdict() | {
        "greeting": config.greeting.decode("utf-8", "replace"),
        "worker": os.getpid(),
    }
    return json.dumps(fields).encode() + b"\n"

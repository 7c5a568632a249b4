"""Which requests do the bytes of a connection hold, and which of them must be refused?

httptools parses (in C, as Node.js does) and calls back for each part. What it does not do is count: a head
or a body without end would fill the memory. So the bytes are counted here, the headers that the protocol
demands are looked for, and whatever is wrong becomes a request with the status of its refusal. After it
nothing on this connection can be trusted, and it is closed.

Read more: RFC 9112 (messages), RFC 9110, section 15 (status codes).
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import NamedTuple

import httptools

LONGEST_TARGET = 2048  # bytes
LONGEST_HEAD = 8192  # bytes: target and headers
MOST_HEADERS = 64
LONGEST_BODY = 65536  # bytes; nobody needs one here, and it is thrown away
LONGEST_MESSAGE = 8 * LONGEST_BODY  # bytes: a body in chunks of one byte takes six times its size
_UNKNOWN_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ \S+ HTTP/1\.[01]\r\n")


class Request(NamedTuple):
    """All that an answer depends on, the configuration aside."""

    method: bytes
    target: bytes
    keep_alive: bool
    old: bool = False  # HTTP/1.0: it must be told that the connection stays
    refusal: int = 0  # the status that it must be refused with


class RequestReader:
    """The parser of one connection."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._found: list[Request] = []
        self.broken = (
            False  # nothing more will be read: something was refused, or closes the connection
        )
        self.wants_continue = False  # the client waits for 100 Continue before it sends a body
        self._start()
        self._in_message = self._old = False

    def _start(self) -> None:
        self._in_message = self._in_head = self._is_new = True
        self._target = b""
        self._received = 0  # bytes of this message, those of its first feed aside
        self._head_size = self._headers = self._hosts = self._body_size = 0
        self._refusal = 0

    @property
    def idle(self) -> bool:
        """Is there no unfinished request?"""
        return not self._in_message

    def feed(self, data: bytes) -> list[Request]:
        """The requests that these bytes complete; the last one may be a refusal."""
        self._found = []
        if self.broken:
            return self._found
        self._is_new = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserInvalidMethodError:
            well_formed = _UNKNOWN_METHOD.match(data)
            self._refuse(HTTPStatus.NOT_IMPLEMENTED if well_formed else HTTPStatus.BAD_REQUEST)
        except httptools.HttpParserUpgrade:
            self._found[-1] = self._found[-1]._replace(keep_alive=False)
            self.broken = True  # answered as HTTP/1.1; what follows is another protocol
        except httptools.HttpParserError:
            self._refuse(HTTPStatus.BAD_REQUEST)
        if self._in_message and not self._is_new:
            self._count(len(data))
        return self._found

    def _count(self, size: int) -> None:
        """A part without end never calls back: what came of this message counts as it comes."""
        self._received += size
        if self._in_head and self._received > LONGEST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif self._received > LONGEST_MESSAGE:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _refuse(self, status: int) -> None:
        if not self.broken:
            self.broken = True
            self.wants_continue = False
            self._found.append(
                Request(self._parser.get_method(), self._target, keep_alive=False, refusal=status)
            )

    # What httptools calls, in this order. An exception here would be wrapped by it, and told as another.

    def on_message_begin(self) -> None:
        self._start()

    def on_url(self, part: bytes) -> None:
        self._target += part
        self._head_size += len(part)
        if len(self._target) > LONGEST_TARGET:
            self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_size += len(name) + len(value) + 4  # ": " and the end of the line
        self._headers += 1
        if self._head_size > LONGEST_HEAD or self._headers > MOST_HEADERS:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        name = name.lower()
        if name == b"host":
            self._hosts += 1
        elif name == b"content-length" and int(value) > LONGEST_BODY:
            self._refusal = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        elif name == b"transfer-encoding" and value.lower() != b"chunked":
            self._refusal = HTTPStatus.NOT_IMPLEMENTED
        elif name == b"expect":
            if value.lower() == b"100-continue":
                self.wants_continue = True
            else:
                self._refusal = HTTPStatus.EXPECTATION_FAILED

    def on_headers_complete(self) -> None:
        self._in_head = False
        version = self._parser.get_http_version()
        self._old = version == "1.0"
        if version != "1.1" and not self._old:
            old = version < "1"  # a line without a version was HTTP once, before 1996
            self._refuse(HTTPStatus.BAD_REQUEST if old else HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        elif self._hosts > 1 or not (self._hosts or self._old):
            self._refuse(HTTPStatus.BAD_REQUEST)  # RFC 9112, 3.2
        elif self._refusal:
            self._refuse(self._refusal)

    def on_body(self, part: bytes) -> None:
        self.wants_continue = False
        self._body_size += len(part)
        if self._body_size > LONGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def on_message_complete(self) -> None:
        self._in_message = self.wants_continue = False
        if self.broken:
            return
        parser = self._parser
        keep_alive = parser.should_keep_alive()
        self._found.append(Request(parser.get_method(), self._target, keep_alive, self._old))
        self.broken = not keep_alive

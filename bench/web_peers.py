"""What the peers of the web server serve: the same greeting, as plainly as each of them allows."""

from __future__ import annotations

import socket
import sys
from collections.abc import Awaitable, Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ipclab.ipc.processes import spawn

GREETING = b"Hello from ipclab"
KIND = "text/plain; charset=utf-8"
HEADERS = [("Content-Type", KIND), ("Content-Length", str(len(GREETING)))]
RAW_HEADERS = [(name.lower().encode(), value.encode()) for name, value in HEADERS]


def wsgi(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    start_response("200 OK", HEADERS)
    return [GREETING]


async def asgi(
    scope: dict[str, Any], receive: object, send: Callable[[dict[str, Any]], Awaitable[None]]
) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": RAW_HEADERS})
    await send({"type": "http.response.body", "body": GREETING})


class Handler(BaseHTTPRequestHandler):
    """http.server at its best: connections stay, no Nagle, head and body in one write."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in HEADERS:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(GREETING)

    def log_message(self, format: str, *args: object) -> None:
        pass


def serve_with_http_server(port: int, workers: int) -> None:
    """Workers that share one socket, each with a thread for every connection."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler, bind_and_activate=False)
    server.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.server_bind()
    server.socket.listen(1024)
    server.daemon_threads = True
    server.socket.setblocking(False)  # the other worker may be faster
    for _ in range(workers - 1):
        spawn(server.serve_forever)
    server.serve_forever()


if __name__ == "__main__":
    serve_with_http_server(int(sys.argv[1]), int(sys.argv[2]))

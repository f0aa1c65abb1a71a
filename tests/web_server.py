"""A real HTTP server on loopback that answers as a test says and notes what it was asked."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator


@dataclass
class Reply:
    """What a path answers."""

    body: bytes = b""
    kind: str = "text/html; charset=utf-8"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    stream: Callable[[socket.socket], None] | None = None  # instead: writes to the connection itself


@dataclass
class Site:
    """The server's pages, which may change, and its log."""

    port: int = 0
    replies: dict[str, Reply | Callable[[Any], Reply]] = field(default_factory=dict)
    asked: list[tuple[str, float, dict[str, str]]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [path for path, _, _ in self.asked if path != "/robots.txt"]

    def times(self, path: str) -> list[float]:
        return [moment for asked, moment, _ in self.asked if asked == path]


@contextmanager
def serving_site(**replies: Reply) -> Iterator[Site]:
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            site.asked.append((self.path, time.monotonic(), {k.lower(): v for k, v in self.headers.items()}))
            reply = site.replies.get(self.path, Reply(status=404))
            if not isinstance(reply, Reply):
                reply = reply(self)
            if reply.stream:
                with suppress(OSError):  # the client goes away, as it should
                    reply.stream(self.connection)
                self.close_connection = True
                return
            etag = reply.headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                reply = Reply(status=304, headers=reply.headers)
            self.send_response(reply.status)
            for name, value in {"Content-Type": reply.kind, **reply.headers}.items():
                self.send_header(name, value)
            if reply.status != 304:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body if reply.status != 304 else b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

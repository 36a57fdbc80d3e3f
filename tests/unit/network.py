# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands between a client and the API: a server that speaks TLS, and a proxy that writes down what it is asked."""

from __future__ import annotations

import select
import socket
import socketserver
import ssl
import threading
import typing as t

Address = tuple[str, int]


class Relay(socketserver.ThreadingTCPServer):
    """Carries bytes from a free port on 127.0.0.1 to another server, and back. As a context manager it runs."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, upstream: Address, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.upstream = upstream
        self.tls = tls
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def address(self) -> Address:
        return "127.0.0.1", self.server_address[1]

    def __enter__(self) -> t.Self:
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()
        self._thread.join()

    def opening(self, client: socket.socket) -> bytes | None:  # noqa: ARG002 - for those who do something else
        """What to carry on of a new connection before anything else; None hangs up."""
        return b""

    def handle_error(self, _request: t.Any, _client_address: t.Any) -> None:
        """A client that hangs up is no news."""


class Proxy(Relay):
    """An HTTP proxy that knows one server alone, whatever name it is asked for."""

    def __init__(self, upstream: Address, refusal: str = "") -> None:
        super().__init__(upstream)
        self.asked: list[str] = []
        """What each connection asks for: ``POST http://host/`` or ``CONNECT host:443``."""
        self.heads: list[str] = []
        self.refusal = refusal

    @property
    def url(self) -> str:
        return f"http://{self.address[0]}:{self.address[1]}"

    @property
    def hosts(self) -> set[str]:
        """The hosts it has been asked for."""
        return {line.split()[1].removeprefix("http://").partition("/")[0] for line in self.asked}

    def opening(self, client: socket.socket) -> bytes | None:
        head = b""
        while b"\r\n\r\n" not in head:
            more = client.recv(65536)
            if not more:
                return None
            head += more
        text = head.decode("latin-1")
        self.asked.append(text.partition(" HTTP/")[0])
        self.heads.append(text)
        if self.refusal:
            client.sendall(f"HTTP/1.1 {self.refusal}\r\nContent-Length: 0\r\n\r\n".encode())
            return None
        if not text.startswith("CONNECT "):
            return head
        client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return b""


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        relay = t.cast("Relay", self.server)
        client = self.request if relay.tls is None else relay.tls.wrap_socket(self.request, server_side=True)
        opening = relay.opening(client)
        if opening is None:
            return
        with socket.create_connection(relay.upstream) as upstream:
            upstream.sendall(opening)
            while carried(client, upstream):
                pass


def carried(client: socket.socket, upstream: socket.socket) -> bool:
    """Carry over what has come from either side; whether both are still there."""
    ready, _writable, _odd = select.select([client, upstream], [], [], 10)
    for source, target in ((client, upstream), (upstream, client)):
        waiting = source in ready
        while waiting:
            data = source.recv(65536)
            if not data:
                return False
            target.sendall(data)
            # What TLS has unpacked already makes no socket ready.
            waiting = isinstance(source, ssl.SSLSocket) and source.pending() > 0
    return bool(ready)

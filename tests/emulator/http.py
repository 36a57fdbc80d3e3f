# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only file that knows HTTP: sockets to Request and Response."""

from __future__ import annotations

import socket
import struct
import threading
import time
import typing as t
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .pipeline import Request, Response

Answer = t.Callable[[str, str, Request], Response]
"""(method, path, request) -> response"""


class Server:
    """An HTTP server on 127.0.0.1, in a thread of its own. Port 0 takes a free one."""

    def __init__(self, answer: Answer, port: int = 0) -> None:
        self._server = _Server(answer, port)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Until the server is stopped or the process interrupted."""
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # With the default of 5, a client that opens more connections at once waits a second for one of them.
    request_queue_size = 128

    def __init__(self, answer: Answer, port: int) -> None:
        self.answer = answer
        super().__init__(("127.0.0.1", port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        length = self.headers.get("Content-Length") or "0"
        if not (length.isascii() and length.isdigit()):
            self.close_connection = True
            self.send_error(400, "Content-Length is not a number")
            return
        # A GET has no body as a rule; one that is left unread would be taken for the next request.
        body = self.rfile.read(int(length))
        # A proxy is asked with the whole URL in place of the path.
        path, _mark, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = t.cast("_Server", self.server).answer
        self._send(answer(self.command, path, Request(self.command, query, headers, body)))

    def _send(self, response: Response) -> None:
        if response.delay:
            time.sleep(response.delay)
        try:
            if response.cut_after != 0:
                self.send_response(response.status)
                self.send_header("Content-Type", response.content_type)
                self.send_header("Content-Length", str(len(response.body)))
                self.end_headers()
                self.wfile.write(response.body[: response.cut_after])
            if response.cut_after is not None:
                self._cut()
        except OSError:
            # The client has gone.
            self.close_connection = True

    def _cut(self) -> None:
        """Break the connection as a failing network does: a reset, not an orderly end."""
        self.wfile.flush()
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_what: t.Any) -> None:
        """Silent: the journal is the log."""

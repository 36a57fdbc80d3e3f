# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client of the emulator that shares no code with the SDK: it signs and sends raw HTTP requests itself.

It signs with the emulator's own ``signature`` module, whose correctness test_signature.py proves first with the vectors
of the official SDK.
"""

from __future__ import annotations

import http.client
import json
import time
import typing as t
import urllib.parse
from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.emulator import Emulator
from tests.emulator.signature import ALGORITHM, canonical_request, sign

REGION = "ap-guangzhou"
VERSIONS = {
    "cbs": "2017-03-12",
    "cvm": "2017-03-12",
    "tag": "2018-08-13",
    "sts": "2018-08-13",
    "region": "2022-06-27",
    "vpc": "2017-03-12",
}
JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"

Answer = dict[str, t.Any]


class Refused(Exception):
    """An answer with an Error in it."""

    def __init__(self, code: str, message: str, request_id: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.request_id = request_id


@dataclass(frozen=True)
class Key:
    secret_id: str
    secret_key: str
    token: str = ""


@dataclass(frozen=True)
class Reply:
    """What came over the wire."""

    status: int
    content_type: str
    body: bytes

    @property
    def response(self) -> Answer:
        answer: Answer = json.loads(self.body)["Response"]
        return answer

    @property
    def code(self) -> str:
        """The error code, or empty."""
        return str(self.response.get("Error", {}).get("Code", ""))


def authorization(
    key: Key,
    service: str,
    method: str,
    headers: dict[str, str],
    *,
    query: str = "",
    body: bytes = b"",
    signed: tuple[str, ...] = ("content-type", "host"),
) -> str:
    """The Authorization header for a request with these headers, whose names are in lower case."""
    timestamp = headers["x-tc-timestamp"]
    date = datetime.fromtimestamp(int(timestamp), UTC).strftime("%Y-%m-%d")
    canonical = canonical_request(method, query, headers, signed, body)
    signature = sign(key.secret_key, date, service, timestamp, canonical)
    scope = f"{key.secret_id}/{date}/{service}/tc3_request"
    return f"{ALGORITHM} Credential={scope}, SignedHeaders={';'.join(signed)}, Signature={signature}"


@dataclass
class Api:
    """One key's view of an emulator. ``api("DescribeImages", Limit=5)`` returns the Response or raises Refused."""

    emulator: Emulator
    key: Key
    region: str = REGION
    extra_headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, action: str, *region: str, **params: t.Any) -> Answer:
        """The region is the key's own if none is given; ``service=`` is not a parameter but the service."""
        service = params.pop("service", "cvm")
        return opened(self.post(action, region[0] if region else None, service, params))

    def post(
        self, action: str, region: str | None = None, service: str = "cvm", params: t.Any = None, **headers: str
    ) -> Reply:
        body = json.dumps({} if params is None else params).encode()
        return self.send("POST", self.headers(action, region, service, JSON_TYPE, **headers), service, body=body)

    def get(self, action: str, query: str, region: str | None = None, service: str = "cvm") -> Reply:
        return self.send("GET", self.headers(action, region, service, FORM_TYPE), service, query=query)

    def headers(
        self, action: str, region: str | None = None, service: str = "cvm", content_type: str = JSON_TYPE, **more: str
    ) -> dict[str, str]:
        """Everything but Authorization; keywords override, with _ for -, and an empty region is left out."""
        headers = {
            "content-type": content_type,
            "host": urllib.parse.urlsplit(self.emulator.url).netloc,
            "x-tc-action": action,
            "x-tc-version": VERSIONS.get(service, "2000-01-01"),
            "x-tc-timestamp": str(int(time.time())),
            "x-tc-region": self.region if region is None else region,
            "x-tc-token": self.key.token,
        }
        headers = {name: value for name, value in headers.items() if value}
        return {**headers, **self.extra_headers, **{name.replace("_", "-"): value for name, value in more.items()}}

    def send(
        self, method: str, headers: dict[str, str], service: str = "cvm", *, query: str = "", body: bytes = b""
    ) -> Reply:
        signed = {**headers, "authorization": authorization(self.key, service, method, headers, query=query, body=body)}
        return transmit(self.emulator.url, method, f"/?{query}" if query else "/", signed, body)


def transmit(url: str, method: str, path: str, headers: dict[str, str], body: bytes = b"") -> Reply:
    """Send exactly these headers, Host included, and nothing of our own but Content-Length."""
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=10)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {"host": address.netloc, **headers}.items():
            connection.putheader(name, value)
        if body:
            connection.putheader("content-length", str(len(body)))
        connection.endheaders(body or None)
        response = connection.getresponse()
        return Reply(response.status, response.getheader("Content-Type", ""), response.read())
    finally:
        connection.close()


def opened(reply: Reply) -> Answer:
    """The Response of a well-formed answer; an Error is raised."""
    assert reply.status == 200, reply.body
    assert reply.content_type == "application/json"
    assert list(json.loads(reply.body)) == ["Response"]
    response = reply.response
    assert len(response["RequestId"]) == 36
    if "Error" in response:
        assert set(response) == {"Error", "RequestId"}
        raise Refused(response["Error"]["Code"], response["Error"]["Message"], response["RequestId"])
    return response


def control(emulator: Emulator, method: str, command: str, data: t.Any = None) -> tuple[int, t.Any]:
    """Use the control path, as a test in another process does: unsigned."""
    body = b"" if data is None else json.dumps(data).encode()
    reply = transmit(emulator.url, method, f"/_emulator/{command}", {}, body)
    return reply.status, json.loads(reply.body)

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TC3-HMAC-SHA256, written from Tencent's "Signature v3" page and checked with its vectors."""

from __future__ import annotations

import hashlib
import hmac
import re
import typing as t
from dataclasses import dataclass
from datetime import UTC, datetime

from .errors import ApiError

ALGORITHM = "TC3-HMAC-SHA256"
TOLERANCE_SECONDS = 300

_AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<id>[^/,\s]+)/(?P<date>\d{{4}}-\d{{2}}-\d{{2}})/(?P<service>[a-z0-9-]+)/tc3_request,"
    r"\s*SignedHeaders=(?P<headers>[a-z0-9;-]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Claim:
    """What an Authorization header says."""

    secret_id: str
    date: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str


def read_claim(authorization: str) -> Claim:
    found = _AUTHORIZATION.fullmatch(authorization.strip())
    if not found:
        raise ApiError(
            "AuthFailure.InvalidAuthorization",
            "The request `Authorization` header does not conform to tencentcloud standards.",
        )
    headers = tuple(found["headers"].split(";"))
    return Claim(found["id"], found["date"], found["service"], headers, found["signature"])


def _header_value(name: str, headers: t.Mapping[str, str]) -> str:
    """As received; X-TC-* values in lower case, as the page's own example has them."""
    value = headers.get(name, "").strip()
    return value.lower() if name.startswith("x-tc-") else value


def canonical_request(
    method: str, query: str, headers: t.Mapping[str, str], signed_headers: t.Sequence[str], body: bytes
) -> str:
    """The text whose hash is signed. Header values are taken as received, Host included. A POST signs no query."""
    signed_query = query if method == "GET" else ""
    unsigned_payload = headers.get("x-tc-content-sha256") == "UNSIGNED-PAYLOAD"
    payload = b"UNSIGNED-PAYLOAD" if unsigned_payload else body
    lines = [f"{name}:{_header_value(name, headers)}" for name in signed_headers]
    return "\n".join(
        (method, "/", signed_query, *lines, "", ";".join(signed_headers), hashlib.sha256(payload).hexdigest())
    )


def sign(secret_key: str, date: str, service: str, timestamp: str, canonical: str) -> str:
    """The signature, 64 hexadecimal digits."""
    scope = f"{date}/{service}/tc3_request"
    text = "\n".join((ALGORITHM, timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))
    key = f"TC3{secret_key}".encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def check_time(claim: Claim, timestamp: str, real_now: float) -> None:
    """Refuse a stamp that is not a number, not of the claimed day, or more than five minutes off the real time."""
    if not (timestamp.isascii() and timestamp.isdigit()):
        raise ApiError("AuthFailure.SignatureFailure", "The X-TC-Timestamp header is not a number.")
    moment = int(timestamp)
    if abs(real_now - moment) > TOLERANCE_SECONDS:
        raise ApiError(
            "AuthFailure.SignatureExpire",
            f"Signature expired: `Timestamp` {moment} is too far from the server time {int(real_now)}.",
        )
    if datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d") != claim.date:
        raise ApiError("AuthFailure.SignatureFailure", "The date in Credential is not the UTC date of X-TC-Timestamp.")


def check_signature(
    claim: Claim, secret_key: str, method: str, query: str, headers: t.Mapping[str, str], body: bytes
) -> None:
    canonical = canonical_request(method, query, headers, claim.signed_headers, body)
    right = sign(secret_key, claim.date, claim.service, headers.get("x-tc-timestamp", ""), canonical)
    signed = {"content-type", "host"} <= set(claim.signed_headers)
    if not signed or not hmac.compare_digest(right, claim.signature):
        raise ApiError(
            "AuthFailure.SignatureFailure",
            "The provided credentials could not be validated. Please check your signature is correct.",
        )

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to an answer, stage by stage, in the order in which the stages stand in ``answer()``."""

from __future__ import annotations

import json
import re
import time
import traceback
import typing as t
import urllib.parse
from collections import Counter
from dataclasses import dataclass, field, replace

from . import catalogue, schema
from .actions import HANDLERS, REGIONLESS
from .call import Call
from .errors import COMMON_CODES, ApiError, EmulatorBug
from .faults import Fault
from .journal import Entry, Journal
from .signature import Claim, check_signature, check_time, read_claim
from .world import Account, TemporaryKey, World

RATES = {
    "DescribeImages": 40,
    "DescribeInstances": 40,
    "DescribeRegions": 20,
    "DescribeZones": 20,
}
"""Requests a second, per account, region and action (API category page and action pages); the others have 10."""

UNSIGNED = {"AssumeRoleWithWebIdentity": "sts"}
"""Actions that may come with ``Authorization: SKIP`` (their pages say so) -> their service."""

NOBODY = Account("", "nobody")
"""Who asks without a signature."""

GLOBAL_SERVICES = ("sts", "tag", "region")

_INDEX = re.compile(r"[0-9]{1,6}")
_WHOLE = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


@dataclass(frozen=True)
class Request:
    """An HTTP request, header names in lower case, values as received."""

    method: str
    query: str
    headers: dict[str, str]
    body: bytes

    def header(self, name: str) -> str:
        return self.headers.get(name, "")


@dataclass(frozen=True)
class Response:
    """What goes back. ``cut_after`` bytes the connection breaks; None sends everything."""

    status: int
    body: bytes
    content_type: str = "application/json"
    cut_after: int | None = None
    delay: float = 0.0


@dataclass
class Context:
    """What the stages learn about one request."""

    request: Request
    entry: Entry
    claim: Claim | None = None
    account: Account | None = None
    temporary: TemporaryKey | None = None
    service: schema.Service | None = None
    action: str = ""
    region: str = ""
    params: dict[str, t.Any] = field(default_factory=dict)


class Pipeline:
    """One emulated cloud, as seen through its API."""

    def __init__(self, world: World, journal: Journal) -> None:
        self.world = world
        self.journal = journal
        self._second: Counter[tuple[str, str, str, str, int]] = Counter()

    def answer(self, request: Request) -> Response:
        context = Context(request, self.journal.open(self.world.now()))
        try:
            return self._answer(context)
        except EmulatorBug as bug:
            return self._bug(context, str(bug))
        except Exception:  # noqa: BLE001 - whatever else escapes is a bug of the emulator and must be seen as one
            return self._bug(context, traceback.format_exc())

    def _answer(self, context: Context) -> Response:
        try:
            self._read_envelope(context)
            self._authenticate(context)
            self._read_params(context)
            context.entry.params = context.params
            fault = self._strike("before", context)
            if fault is not None and fault.do == "delay":
                self._note(context, fault)
                time.sleep(fault.seconds)
            elif fault is not None:
                return self._faulty(context, fault, _error(fault.code, fault.message))
            result = self._execute(context)
        except ApiError as error:
            result = _error(error.code, error.message)
        # A fault after the action hits refusals as well, once the caller is known.
        fault = self._strike("after", context) if context.account else None
        return self._finish(context, result) if fault is None else self._faulty(context, fault, result)

    # stages ---------------------------------------------------------------------------------------------------------

    def _read_envelope(self, context: Context) -> None:
        request, entry = context.request, context.entry
        context.action = entry.action = request.header("x-tc-action")
        context.region = entry.region = request.header("x-tc-region")
        entry.language = request.header("x-tc-language")
        entry.client = request.header("x-tc-requestclient")
        if request.header("authorization") == "SKIP" and context.action in UNSIGNED:
            entry.service = UNSIGNED[context.action]
        else:
            context.claim = read_claim(request.header("authorization"))
            entry.service = context.claim.service
        context.service = schema.services().get((entry.service, request.header("x-tc-version")))
        if context.service is None:
            known = any(service == entry.service for service, _version in schema.services())
            raise ApiError("NoSuchVersion" if known else "NoSuchProduct", "There is no such service and version.")

    def _authenticate(self, context: Context) -> None:
        if context.claim is None:
            context.account = NOBODY
            return
        request, claim = context.request, context.claim
        check_time(claim, request.header("x-tc-timestamp"), time.time())
        account, key, context.temporary = self._key_of(claim.secret_id, request.header("x-tc-token"))
        check_signature(claim, key, request.method, request.query, request.headers, request.body)
        context.account = account
        context.entry.account = account.uin

    def _key_of(self, secret_id: str, token: str) -> tuple[Account, str, TemporaryKey | None]:
        """The account and secret key behind a secret id, and what it is if it is temporary."""
        with self.world.lock:
            temporary = self.world.temporary_keys.get(secret_id)
            if temporary is not None:
                if token != temporary.token or temporary.expires <= self.world.now():
                    raise ApiError(
                        "AuthFailure.TokenFailure", "Token verification failed. Please check your Token is correct."
                    )
                return self.world.accounts[temporary.account], temporary.secret_key, temporary
            for account in self.world.accounts.values():
                if secret_id in account.credentials:
                    return account, account.credentials[secret_id], None
        raise ApiError(
            "AuthFailure.SecretIdNotFound", "The SecretId is not found, please ensure that your SecretId is correct."
        )

    def _read_params(self, context: Context) -> None:
        request = context.request
        if request.method == "GET":
            context.params = read_query(request.query, _known(context.service), context.action)
            return
        try:
            params = json.loads(request.body or b"{}")
        except ValueError:
            raise ApiError("InvalidRequest", "The body is not JSON.") from None
        if not isinstance(params, dict):
            raise ApiError("InvalidRequest", "The body is not a JSON object.")
        context.params = params

    def _strike(self, when: str, context: Context) -> Fault | None:
        account = context.account.uin if context.account else ""
        return self.world.faults.strike(when, context.action, context.region, account, context.params)

    def _execute(self, context: Context) -> dict[str, t.Any]:
        service, account = _known(context.service), _known(context.account)
        self._check_action(service, context.action)
        self._check_region(context, service, account)
        self._check_permission(context, service, account)
        self._check_rate(context, service, account)
        service.check_request(context.action, context.params)
        request_id = self.world.new_uuid()
        with self.world.lock:
            now = self.world.now()
            call = Call(self.world, account, context.region, context.params, request_id, now, context.temporary)
            try:
                result = HANDLERS[service.name, context.action](call)
            except ApiError as error:
                _check_code(service, context.action, error.code)
                raise
            context.entry.executed = True
        result = {**result, "RequestId": request_id}
        service.check_answer(context.action, self._as_documented(context, result))
        return result

    def _as_documented(self, context: Context, result: dict[str, t.Any]) -> dict[str, t.Any]:
        """The one answer that a switch makes differ from the description, as it would be without that switch."""
        odd = context.action == "SyncImages" and self.world.behaviour.image_set == "null"
        return {**result, "ImageSet": result["ImageSet"] or []} if odd else result

    def _check_action(self, service: schema.Service, action: str) -> None:
        if service.knows(action):
            return
        if action in service.official_actions:
            raise EmulatorBug(f"{service.name} {action} is official but not emulated")
        raise ApiError("InvalidAction", f"The action `{action}` does not exist.")

    def _check_region(self, context: Context, service: schema.Service, account: Account) -> None:
        region = context.region
        optional = service.name in GLOBAL_SERVICES or (service.name, context.action) in REGIONLESS
        if not region and "x-tc-region" in context.request.headers:
            raise ApiError(
                "InvalidParameterValue",
                "A value specified in `X-TC-Region` is not valid, is unsupported, or cannot be used.",
            )
        if not region:
            if optional and (service.name, context.action) != ("region", "DescribeZones"):
                return
            raise ApiError("MissingParameter", "The request is missing a required parameter `Region`.")
        known = catalogue.regions().get(region)
        if known is None or not known.usable or (account.regions is not None and region not in account.regions):
            raise ApiError("UnsupportedRegion", f"The region `{region}` is not supported.")

    def _check_permission(self, context: Context, service: schema.Service, account: Account) -> None:
        if context.action in account.denied_actions:
            raise ApiError(
                "AuthFailure.UnauthorizedOperation",
                "You are not authorized to perform this operation. Check your CAM policies, and ensure that you are "
                f"using the correct access keys. [{service.name}:{context.action}]",
            )

    def _check_rate(self, context: Context, service: schema.Service, account: Account) -> None:
        if not self.world.behaviour.rate_limits:
            return
        limit = RATES.get(context.action, 10)
        with self.world.lock:
            key = (account.uin, context.region, service.name, context.action, int(self.world.now()))
            self._second[key] += 1
            asked = self._second[key]
        if asked > limit:
            raise ApiError(
                "RequestLimitExceeded",
                f"Your current request times equals to `{asked}` in a second, which exceeds the frequency limit "
                f"`{limit}` for a second. Please reduce the frequency of calls.",
            )

    # answers --------------------------------------------------------------------------------------------------------

    def _finish(self, context: Context, result: dict[str, t.Any]) -> Response:
        context.entry.outcome = result["Error"]["Code"] if "Error" in result else "ok"
        result.setdefault("RequestId", self.world.new_uuid())
        context.entry.request_id = result["RequestId"]
        return _render(result)

    def _note(self, context: Context, fault: Fault) -> None:
        context.entry.fault = ", ".join(filter(None, (context.entry.fault, f"{fault.when} {fault.do}")))

    def _faulty(self, context: Context, fault: Fault, result: dict[str, t.Any]) -> Response:
        """What is sent in place of a result. A fault before the action has none: an error stands in for it."""
        self._note(context, fault)
        if fault.do == "throttle":
            result = _error("RequestLimitExceeded", "Your current request times exceed the frequency limit.")
        elif fault.do == "error":
            result = _error(fault.code, fault.message)
        told = self._finish(context, result)
        if fault.do not in ("throttle", "error", "delay"):
            context.entry.outcome = f"<{fault.do}>"
        return broken(told, fault)

    def _bug(self, context: Context, text: str) -> Response:
        context.entry.outcome = "<bug>"
        self.journal.bugs.append(f"{context.action}: {text}")
        return Response(500, f"emulator bug: {text}".encode(), "text/plain; charset=utf-8")


T = t.TypeVar("T")


def broken(told: Response, fault: Fault) -> Response:
    """What becomes of an answer on its way."""
    half = len(told.body) // 2
    shapes = {
        "http": Response(fault.status, b"<html>bad gateway</html>", "text/html"),
        "cut": replace(told, cut_after=0),
        "cut_body": replace(told, cut_after=half),
        "garbage": replace(told, body=told.body[:half] + b"\xff<"),
        "wrong_type": replace(told, content_type="application/json; charset=utf-8"),
        "delay": replace(told, delay=fault.seconds),
    }
    return shapes.get(fault.do, told)


def _known(value: T | None) -> T:
    """A value that an earlier stage has set."""
    if value is None:
        raise EmulatorBug("a stage ran before the one it relies on")
    return value


def _error(code: str, message: str) -> dict[str, t.Any]:
    return {"Error": {"Code": code, "Message": message}}


def _render(result: dict[str, t.Any]) -> Response:
    return Response(200, json.dumps({"Response": result}, ensure_ascii=False).encode())


def _check_code(service: schema.Service, action: str, code: str) -> None:
    """An error that the real action cannot answer would teach clients something false."""
    if code not in COMMON_CODES | schema.official_codes()[service.name, action]:
        raise EmulatorBug(f"{code} is not among the documented errors of {service.name} {action}")


def read_query(query: str, service: schema.Service, action: str) -> dict[str, t.Any]:
    """The parameters of a GET request: ``ImageIds.0=img-1&DryRun=True``, typed by the official description."""
    root: dict[str, t.Any] = {}
    for path, value in urllib.parse.parse_qsl(query, keep_blank_values=True):
        *parents, last = path.split(".")
        node: t.Any = root
        for part in parents:
            node = node.setdefault(part, {}) if isinstance(node, dict) else None
        if not isinstance(node, dict) or last in node:
            raise ApiError("InvalidParameter", f"The parameter `{path}` contradicts another one.")
        node[last] = value
    if not service.knows(action):
        return root
    typed = _typed(root, {"$ref": f"#/$defs/{service.actions[action]['input']}"}, service.requests)
    return t.cast("dict[str, t.Any]", typed)


def _typed(value: t.Any, schema_part: dict[str, t.Any], definitions: dict[str, t.Any]) -> t.Any:
    if "$ref" in schema_part:
        schema_part = definitions[schema_part["$ref"].rsplit("/", 1)[1]]
    if "anyOf" in schema_part:
        schema_part = schema_part["anyOf"][0]
    kind = schema_part.get("type")
    if isinstance(value, dict) and kind == "array" and all(_INDEX.fullmatch(key) for key in value):
        ordered = sorted(value.items(), key=lambda item: int(item[0]))
        return [_typed(item, schema_part["items"], definitions) for _index, item in ordered]
    if isinstance(value, dict):
        known = schema_part.get("properties", {})
        return {key: _typed(item, known.get(key, {}), definitions) for key, item in value.items()}
    return _scalar(value, kind)


def _scalar(text: str, kind: str | None) -> t.Any:
    """A value as its type spells it; what is spelt otherwise stays text, which the schema then refuses."""
    if kind == "boolean" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "integer" and _WHOLE.fullmatch(text):
        return int(text)
    if kind == "number" and _DECIMAL.fullmatch(text):
        return float(text)
    return text

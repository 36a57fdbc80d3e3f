# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Calling the API: the only file that imports the SDK.

The SDK signs and transports; it does not retry here (its StandardRetryer repeats calls that succeeded). One client a
thread, because its HTTP session is not documented as thread-safe.
"""

from __future__ import annotations

import json
import random
import threading
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from . import _retry
from ._errors import CloudError, SdkMissing
from ._keyring import KeyRing, Learn
from ._keys import Credential, Source
from ._lenders import obtain
from ._version import VERSION
from ._wait import Clock, Deadline

try:
    from requests.exceptions import RequestException
    from tencentcloud.common import credential as sdk_credential
    from tencentcloud.common.common_client import CommonClient
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
except ImportError:
    HAS_SDK = False
else:
    HAS_SDK = True

SDK_PACKAGE = "tencentcloud-sdk-python-common"
PAGE_SIZE = 100
MOST_READINGS = 5
"""Of a list that never holds still."""

RETRY_SECONDS = 60.0
"""For how long a throttled call is repeated when the caller sets no deadline of its own."""

MOST_THREADS = 16

TOKEN_REFUSED = "AuthFailure.TokenFailure"  # noqa: S105 - an error code
STS_REGION = "ap-guangzhou"
"""Where roles are assumed by a module that works in no region of its own. STS knows the same roles everywhere."""

T = t.TypeVar("T")
R = t.TypeVar("R")


@dataclass(frozen=True)
class Service:
    name: str
    version: str


CVM = Service("cvm", "2017-03-12")
CBS = Service("cbs", "2017-03-12")
TAG = Service("tag", "2018-08-13")
STS = Service("sts", "2018-08-13")


@dataclass(frozen=True)
class Connection:
    """Where the API is and how to reach it.

    :param source: where the key comes from; None signs nothing
    :param endpoint: one URL for every service (a gateway, the emulator); None is the public ``<service>.<domain>``
    :param domain: root domain of the public endpoints
    :param timeout: seconds that one HTTP request may take
    :param ca_bundle: file of CA certificates; None is the SDK's own
    """

    source: Source | None
    endpoint: str | None = None
    domain: str = "tencentcloudapi.com"
    timeout: int = 60
    ca_bundle: str | None = None


class _Threads:
    """A thread pool that lives as long as its client, so that each thread keeps its connections."""

    def __init__(self) -> None:
        self.local = threading.local()
        self._pool: ThreadPoolExecutor | None = None

    def map(self, work: t.Callable[[T], R], items: t.Sequence[T]) -> list[R]:
        if len(items) < 2:
            return [work(item) for item in items]
        if self._pool is None:
            self._pool = ThreadPoolExecutor(MOST_THREADS)
        return list(self._pool.map(work, items))


@dataclass(frozen=True)
class Client:
    """One account's API, looked at from one region. Without keys it signs nothing."""

    connection: Connection
    region: str
    clock: Clock
    keys: KeyRing | None = None
    deadline: Deadline | None = None
    _threads: _Threads = field(default_factory=_Threads, repr=False)

    def in_region(self, region: str) -> Client:
        return replace(self, region=region)

    def until(self, deadline: Deadline) -> Client:
        """The same client, whose retries end at that deadline."""
        return replace(self, deadline=deadline)

    def each(self, work: t.Callable[[T], R], items: t.Sequence[T]) -> list[R]:
        """Do the same for several items at once, in threads; the results come in the order of the items."""
        return self._threads.map(work, items)

    def call(self, action: str, params: dict[str, t.Any] | None = None, service: Service = CVM) -> dict[str, t.Any]:
        """Call an action and return its Response. Repeats what the retry rules allow; raises CloudError."""
        params = params or {}
        deadline = self.deadline or Deadline.after(self.clock, RETRY_SECONDS)
        attempt, refused, in_doubt = 0, False, False
        while True:
            attempt += 1
            key = self.key()
            try:
                return self._call_once(key, service, action, params)
            except CloudError as error:
                # A call whose key is refused has not run.
                if error.code == TOKEN_REFUSED and not refused and self._has_another(key):
                    refused = True
                    continue
                fate, repeatable = _retry.fate_of(error.code), _retry.repeatable(action, params)
                # A later attempt that is refused says nothing about an earlier one that was lost.
                in_doubt = in_doubt or (fate is _retry.Fate.UNKNOWN and not _retry.harmless(action, params))
                error.may_have_run = in_doubt
                if deadline.passed() or not _retry.may_repeat(fate, repeatable, attempt):
                    raise
                deadline.sleep(_retry.backoff(attempt, random.random()))  # noqa: S311 - jitter, not a secret

    def pages(self, action: str, params: dict[str, t.Any], key: str) -> list[dict[str, t.Any]]:
        """Every item of a paged list, to its end.

        A list that grows or shrinks between two pages shows items twice, or not at all: it is read again.
        """
        items: list[dict[str, t.Any]] = []
        for _reading in range(MOST_READINGS):
            items, is_whole = self._read_pages(action, params, key)
            if is_whole:
                break
        return items

    def _read_pages(self, action: str, params: dict[str, t.Any], key: str) -> tuple[list[dict[str, t.Any]], bool]:
        """The items, and whether the list kept its length meanwhile."""
        items: list[dict[str, t.Any]] = []
        totals: set[int | None] = set()
        while True:
            answer = self.call(action, {**params, "Offset": len(items), "Limit": PAGE_SIZE})
            page, total = answer.get(key) or [], answer.get("TotalCount")
            items += page
            totals.add(total)
            if not page or (total is not None and len(items) >= total):
                return items, len(totals) == 1

    def key(self) -> Credential | None:
        """The key that a call would be signed with now."""
        return self.keys.current() if self.keys else None

    def _has_another(self, refused: Credential | None) -> bool:
        return self.keys is not None and refused is not None and self.keys.another(refused)

    def _call_once(
        self, key: Credential | None, service: Service, action: str, params: dict[str, t.Any]
    ) -> dict[str, t.Any]:
        def failure(code: str, message: str, request_id: str | None = None) -> CloudError:
            return CloudError(action, self.region, code, message, request_id)

        headers = {"X-TC-Region": self.region} if self.region else {}
        try:
            sdk = self._sdk_client(service)
            sdk.credential = sdk_credential.Credential(key.secret_id, key.secret_key, key.token) if key else None
            answer = sdk.call_json(action, params, headers, {} if key else {"SkipSign": True})
            response = answer["Response"]
            # The SDK sees no error in an answer whose Content-Type is not exactly application/json.
            if "Error" in response:
                error = response["Error"]
                raise failure(error["Code"], error["Message"], response.get("RequestId"))
        except TencentCloudSDKException as error:
            raise failure(error.code, _readable(error), error.requestId) from error
        except RequestException as error:
            raise failure("ClientNetworkError", _innermost(error)) from error
        except (ValueError, KeyError, TypeError) as error:
            raise failure("UnreadableAnswer", "the answer is not the JSON that the API promises") from error
        return t.cast("dict[str, t.Any]", response)

    def _sdk_client(self, service: Service) -> t.Any:
        clients = self._threads.local.__dict__
        if service.name not in clients:
            clients[service.name] = _make_sdk_client(self.connection, service)
        return clients[service.name]


def connect(connection: Connection, region: str, clock: Clock, learn: Learn = lambda _secrets: None) -> Client:
    """A client of the API; ``learn`` is told of every secret that it comes to know."""
    if not HAS_SDK:
        raise SdkMissing(SDK_PACKAGE)

    def sts(base: Source | None, where: str | None, action: str, params: dict[str, t.Any]) -> dict[str, t.Any]:
        asking = connect(replace(connection, source=base), where or region or STS_REGION, clock, learn)
        return asking.call(action, params, STS)

    source = connection.source
    if source is None:
        return Client(connection, region, clock)
    keys = KeyRing(lambda: obtain(source, sts, learn, clock.wall(), connection.timeout), clock, learn)
    return Client(connection, region, clock, keys)


def _make_sdk_client(connection: Connection, service: Service) -> t.Any:
    profile = ClientProfile(
        httpProfile=HttpProfile(
            endpoint=connection.endpoint,
            rootDomain=connection.domain,
            reqTimeout=connection.timeout,
            keepAlive=True,
            certification=connection.ca_bundle,
        ),
        language="en-US",
        request_client=f"Ansible-tencentcloud.cvm-{VERSION}",
    )
    # The key and the region go with each call, so that one client and its connections serve every region.
    client = CommonClient(service.name, service.version, None, "", profile)
    # The SDK takes HTTPS_PROXY for http:// as well, and NO_PROXY for a text to find the endpoint in; requests, which it
    # sends with, reads all of them as everybody else does.
    client.request.conn.proxy = None
    return client


def _readable(error: t.Any) -> str:
    """The message of an SDK exception, without the innards of the HTTP library or the page of a gateway."""
    if error.code == "ClientNetworkError" and error.__context__ is not None:
        return _innermost(error.__context__)
    if error.code == "ServerNetworkError":
        return f"the endpoint answered with an HTTP error: {_shortened(error.message)}"
    return str(error.message)


def _innermost(error: BaseException) -> str:
    """The first cause in a chain of network errors: ``Connection refused`` and not the pool that met it."""
    seen: set[int] = set()
    cause: BaseException = error
    while id(cause) not in seen:
        seen.add(id(cause))
        inner = next(
            (item for item in (getattr(cause, "reason", None), *cause.args) if isinstance(item, BaseException)), None
        )
        cause = inner or cause.__cause__ or cause.__context__ or cause
    untrusted = getattr(cause, "verify_message", None)
    if untrusted:
        return f"the endpoint's certificate is not trusted ({untrusted}); TENCENTCLOUD_CA_BUNDLE names those of your CA"
    text = getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
    return f"no answer from the endpoint ({_shortened(text)})"


def _shortened(text: t.Any) -> str:
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
    return json.dumps(" ".join(plain.split())[:120], ensure_ascii=False).strip('"')

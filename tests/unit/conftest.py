# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole modules in process, with the real SDK over real HTTP, against an emulator whose time is virtual."""

from __future__ import annotations

import functools
import json
import os
import typing as t
from collections.abc import Callable, Iterator
from types import ModuleType

import pytest
import yaml
from ansible.module_utils.common import warnings as ansible_warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.tencentcloud.cvm.plugins.module_utils import _wait

from tests.emulator import Emulator, ManualClock

ACCOUNTS = [
    {
        "name": "acme",
        "uin": "100000000001",
        "credentials": [{"secret_id": "AKIDacme", "secret_key": "acme-secret-key"}],
        "kms_keys": ["kms-acme0001"],
        "roles": [{"name": "publisher", "trusted": ["100000000001"], "external_id": "outside"}],
    },
    {
        "name": "partner",
        "uin": "100000000002",
        "credentials": [{"secret_id": "AKIDpartner", "secret_key": "partner-secret-key"}],
    },
]
SOURCE = {
    "account": "acme",
    "region": "ap-guangzhou",
    "id": "img-source01",
    "name": "golden",
    "age_days": 3,
    "os_name": "Ubuntu Server 24.04 LTS 64bit",
    "platform": "Ubuntu",
    "tags": {"team": "web"},
}
SHARED = {
    "account": "partner",
    "region": "ap-guangzhou",
    "id": "img-shared01",
    "name": "base",
    "age_days": 5,
    "shared_with": ["acme"],
}
SEED = {"accounts": ACCOUNTS, "images": [SOURCE, SHARED]}

ALWAYS = {"changed", "failed", "msg", "warnings", "diff", "invocation", "deprecations"}
"""What Ansible itself puts into results, and what every module may return undocumented."""

CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")

Result = dict[str, t.Any]
Run = Callable[..., Result]


def like_source(**different: t.Any) -> dict[str, t.Any]:
    """An image in ap-shanghai that could be a copy of SOURCE, except for what is given."""
    copy = {**SOURCE, "region": "ap-shanghai", "id": "img-exists01", "age_days": 1, "tags": {}}
    return {**copy, **different}


class VirtualTime:
    """Stands in for the time module where the collection waits: sleeping moves the emulated cloud's clock."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self._clock.now()

    def time(self) -> float:
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._clock.advance(seconds)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: t.Any) -> None:
    """No key, proxy or CA certificate of the person who runs the tests gets in."""
    for name in list(os.environ):
        ours = name.startswith(("TENCENTCLOUD_", "TCCLI_", "TKE_"))
        if ours or name.upper().endswith("_PROXY") or name in CA_VARIABLES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def time(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> VirtualTime:
    virtual = VirtualTime(clock)
    monkeypatch.setattr(_wait, "time", virtual)
    return virtual


@pytest.fixture
def cloud(clock: ManualClock) -> Iterator[Emulator]:
    """An emulated cloud with two accounts, a golden image and a shared one. A bug of its own fails the test."""
    with Emulator(SEED, clock) as emulator:
        yield emulator
        assert emulator.journal.bugs == []


@pytest.fixture
def run(cloud: Emulator, time: VirtualTime, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a module's ``main()`` with these options and return its result, whose form is held against RETURN."""

    def run_module(module: ModuleType, *, account: str = "acme", check: bool = False, **options: t.Any) -> Result:
        ansible_warnings._global_warnings.clear()  # noqa: SLF001 - modules in one process share them
        args = {**cloud.options(account), **options, "_ansible_check_mode": check, "_ansible_diff": True}
        with patch_module_args(args), pytest.raises(SystemExit):
            module.main()
        output = capsys.readouterr().out
        result: Result = json.loads(output)
        result.pop("invocation", None)
        result["warnings"] = [_text(warning) for warning in result.get("warnings", [])]
        assert_documented(_parsed(module.RETURN), result)
        lent = [secret for key in cloud.world.temporary_keys.values() for secret in (key.secret_key, key.token)]
        for secret in ("acme-secret-key", "partner-secret-key", *lent):
            assert secret not in output
        return result

    return run_module


@functools.cache
def _parsed(documented: str) -> dict[str, t.Any]:
    """RETURN as a mapping: reading it took a fifth of all the time of these tests."""
    return t.cast("dict[str, t.Any]", yaml.safe_load(documented))


def _text(warning: t.Any) -> str:
    """A warning as ansible-core 2.18 or as 2.19 and later return it."""
    return warning if isinstance(warning, str) else str(warning["event"]["msg"])


TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": (float, int),
    "bool": bool,
    "list": list,
    "dict": dict,
}


def assert_documented(documented: dict[str, t.Any], result: t.Any, where: str = "RETURN") -> None:
    """Every key of a result is documented, with its type; keys that are null say nothing of their type."""
    top = where == "RETURN"
    for key, value in result.items():
        if top and key in ALWAYS:
            continue
        assert key in documented, f"{where}: {key} is returned and not documented"
        entry = documented[key]
        if value is None:
            continue
        assert isinstance(value, TYPES[entry["type"]]), f"{where}: {key} is {value!r} and not a {entry['type']}"
        if "contains" in entry:
            for item in value if isinstance(value, list) else [value]:
                assert_documented(entry["contains"], item, f"{where}.{key}")


def undocumented_or_unseen(documented: dict[str, t.Any], results: list[Result]) -> set[str]:
    """Documented top-level and nested keys that none of the results has."""
    seen: set[str] = set()

    def collect(value: t.Any, prefix: str) -> None:
        if isinstance(value, dict):
            for key, item in value.items():
                seen.add(f"{prefix}{key}")
                collect(item, f"{prefix}{key}.")
        elif isinstance(value, list):
            for item in value:
                collect(item, prefix)

    def names(entries: dict[str, t.Any], prefix: str) -> t.Iterator[str]:
        for key, entry in entries.items():
            yield f"{prefix}{key}"
            yield from names(entry.get("contains", {}), f"{prefix}{key}.")

    for result in results:
        collect(result, "")
    return set(names(documented, "")) - seen

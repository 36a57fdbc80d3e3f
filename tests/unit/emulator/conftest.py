# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulated cloud whose time stands still until a test moves it, and the clients of its accounts."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator

import pytest

from tests.emulator import Emulator, ManualClock

from .client import Answer, Api, Key, Refused

START = 1_800_000_000.0
ACME, PARTNER = "100000000001", "100000000002"
SEED: dict[str, t.Any] = {
    "accounts": [
        {
            "name": "acme",
            "uin": ACME,
            "credentials": [{"secret_id": "AKIDacme", "secret_key": "acme-key"}],
            "kms_keys": ["kms-1"],
            "roles": [
                {"name": "open", "trusted": [PARTNER, ACME]},
                {"name": "guarded", "trusted": [PARTNER], "external_id": "word"},
                {"name": "machine", "on_instance": True},
                {"name": "pod", "web_identity": {"provider_id": "cls-1", "token": "oidc-token"}},
            ],
        },
        {"name": "partner", "uin": PARTNER, "credentials": [{"secret_id": "AKIDpartner", "secret_key": "partner-key"}]},
    ],
    "key_pairs": [{"account": "acme", "id": "skey-acme0001", "name": "ops"}],
    "images": [
        {
            "account": "acme",
            "region": "ap-guangzhou",
            "id": "img-golden01",
            "name": "golden",
            "age_days": 3,
            "platform": "Ubuntu",
            "os_name": "Ubuntu Server 24.04 LTS 64bit",
            "tags": {"team": "web", "tier": "1"},
        },
        {
            "account": "partner",
            "region": "ap-guangzhou",
            "id": "img-shared01",
            "name": "base",
            "age_days": 5,
            "size": 20,
            "shared_with": ["acme"],
            "tags": {"secret": "yes"},
        },
        {"account": "partner", "region": "ap-guangzhou", "id": "img-hidden01", "name": "hidden", "age_days": 6},
        {
            "account": "partner",
            "region": "ap-guangzhou",
            "id": "img-public01",
            "name": "TencentOS Server 4",
            "age_days": 400,
            "size": 20,
            "public": True,
        },
    ],
}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def cloud(clock: ManualClock) -> Iterator[Emulator]:
    """A bug of the emulator's own fails the test; one that means to cause bugs takes them out of the list."""
    with Emulator(SEED, clock) as emulator:
        yield emulator
        assert emulator.bugs() == []


@pytest.fixture
def api(cloud: Emulator) -> Api:
    """acme's key"""
    return Api(cloud, Key("AKIDacme", "acme-key"))


@pytest.fixture
def partner(cloud: Emulator) -> Api:
    return Api(cloud, Key("AKIDpartner", "partner-key"))


Refuses = Callable[..., str]


@pytest.fixture
def refuses(api: Api) -> Refuses:
    """refuses(action, ...) -> the code with which acme's request is refused; it is an error if it is not"""

    def code_of(action: str, *args: t.Any, caller: Api | None = None, **params: t.Any) -> str:
        with pytest.raises(Refused) as refused:
            (caller or api)(action, *args, **params)
        return refused.value.code

    return code_of


def filters(**wanted: str | list[str]) -> list[Answer]:
    """filters(image_name="x") -> the Filters parameter; _ stands for -."""
    return [
        {"Name": name.replace("_", "-"), "Values": [values] if isinstance(values, str) else values}
        for name, values in wanted.items()
    ]


def image_ids(answer: Answer) -> list[str]:
    return [image["ImageId"] for image in answer["ImageSet"]]

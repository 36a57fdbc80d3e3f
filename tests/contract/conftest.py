# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator whose minutes are seconds, and two foreign clients: the official SDK and the official CLI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import typing as t
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from tests.emulator import SEEDS, Emulator, ScaledClock, schema

VERSIONS = {service.name: service.version for service in schema.services().values()}
REGION = "ap-guangzhou"

Answer = dict[str, t.Any]


class Refused(Exception):
    """The API's error code, whichever client met it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


Call = Callable[..., Answer]
"""call(service, action, region=..., **params) -> the Response"""


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with Emulator(SEEDS / "demo.yml", ScaledClock(600)) as emulator:
        yield emulator
        assert emulator.journal.bugs == []


def sdk_caller(cloud: Emulator) -> Call:
    options = cloud.options()
    key = credential.Credential(options["secret_id"], options["secret_key"])

    def call(service: str, action: str, region: str = REGION, **params: t.Any) -> Answer:
        profile = ClientProfile(httpProfile=HttpProfile(endpoint=cloud.url), language="en-US")
        client = CommonClient(service, VERSIONS[service], key, region, profile)
        try:
            response: Answer = client.call_json(action, params)["Response"]
        except TencentCloudSDKException as error:
            raise Refused(str(error.code)) from error
        return response

    return call


def tccli_caller(cloud: Emulator) -> Call:
    options = cloud.options()
    program = Path(sys.executable).with_name("tccli")

    def call(service: str, action: str, region: str = REGION, **params: t.Any) -> Answer:
        command = [str(program), service, action, "--endpoint", cloud.url, "--region", region]
        command += ["--secretId", options["secret_id"], "--secretKey", options["secret_key"]]
        for name, value in params.items():
            text = value if isinstance(value, str) else json.dumps(value)
            command += [f"--{name}", text]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            code = done.stderr.partition("code:")[2].split()
            raise Refused(code[0] if code else done.stderr)
        answer: Answer = json.loads(done.stdout)
        return answer

    return call


@pytest.fixture
def clean_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither client finds a key or a profile of the person who runs the tests."""
    for name in [name for name in os.environ if name.startswith(("TENCENTCLOUD_", "TCCLI_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(params=["sdk", "tccli"])
def call(request: pytest.FixtureRequest, cloud: Emulator, clean_home: None) -> Call:
    return {"sdk": sdk_caller, "tccli": tccli_caller}[request.param](cloud)


def eventually(look: t.Callable[[], t.Any]) -> None:
    """Look until there is something to see."""
    for _attempt in range(200):
        if look():
            return
        time.sleep(0.1)
    pytest.fail("it never came about")


@pytest.fixture(scope="session")
def services() -> Path:
    """tccli's own folder of API descriptions and examples."""
    spec = find_spec("tccli")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "services"

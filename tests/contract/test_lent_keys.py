# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The official SDK gets its keys from the emulator where it would get them from Tencent Cloud."""

from __future__ import annotations

import json
import subprocess
import sys
import typing as t
from collections.abc import Iterator
from pathlib import Path

import pytest
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from tests.emulator import Emulator, ManualClock

from .conftest import REGION, VERSIONS

ROLE_ARN = "qcs::cam::uin/100000000001:roleName/{}"
SEED = {
    "accounts": [
        {
            "name": "acme",
            "uin": "100000000001",
            "credentials": [{"secret_id": "AKIDacme", "secret_key": "acme-key"}],
            "roles": [
                {"name": "machine", "on_instance": True},
                {"name": "pod", "web_identity": {"provider_id": "cls-1", "token": "oidc-token"}},
            ],
        }
    ]
}


@pytest.fixture
def cloud() -> Iterator[Emulator]:
    with Emulator(SEED, ManualClock()) as emulator:
        yield emulator
        assert emulator.bugs() == []


def user_of(cloud: Emulator, key: t.Any) -> str:
    profile = ClientProfile(httpProfile=HttpProfile(endpoint=cloud.url))
    answer = CommonClient("sts", VERSIONS["sts"], key, REGION, profile).call_json("GetCallerIdentity", {})
    return str(answer["Response"]["UserId"])


@pytest.mark.parametrize("role", [None, "machine"])
def test_the_role_of_an_instance(cloud: Emulator, monkeypatch: pytest.MonkeyPatch, role: str | None) -> None:
    service = f"{cloud.url}/latest/meta-data/cam/security-credentials/"
    monkeypatch.setattr(credential.CVMRoleCredential, "_role_endpoint", service)
    assert user_of(cloud, credential.CVMRoleCredential(role)) == "machine:instance"


def test_the_token_of_a_pod(cloud: Emulator) -> None:
    key = credential.OIDCRoleArnCredential(
        REGION, "cls-1", "oidc-token", ROLE_ARN.format("pod"), "visit", endpoint=cloud.url
    )
    assert user_of(cloud, key) == "pod:visit"


def test_the_token_of_a_pod_by_the_cli(cloud: Emulator, tmp_path: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("tccli")),
        "sts",
        "AssumeRoleWithWebIdentity",
        "--endpoint",
        cloud.url,
    ]
    params = {
        "ProviderId": "cls-1",
        "WebIdentityToken": "oidc-token",
        "RoleArn": ROLE_ARN.format("pod"),
        "RoleSessionName": "visit",
        "region": REGION,
    }
    command += [part for name, value in params.items() for part in (f"--{name}", value)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    key = json.loads(done.stdout)["Credentials"]
    assert user_of(cloud, credential.Credential(key["TmpSecretId"], key["TmpSecretKey"], key["Token"])) == "pod:visit"

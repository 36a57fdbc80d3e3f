# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make cloud` prints, run by a shell."""

from __future__ import annotations

import subprocess

import pytest

from tests.cloud import exports
from tests.emulator import Emulator

KEYS = {"ours": ("AKIDours", "it's our $key"), "theirs": ("AKIDtheirs", "k2"), "others": ("AKIDothers", "k3")}
SEED = {
    "accounts": [
        {"uin": f"10000000000{number}", "name": name, "credentials": [{"secret_id": key[0], "secret_key": key[1]}]}
        for number, (name, key) in enumerate(KEYS.items())
    ]
}


@pytest.mark.parametrize(
    ("before", "no_proxy"),
    [
        ({}, "127.0.0.1,"),
        ({"NO_PROXY": "corp.example"}, "127.0.0.1,corp.example"),
        ({"no_proxy": "a.example", "NO_PROXY": "b.example"}, "127.0.0.1,a.example"),
    ],
)
def test_a_shell_that_runs_it_uses_the_cloud(
    capsys: pytest.CaptureFixture[str], before: dict[str, str], no_proxy: str
) -> None:
    with Emulator(SEED) as cloud:
        exports(cloud, 60)
        script = capsys.readouterr().out
        url = cloud.url
    real = {"TENCENTCLOUD_SECRET_ID": "AKIDreal", "TENCENTCLOUD_TOKEN": "x", "TENCENTCLOUD_TARGET_ENDPOINT": "y"}
    told = subprocess.run(
        ["bash", "-euc", f"{script}env"], env=real | before, stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    variables = dict(line.split("=", 1) for line in told.splitlines())
    assert {name: value for name, value in variables.items() if name.startswith("TENCENTCLOUD_")} == {
        "TENCENTCLOUD_ENDPOINT": url,
        "TENCENTCLOUD_SECRET_ID": "AKIDours",
        "TENCENTCLOUD_SECRET_KEY": "it's our $key",
        "TENCENTCLOUD_TARGET_SECRET_ID": "AKIDtheirs",
        "TENCENTCLOUD_TARGET_SECRET_KEY": "k2",
    }
    assert variables["NO_PROXY"] == variables["no_proxy"] == no_proxy
    assert "# account others (100000000002): AKIDothers k3" in script.splitlines()

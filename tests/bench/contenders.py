# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways of copying images to some regions, which all return when every copy is there.

Those beside ours make the calls that their originals make, in the same order and with the same pauses. All talk by the
same SDK: they differ in what they ask and when, and not in what they are written in.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import typing as t
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from unittest import mock

from ansible.module_utils.common import warnings as ansible_warnings
from ansible.module_utils.testing import patch_module_args
from ansible_collections.tencentcloud.cvm.plugins.module_utils import _wait
from ansible_collections.tencentcloud.cvm.plugins.modules import image_distribute, image_sync_cross_region
from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

from .stage import HOME, Stage

SCRIPT_PAUSE = 5.0
PACKER_PAUSE = 5.0
"""DefaultWaitForInterval in builder/tencentcloud/cvm/common.go of hashicorp/packer-plugin-tencentcloud."""
FIXED_PAUSE = 15.0
"""The delay that ec2_ami_copy of the collection community.aws gives to its waiter."""

Contender = Callable[[Stage, Sequence[str]], None]
"""contender(stage, regions): copy the stage's images there, and return when all copies are there."""

Answer = dict[str, t.Any]


class Api(t.Protocol):
    """A foreign client of the cloud."""

    def call(self, action: str, region: str, params: Mapping[str, t.Any]) -> Answer:
        """Call an action of CVM and return its Response."""


class Sdk:
    def __init__(self, stage: Stage) -> None:
        options = stage.cloud.options()
        http = HttpProfile(endpoint=options["endpoint"], keepAlive=True)
        key = credential.Credential(options["secret_id"], options["secret_key"])
        self._client = CommonClient("cvm", "2017-03-12", key, "", ClientProfile(httpProfile=http, language="en-US"))
        self._client.request.conn.proxy = None

    def call(self, action: str, region: str, params: Mapping[str, t.Any]) -> Answer:
        answer: Answer = self._client.call_json(action, dict(params), {"X-TC-Region": region})["Response"]
        return answer


class Cli:
    """tccli itself, a process a call."""

    def __init__(self, stage: Stage) -> None:
        options = stage.cloud.options()
        names = {"endpoint": "--endpoint", "secret_id": "--secretId", "secret_key": "--secretKey"}
        self._connection = [word for name, flag in names.items() for word in (flag, options[name])]

    def call(self, action: str, region: str, params: Mapping[str, t.Any]) -> Answer:
        given = [word for name, value in params.items() for word in (f"--{name}", json.dumps(value))]
        tccli = str(Path(sys.executable).with_name("tccli"))
        command = [tccli, "cvm", action, "--region", region, *given, *self._connection]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{action} by tccli: {done.stdout}")
        answer: Answer = json.loads(done.stdout)
        return answer


# Theirs ---------------------------------------------------------------------------------------------------------------


def _sync(api: Api, image_id: str, regions: Sequence[str]) -> dict[str, str]:
    """Ask for the copies; region -> id."""
    params = {"ImageIds": [image_id], "DestinationRegions": list(regions), "ImageSetRequired": True}
    return {item["Region"]: item["ImageId"] for item in api.call("SyncImages", HOME, params)["ImageSet"]}


def _is_normal(api: Api, region: str, image_id: str) -> bool:
    found = api.call("DescribeImages", region, {"ImageIds": [image_id]})["ImageSet"]
    return [image["ImageState"] for image in found] == ["NORMAL"]


def _is_there(api: Api, region: str, name: str) -> bool:
    """By name, among whatever the API's fuzzy filter shows."""
    found = api.call("DescribeImages", region, {"Filters": [{"Name": "image-name", "Values": [name]}]})["ImageSet"]
    return any((image["ImageName"], image["ImageState"]) == (name, "NORMAL") for image in found)


def _a_loop_a_region(stage: Stage, api: Api, regions: Sequence[str], pause: float) -> None:
    """Side by side, as a shell runs loops in its background: they begin together, and so look together."""
    waiting = _sync(api, stage.sources[0], regions)
    while waiting := {region: copy for region, copy in waiting.items() if not _is_normal(api, region, copy)}:
        stage.time.sleep(pause)


def script(stage: Stage, regions: Sequence[str]) -> None:
    """What an operator writes with tccli: SyncImages, and for each region DescribeImages and ``sleep 5`` in a loop."""
    _a_loop_a_region(stage, Sdk(stage), regions, SCRIPT_PAUSE)


def script_by_tccli(stage: Stage, regions: Sequence[str]) -> None:
    """The same by tccli itself, which shows that the other one stands for it."""
    _a_loop_a_region(stage, Cli(stage), regions, SCRIPT_PAUSE)


def poller(stage: Stage, regions: Sequence[str]) -> None:
    """A fixed pause, as in ec2_ami_copy, for all regions at once."""
    _a_loop_a_region(stage, Sdk(stage), regions, FIXED_PAUSE)


def packer(stage: Stage, regions: Sequence[str]) -> None:
    """Packer's plugin: the regions are waited for one after another, and each is read once more when it is ready."""
    api = Sdk(stage)
    name = stage.cloud.world.images[stage.sources[0]].name
    _sync(api, stage.sources[0], regions)
    for region in regions:
        while not _is_there(api, region, name):
            stage.time.sleep(PACKER_PAUSE)
        _is_there(api, region, name)


def floor(stage: Stage, regions: Sequence[str]) -> None:
    """Nobody can do with less: one who knows when each copy will be ready, and looks then."""
    api = Sdk(stage)
    _is_normal(api, HOME, stage.sources[0])
    copies = _sync(api, stage.sources[0], regions)
    ends = {region: stage.cloud.world.images[copy].timeline.marks[-1][0] for region, copy in copies.items()}
    for region in sorted(regions, key=lambda region: ends[region]):
        while stage.time.monotonic() < ends[region]:
            stage.time.sleep(ends[region] - stage.time.monotonic())
        if not _is_normal(api, region, copies[region]):
            raise RuntimeError(f"the copy in {region} is not ready when it should be")


# Ours -----------------------------------------------------------------------------------------------------------------


def ours(stage: Stage, regions: Sequence[str]) -> None:
    """The whole module image_sync_cross_region with its defaults."""
    run_module(stage, image_sync_cross_region, image_id=stage.sources[0], destination_regions=list(regions))


def ours_with_many(stage: Stage, regions: Sequence[str]) -> None:
    """The whole module image_distribute with every image of the stage."""
    images = [{"region": HOME, "image_id": source, "destination_regions": list(regions)} for source in stage.sources]
    run_module(stage, image_distribute, images=images)


def run_module(stage: Stage, module: t.Any, **options: t.Any) -> Answer:
    """Run a module in this process; what it sleeps passes on the stage."""
    arguments = {**stage.cloud.options(), "region": HOME, "allow_cross_border": True, **options}
    environment = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    ansible_warnings._global_warnings.clear()  # noqa: SLF001 - modules in one process share them
    printed = io.StringIO()
    with (
        mock.patch.object(_wait, "time", stage.time),
        mock.patch.dict(os.environ, environment, clear=True),
        patch_module_args(arguments),
        contextlib.redirect_stdout(printed),
        contextlib.suppress(SystemExit),
    ):
        module.main()
    result: Answer = json.loads(printed.getvalue())
    if result.get("failed"):
        raise RuntimeError(f"the module failed: {result['msg']}")
    return result


CONTENDERS: dict[str, Contender] = {
    "ours": ours,
    "script": script,
    "packer": packer,
    "poller": poller,
    "floor": floor,
}

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that are empty, or of another type than they should be, in whole modules."""

from __future__ import annotations

import typing as t
from types import ModuleType

import pytest
from ansible_collections.tencentcloud.cvm.plugins.modules import (
    caller_info,
    image,
    image_distribute,
    image_prune,
    image_sync_cross_region,
    instance,
    instance_info,
)

from tests.emulator import Emulator

from ...conftest import Run

GOLDEN = {"region": "ap-guangzhou", "image_name": "golden"}
WEB = {"region": "ap-guangzhou", "name": "web", "image_id": "img-source01", "zone": "ap-guangzhou-6"}
SYNC = {"region": "ap-guangzhou", "image_id": "img-source01", "destination_regions": ["ap-shanghai"]}
EMPTY: list[tuple[ModuleType, dict[str, t.Any], tuple[str, ...]]] = [
    (caller_info, {}, ("assume_role",)),
    (image, GOLDEN, ("state", "deprecated", "tags", "purge_shares", "shared_with", "snapshot_ids", "wait")),
    (image_distribute, {"images": [{**SYNC, "tags": "", "kms_key_ids": "", "encrypt_regions": ""}]}, ("wait",)),
    (image_prune, {"region": "ap-shanghai", "name_regex": "web-[0-9]", "keep": 3}, ("regions", "protected_image_ids")),
    (image_sync_cross_region, SYNC, ("state", "tags", "replace_failed", "delete_snapshots")),
    (instance, WEB, ("state", "on_image_change", "charge_type", "prepaid", "launch_template", "data_disks", "tags")),
    (instance_info, {"region": "ap-guangzhou"}, ("regions", "states", "instance_ids", "image_ids", "tags")),
]
IDS = [row[0].__name__.rpartition(".")[2] for row in EMPTY]


@pytest.mark.parametrize(("module", "asked", "empty"), EMPTY, ids=IDS)
def test_empty_options_are_not_given(
    cloud: Emulator, run: Run, module: ModuleType, asked: dict[str, t.Any], empty: tuple[str, ...]
) -> None:
    plain = run(module, **asked, check=True)
    result = run(module, **asked, **dict.fromkeys(empty, ""), check=True)
    assert plain.get("failed") is None
    assert (result.get("failed"), result["changed"]) == (None, plain["changed"])
    assert cloud.journal.writes() == []


def test_what_is_empty_comes_from_the_environment(cloud: Emulator, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENCENTCLOUD_REGION", "ap-guangzhou")
    monkeypatch.setenv("TENCENTCLOUD_ENDPOINT", cloud.url)
    assert run(instance_info, region="", endpoint="").get("failed") is None
    assert {entry.region for entry in cloud.journal.calls("DescribeInstances")} == {"ap-guangzhou"}


@pytest.mark.parametrize("option", ["exact_count", "wait_timeout"])
def test_a_number_that_was_left_blank_is_refused(cloud: Emulator, run: Run, option: str) -> None:
    """Nobody knows whether the default was meant."""
    run(instance, **WEB, exact_count=2)
    cloud.journal.clear()
    result = run(instance, **WEB, **{option: ""})
    assert f"'{option}'" in result["msg"]
    assert not cloud.journal.entries


@pytest.mark.parametrize(("module", "asked", "_empty"), EMPTY, ids=IDS)
def test_a_refused_option_shows_no_secret(
    run: Run, module: ModuleType, asked: dict[str, t.Any], _empty: tuple[str, ...]
) -> None:
    """The fixture looks for the keys in all that the module prints, its invocation included."""
    assert "dictionary requested" in run(module, **asked, assume_role="my-role")["msg"]


def test_a_refused_option_shows_no_password(run: Run) -> None:
    """It is one that the fixture looks for."""
    assert run(instance, **WEB, password="partner-secret-key", system_disk="80 GiB")["failed"] is True

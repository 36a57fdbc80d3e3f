# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook tencentcloud.cvm.prune_images, and the role behind it."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.emulator import Emulator, Fault

from .conftest import Play

PLAYBOOK = "tencentcloud.cvm.prune_images"
RULES: list[dict[str, t.Any]] = [
    {"name_regex": "golden-(web|db)-.*", "keep": 1},
    {"name_regex": "nightly-.*", "keep": 0, "regions": ["ap-beijing"]},
]
GOING = {"img-shan0001", "img-beij0001", "img-beij0009"}


def copy(number: int, region: str, name: str) -> dict[str, t.Any]:
    """golden-web-1 is older than golden-web-2."""
    return {
        "account": "acme",
        "region": region,
        "id": f"img-{region[3:7]}000{number}",
        "name": name,
        "age_days": 30 - number,
        "tags": {"cvm-image-source": f"ap-guangzhou/img-gone000{number}"},
    }


@pytest.fixture(autouse=True)
def copies(cloud: Emulator) -> None:
    cloud.plant(
        images=[
            *(copy(number, "ap-shanghai", f"golden-web-{number}") for number in (1, 2)),
            *(copy(number, "ap-beijing", f"golden-db-{number}") for number in (1, 2)),
            copy(9, "ap-beijing", "nightly-9"),
            copy(8, "ap-shanghai", "nightly-8"),
        ],
    )


def asked(rules: list[dict[str, t.Any]]) -> tuple[str, ...]:
    regions = ["ap-shanghai", "ap-beijing"]
    return ("-e", json.dumps({"prune_images_regions": regions, "prune_images_rules": rules}))


def deleted(cloud: Emulator) -> set[str]:
    return {entry.params["ImageIds"][0] for entry in cloud.journal.effects("DeleteImages")}


def test_the_dry_run_shows_the_table_and_the_run_deletes_the_same(cloud: Emulator, play: Play) -> None:
    """tencentcloud.cvm.prune_images: a dry run, the run, and nothing the second time."""
    checked = play("tencentcloud.cvm.prune_images", *asked(RULES), "--check")

    assert (checked.code, checked.changed) == (0, 1), checked.output
    assert "img-shan0001  golden-web-1" in checked.output
    assert checked.output.count("planned") == 3, checked.output
    assert "150 GiB of snapshots would be freed." in checked.output
    assert cloud.journal.writes() == []

    first = play(PLAYBOOK, *asked(RULES))

    assert (first.code, first.failed) == (0, 0), first.output
    assert "150 GiB of snapshots are freed." in first.output
    assert deleted(cloud) == GOING

    second = play(PLAYBOOK, *asked(RULES))

    assert (second.code, second.changed) == (0, 0), second.output
    assert "0 GiB of snapshots are freed." in second.output


def test_what_two_rules_mean_is_counted_once(cloud: Emulator, play: Play) -> None:
    checked = play(PLAYBOOK, *asked([RULES[0], RULES[0]]), "--check")
    assert "100 GiB of snapshots would be freed." in checked.output, checked.output


def test_a_mistake_in_one_rule_stops_them_all(cloud: Emulator, play: Play) -> None:
    played = play(PLAYBOOK, *asked([*RULES, {"name_regex": ".*", "keep": 0}]))
    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert "matches every name" in played.output
    assert cloud.journal.writes() == []


def test_trouble_in_one_region_fails_in_the_end_and_stops_nothing_else(cloud: Emulator, play: Play) -> None:
    code = "AuthFailure.UnauthorizedOperation"
    cloud.add_faults(Fault("error", action="DescribeInstances", region="ap-shanghai", code=code, times=None))
    played = play(PLAYBOOK, *asked(RULES))
    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert "DescribeInstances in ap-shanghai failed" in played.output
    assert "100 GiB of snapshots are freed." in played.output
    assert deleted(cloud) == GOING - {"img-shan0001"}

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""tencentcloud.cvm.distribute_images: many images, many regions, one table."""

from __future__ import annotations

import json
import typing as t

from tests.emulator import Emulator

from .conftest import Play, Played

WANTED: dict[str, t.Any] = {
    "distribute_images_source_region": "ap-guangzhou",
    "distribute_images_regions": ["ap-guangzhou", "ap-chengdu", "ap-chongqing"],
    "distribute_images_images": [
        {"name": "golden-web-2026-11", "regions": "", "tags": {"tier": "web"}},
        {
            "id": "img-go1dweb0",
            "source_region": "",
            "regions": ["ap-chengdu"],
            "copy_name": "last-month",
            "encrypt_regions": ["ap-chengdu"],
            "encrypted_name": "last-month-locked",
            "kms_key_ids": {"ap-chengdu": "kms-acme0001"},
        },
    ],
    "distribute_images_tags": {"team": "platform"},
}
ROWS = ["golden-web-2026-11 ", "last-month ", "last-month-locked "]


def distribute(play: Play, *arguments: str, **different: t.Any) -> Played:
    return play("tencentcloud.cvm.distribute_images", "-e", json.dumps({**WANTED, **different}), *arguments)


def rows(played: Played) -> list[str]:
    """The lines of the table, and below it."""
    return [line.strip().strip('",') for line in played.output.splitlines() if line.startswith('        "')]


def test_many_images_and_the_second_time_nothing(cloud: Emulator, play: Play) -> None:
    first = distribute(play)

    assert (first.code, first.failed) == (0, 0), first.output
    table = rows(first)
    assert table[0].split() == ["IMAGE", "ENCRYPTED", "WITH", "SOURCE", "ap-chengdu", "ap-chongqing"]
    assert [line.startswith(name) for line, name in zip(table[1:], ROWS, strict=True)] == [True] * 3, table
    assert [line.count("copied img-") for line in table[1:]] == [2, 1, 1]
    there = {image.name: image for image in cloud.world.own_images("100000000001", "ap-chengdu")}
    assert sorted(there) == ["golden-web-2026-11", "last-month", "last-month-locked"]
    assert there["last-month-locked"].encrypted_with == "kms-acme0001"
    tags = cloud.world.tags_of(there["golden-web-2026-11"].image_id).at(cloud.clock.now())
    assert (tags["team"], tags["tier"]) == ("platform", "web")

    second = distribute(play)

    assert (second.code, second.changed) == (0, 0), second.output
    assert [line.count("present img-") for line in rows(second)[1:]] == [2, 1, 1]


def test_check_mode_shows_the_plan(cloud: Emulator, play: Play) -> None:
    """Of regions in a text with commas, and of an image whose own regions are an empty text."""
    played = distribute(play, "--check", distribute_images_regions="ap-guangzhou, ap-chengdu,ap-chongqing")

    assert (played.code, played.failed) == (0, 0), played.output
    assert [line.count("planned") for line in rows(played)[1:]] == [2, 1, 1]
    assert cloud.journal.writes() == []


def test_one_copy_that_fails_is_told_below_the_table_of_the_others(cloud: Emulator, play: Play) -> None:
    cloud.world.accounts["100000000001"].image_quotas["ap-chongqing"] = 0

    played = distribute(play)

    assert (played.code != 0, played.failed) == (True, 1), played.output
    table = rows(played)
    assert table[1].count("copied img-") == 1
    assert "golden-web-2026-11 in ap-chongqing: failed: the region holds 0 of 0 custom images" in table
    assert "Of 4 copies 3 are in order; a rerun does only what is missing." in played.output
    cloud.world.accounts["100000000001"].image_quotas.clear()
    again = distribute(play)
    assert (again.code, again.failed) == (0, 0), again.output
    assert len(cloud.journal.effects("SyncImages")) == 4


def test_a_typo_is_one_sentence_and_nothing_is_written(cloud: Emulator, play: Play) -> None:
    played = distribute(play, distribute_images_images=[{"name": "golden-wbe"}, {"name": "golden-web-2026-11"}])

    assert (played.code != 0, played.failed) == (True, 1), played.output
    assert "There is no custom image named golden-wbe in ap-guangzhou" in played.output
    assert "Traceback" not in played.output
    assert cloud.journal.writes() == []

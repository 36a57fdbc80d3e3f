# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules tell of themselves while they wait. It is one run that tells, so nothing is asked for twice."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._progress import VARIABLE, Sight, Told, from_line
from ansible_collections.tencentcloud.cvm.plugins.modules import (
    image,
    image_copy_encrypted,
    image_copy_shared,
    image_distribute,
    image_sync_cross_region,
)

from tests.emulator import Emulator

from ..conftest import SOURCE, Run

GOLDEN = {"region": "ap-guangzhou", "image_id": "img-source01"}


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> t.Callable[[], list[Told]]:
    """What the module has told since the last time."""
    path = tmp_path / "told"
    path.touch()
    monkeypatch.setenv(VARIABLE, str(path))

    def read() -> list[Told]:
        lines = path.read_text("utf-8").splitlines()
        path.write_text("")
        understood = [from_line(line) for line in lines]
        assert None not in understood
        return t.cast("list[Told]", understood)

    return read


def of_region(told: list[Told], region: str) -> list[tuple[float, Sight]]:
    return [(one.elapsed, sight) for one in told for sight in one.sights if sight.region == region]


@pytest.mark.parametrize(
    ("module", "asked", "region"),
    [
        (image_sync_cross_region, {**GOLDEN, "destination_regions": ["ap-shanghai", "ap-chengdu"]}, "ap-shanghai"),
        (image_copy_encrypted, {**GOLDEN, "copy_name": "locked"}, "ap-guangzhou"),
        (image_copy_shared, {"region": "ap-guangzhou", "image_id": "img-shared01"}, "ap-guangzhou"),
    ],
)
def test_a_copy_is_told_from_its_beginning_to_its_end(
    cloud: Emulator, run: Run, told: t.Callable[[], list[Told]], module: t.Any, asked: dict[str, t.Any], region: str
) -> None:
    result = run(module, **asked)

    seen = of_region(told(), region)
    percents = [sight.percent for _at, sight in seen if sight.percent is not None]
    assert percents == sorted(percents)
    assert percents[0] < 10
    assert percents[-1] > 90
    waiting = [sight for _at, sight in seen if sight.status is None]
    assert {sight.state for sight in waiting} <= {"SYNCING", None}
    at, last = seen[len(waiting)]
    assert {sight for _at, sight in seen[len(waiting) :]} == {last}
    assert (last.status, last.name, last.why) == ("copied", result["copies"][0]["image_name"], None)
    assert 600 < at < 3600
    assert 0 <= (last.asked_at or 0) < 60
    assert [elapsed for elapsed, _sight in seen] == sorted(elapsed for elapsed, _sight in seen)
    assert len(cloud.journal.effects("SyncImages")) == 1

    again = run(module, **asked)

    assert again["changed"] is False
    assert [sight.status for _at, sight in of_region(told(), region)] == ["present"]


def test_being_watched_changes_neither_the_calls_nor_the_result(
    cloud: Emulator, run: Run, told: t.Callable[[], list[Told]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two copies of two sources, one watched and one not: the same calls, the same result but for ids."""
    twin = {"account": "acme", "region": "ap-guangzhou", "id": "img-source02", "name": "twin", "age_days": 3}
    cloud.plant(images=[twin])

    def copied(image_id: str) -> tuple[list[str], dict[str, t.Any]]:
        before = len(cloud.journal.calls())
        result = run(
            image_sync_cross_region, region="ap-guangzhou", image_id=image_id, destination_regions=["ap-shanghai"]
        )
        return [entry.action for entry in cloud.journal.calls()[before:]], result

    watched_calls, watched = copied("img-source01")
    assert told()
    monkeypatch.delenv(VARIABLE)
    calls, result = copied("img-source02")

    assert (sorted(set(watched_calls)), watched.keys()) == (sorted(set(calls)), result.keys())
    assert [copy["status"] for copy in watched["copies"]] == [copy["status"] for copy in result["copies"]]
    assert not told()


def test_a_run_that_waits_for_nothing_tells_only_its_end(run: Run, told: t.Callable[[], list[Told]]) -> None:
    run(image_sync_cross_region, **GOLDEN, destination_regions=["ap-shanghai"], check=True)
    assert told() == []
    run(image_sync_cross_region, **GOLDEN, destination_regions=["ap-shanghai"], wait=False)
    assert [sight.status for one in told() for sight in one.sights] == ["under way"]


def test_why_it_takes_so_long_or_has_failed_is_told(
    cloud: Emulator, run: Run, told: t.Callable[[], list[Told]]
) -> None:
    cloud.add_faults({"do": "error", "code": "ImageQuotaLimitExceeded", "action": "SyncImages", "times": None})
    cloud.world.accounts["100000000001"].image_quotas["ap-shanghai"] = 0
    run(image_sync_cross_region, **GOLDEN, destination_regions=["ap-shanghai"])
    (end,) = [sight for one in told() for sight in one.sights][-1:]
    assert end.status == "failed"
    assert "0 of 0 custom images" in (end.why or "")


def test_what_stands_in_the_way_is_told(cloud: Emulator, run: Run, told: t.Callable[[], list[Told]]) -> None:
    busy = {"do": "error", "code": "InvalidParameterValue.InvalidImageState", "action": "SyncImages", "times": 6}
    cloud.add_faults(busy)

    result = run(image_sync_cross_region, **GOLDEN, destination_regions=["ap-shanghai"])

    seen = of_region(told(), "ap-shanghai")
    assert (seen[0][1].why or "").startswith("InvalidParameterValue.InvalidImageState: ")
    assert result["copies"][0]["status"] == "copied"


def test_no_secret_is_told(cloud: Emulator, run: Run, told: t.Callable[[], list[Told]], tmp_path: Path) -> None:
    """Whatever equals the key is taken out, as it is of the result."""
    name = f"golden {cloud.options('acme')['secret_key']}"
    run(image_sync_cross_region, **GOLDEN, destination_regions=["ap-shanghai"], copy_name=name)
    assert {sight.name for one in told() for sight in one.sights} == {"golden ********"}


def test_of_many_images_every_copy_is_told_the_encrypted_ones_after_the_plain_ones(
    cloud: Emulator, run: Run, told: t.Callable[[], list[Told]]
) -> None:
    cloud.plant(images=[{**SOURCE, "id": "img-database", "name": "database"}])
    regions = ["ap-shanghai", "ap-chengdu"]
    locked = {"encrypt_regions": ["ap-shanghai"], "encrypted_name": "golden-locked"}
    images = [
        {"image_name": "golden", "destination_regions": regions, **locked},
        {"image_name": "database", "destination_regions": regions},
    ]

    result = run(image_distribute, region="ap-guangzhou", images=images)

    assert not result.get("failed")
    seen = [[(sight.region, sight.name, sight.status) for sight in one.sights] for one in told()]
    plain = [(region, name, None) for name in ("golden", "database") for region in regions]
    assert seen[0] == plain
    assert [region_name_status for region_name_status in plain if region_name_status in seen[-1]] == []
    later = ("ap-shanghai", "golden-locked")
    assert seen[-1] == [(*later, "copied")]
    assert [(*later, None)] in seen
    assert [(region, name, "copied") for region, name, _status in plain] in seen


BUILDER = {"account": "acme", "zone": "ap-guangzhou-6", "id": "ins-builder1", "name": "b", "image_id": "img-source01"}
NEW = {"region": "ap-guangzhou", "image_name": "new", "instance_id": "ins-builder1"}


def test_an_image_that_is_created_is_told(cloud: Emulator, run: Run, told: t.Callable[[], list[Told]]) -> None:
    cloud.plant(instances=[BUILDER])

    run(image, **NEW)

    seen = of_region(told(), "ap-guangzhou")
    assert {sight.name for _at, sight in seen} == {"new"}
    assert {sight.status for _at, sight in seen[:-1]} == {None}
    assert "CREATING" in {sight.state for _at, sight in seen[:-1]}
    assert seen[-1][1].status == "ready"
    run(image, **NEW, check=True)
    assert told() == []
    run(image, **NEW)
    assert [sight.status for _at, sight in of_region(told(), "ap-guangzhou")] == ["ready"]


@pytest.mark.parametrize(("options", "status"), [({"wait_timeout": 5}, "failed"), ({"wait": False}, "under way")])
def test_how_the_wait_for_an_image_ended_is_told(
    cloud: Emulator, run: Run, told: t.Callable[[], list[Told]], options: dict[str, t.Any], status: str
) -> None:
    cloud.plant(instances=[BUILDER])
    result = run(image, **NEW, **options)
    end = told()[-1].sights[0]
    assert (end.status, bool(end.why)) == (status, bool(result.get("failed")))

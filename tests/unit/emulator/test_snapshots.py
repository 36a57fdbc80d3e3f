# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""cbs: the snapshots behind images."""

from __future__ import annotations

import pytest

from tests.emulator import Emulator, ManualClock

from .client import Api
from .conftest import ACME, PARTNER, Refuses

DISKS = {"data_disks": [100], "size": 50}


def shown(api: Api, **params: object) -> list[str]:
    answer = api("DescribeSnapshots", service="cbs", **params)
    assert answer["TotalCount"] == len(answer["SnapshotSet"])
    return [item["SnapshotId"] for item in answer["SnapshotSet"]]


@pytest.fixture
def disks(cloud: Emulator) -> dict[str, str]:
    """usage -> snapshot id of an image with a data disk."""
    cloud.plant(images=[{"account": "acme", "region": "ap-guangzhou", "id": "img-disks001", "name": "disks", **DISKS}])
    return {snapshot.usage: snapshot.snapshot_id for snapshot in cloud.world.images["img-disks001"].snapshots}


def test_they_are_found_by_id_and_by_filter(api: Api, disks: dict[str, str]) -> None:
    data = disks["DATA_DISK"]
    assert shown(api, SnapshotIds=[data, "snap-unknown1"]) == [data]
    assert shown(api, Filters=[{"Name": "snapshot-id", "Values": [data]}]) == [data]
    assert data in shown(api, Filters=[{"Name": "disk-usage", "Values": ["DATA_DISK"]}])
    assert disks["SYSTEM_DISK"] in shown(api)
    (item,) = api("DescribeSnapshots", service="cbs", SnapshotIds=[data])["SnapshotSet"]
    assert (item["DiskSize"], item["DiskUsage"], item["Images"][0]["ImageId"]) == (100, "DATA_DISK", "img-disks001")


def test_of_other_accounts_and_regions_nothing_is_seen(cloud: Emulator, api: Api) -> None:
    partners = [image for image in cloud.world.images.values() if image.account == PARTNER]
    elsewhere = [image for image in cloud.world.images.values() if image.account == ACME and image.region != api.region]
    hidden = {snapshot.snapshot_id for image in (*partners, *elsewhere) for snapshot in image.snapshots}
    assert hidden
    assert not hidden & set(shown(api, Limit=100))


@pytest.mark.parametrize(
    ("asked", "data_disks_stay", "left"),
    [
        (True, False, set()),
        (True, True, {"DATA_DISK"}),
        (False, False, {"SYSTEM_DISK", "DATA_DISK"}),
    ],
)
def test_what_is_left_of_a_deleted_image(
    cloud: Emulator,
    api: Api,
    clock: ManualClock,
    disks: dict[str, str],
    asked: bool,
    data_disks_stay: bool,
    left: set[str],
) -> None:
    cloud.world.behaviour.data_snapshots_stay = data_disks_stay
    api("DeleteImages", ImageIds=["img-disks001"], DeleteBindedSnap=asked)
    clock.advance(60)
    assert set(shown(api, SnapshotIds=list(disks.values()))) == {disks[usage] for usage in left}
    for item in api("DescribeSnapshots", service="cbs", SnapshotIds=list(disks.values()))["SnapshotSet"]:
        assert item["Images"] == []


@pytest.mark.parametrize(
    ("params", "code"),
    [
        (
            {"SnapshotIds": ["snap-1"], "Filters": [{"Name": "snapshot-id", "Values": ["snap-1"]}]},
            "InvalidParameterValue",
        ),
        ({"Filters": [{"Name": "colour", "Values": ["red"]}]}, "InvalidFilter"),
        ({"Limit": 101}, "InvalidParameterValue"),
    ],
)
def test_bad_requests(refuses: Refuses, params: dict[str, object], code: str) -> None:
    assert refuses("DescribeSnapshots", service="cbs", **params) == code

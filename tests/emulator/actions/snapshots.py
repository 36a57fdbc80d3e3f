# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""cbs: the snapshots behind images; read only."""

from __future__ import annotations

import typing as t
from datetime import UTC, datetime

from ..call import Call
from ..errors import ApiError
from ..world import Image, Snapshot

Answer = dict[str, t.Any]
MOST_ON_A_PAGE = 100
NO_CDC = {"CageId": "", "CdcId": "", "CdcName": "", "DedicatedClusterId": ""}

FILTERS: dict[str, t.Callable[[Snapshot], str]] = {
    "snapshot-id": lambda snapshot: snapshot.snapshot_id,
    "disk-usage": lambda snapshot: snapshot.usage,
}


def describe_snapshots(call: Call) -> Answer:
    ids, filters = call.get("SnapshotIds"), call.get("Filters", [])
    if unknown := [item["Name"] for item in filters if item["Name"] not in FILTERS]:
        raise ApiError("InvalidFilter", f"The filter `{unknown[0]}` is not valid.")
    if ids and filters:
        raise ApiError("InvalidParameterValue", "`SnapshotIds` and `Filters` cannot be given together.")
    if int(call.get("Limit", 20)) > MOST_ON_A_PAGE:
        raise ApiError("InvalidParameterValue", f"`Limit` is at most {MOST_ON_A_PAGE}.")
    chosen = [
        _item(call, image, snapshot)
        for image, snapshot in _own(call)
        if (not ids or snapshot.snapshot_id in ids)
        and all(FILTERS[item["Name"]](snapshot) in item["Values"] for item in filters)
    ]
    return {"TotalCount": len(chosen), "SnapshotSet": call.page(chosen)}


def _own(call: Call) -> t.Iterator[tuple[Image, Snapshot]]:
    """Of deleted images too: their snapshots stay, unless DeleteBindedSnap took them along."""
    for image in call.world.images.values():
        if (image.account, image.region) == (call.account.uin, call.region) and not image.public:
            for snapshot in image.snapshots:
                yield image, snapshot


def _item(call: Call, image: Image, snapshot: Snapshot) -> Answer:
    alive = image.exists(call.now)
    made = datetime.fromtimestamp(image.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return {
        "SnapshotId": snapshot.snapshot_id,
        "SnapshotName": f"image {image.image_id}",
        "SnapshotState": "NORMAL",
        "SnapshotType": "PRIVATE_SNAPSHOT",
        "SnapshotMode": "STANDARD_SNAPSHOT",
        "Placement": {"Zone": f"{call.region}-1", "ProjectId": 0, "ProjectName": "", **NO_CDC},
        "DiskUsage": snapshot.usage,
        "DiskSize": snapshot.size,
        "DiskId": "",
        "Encrypt": image.encrypted_with is not None,
        "CopyFromRemote": image.copied_from is not None,
        "CopyingToRegions": [],
        "IsPermanent": True,
        "Percent": 100,
        "CreateTime": made,
        "DeadlineTime": "",
        "TimeStartShare": "",
        "Images": [{"ImageId": image.image_id, "ImageName": image.name}] if alive else [],
        "ImageCount": int(alive),
        "ShareReference": 0,
        "Tags": [],
    }


ACTIONS = {"DescribeSnapshots": describe_snapshots}

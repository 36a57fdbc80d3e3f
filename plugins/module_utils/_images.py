# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Images: what the API says of them, and the calls that read or change them. One function an action."""

from __future__ import annotations

import typing as t
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime

from . import _tags
from ._client import CBS, CVM, PAGE_SIZE, Client
from ._errors import CloudError

PRIVATE, PUBLIC, SHARED = "PRIVATE_IMAGE", "PUBLIC_IMAGE", "SHARED_IMAGE"

NORMAL = "NORMAL"
UNDER_WAY_STATES = ("SYNCING", "CREATING")
FAILED_STATES = ("CREATEFAILED", "IMPORTFAILED")

IN_SHARED = "InvalidImageId.InShared"
"""DeleteImages refuses what other accounts still have."""

GOING = ("MutexOperation.TaskRunning", "InvalidImageId.NotFound")
"""Somebody else has deleted it already."""


@dataclass(frozen=True)
class Image:
    """An image as DescribeImages shows it to this account. Sizes are GiB."""

    region: str
    image_id: str
    image_name: str
    image_state: str
    image_type: str = PRIVATE
    created: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    os_name: str = ""
    platform: str = ""
    architecture: str = ""
    image_size: int = 0
    image_source: str = ""
    image_creator: str = ""
    image_description: str = ""
    image_family: str = ""
    image_deprecated: bool = False
    license_type: str = ""
    is_support_cloudinit: bool = False
    sync_percent: int | None = None
    snapshot_set: tuple[Mapping[str, t.Any], ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def snapshot_ids(self) -> list[str]:
        return [snapshot["SnapshotId"] for snapshot in self.snapshot_set]

    @classmethod
    def from_api(cls, region: str, item: Mapping[str, t.Any]) -> Image:
        return cls(
            region=region,
            image_id=item["ImageId"],
            image_name=item.get("ImageName") or "",
            image_state=item.get("ImageState") or "",
            image_type=item.get("ImageType") or "",
            created=_moment(item.get("CreatedTime")),
            os_name=item.get("OsName") or "",
            platform=item.get("Platform") or "",
            architecture=item.get("Architecture") or "",
            image_size=item.get("ImageSize") or 0,
            image_source=item.get("ImageSource") or "",
            image_creator=item.get("ImageCreator") or "",
            image_description=item.get("ImageDescription") or "",
            image_family=item.get("ImageFamily") or "",
            image_deprecated=bool(item.get("ImageDeprecated")),
            license_type=item.get("LicenseType") or "",
            is_support_cloudinit=bool(item.get("IsSupportCloudinit")),
            sync_percent=item.get("SyncPercent"),
            snapshot_set=tuple(item.get("SnapshotSet") or ()),
            tags={tag["Key"]: tag["Value"] for tag in item.get("Tags") or ()},
        )

    def to_result(self) -> dict[str, t.Any]:
        """The image in snake_case, as modules return it."""
        return {
            "region": self.region,
            "image_id": self.image_id,
            "image_name": self.image_name,
            "image_state": self.image_state,
            "image_type": self.image_type,
            "created_time": self.created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "os_name": self.os_name,
            "platform": self.platform,
            "architecture": self.architecture,
            "image_size": self.image_size,
            "image_source": self.image_source,
            "image_creator": self.image_creator,
            "image_description": self.image_description,
            "image_family": self.image_family,
            "image_deprecated": self.image_deprecated,
            "license_type": self.license_type,
            "is_support_cloudinit": self.is_support_cloudinit,
            "sync_percent": self.sync_percent,
            "snapshot_set": [
                {
                    "snapshot_id": snapshot.get("SnapshotId"),
                    "disk_usage": snapshot.get("DiskUsage"),
                    "disk_size": snapshot.get("DiskSize"),
                }
                for snapshot in self.snapshot_set
            ],
            "tags": dict(self.tags),
        }

    @classmethod
    def from_result(cls, result: Mapping[str, t.Any]) -> Image:
        """The image that ``to_result`` was asked for. What the result leaves out is unknown."""
        names = {item.name for item in fields(cls)} - {"created", "snapshot_set", "tags"}
        return cls(
            **{name: value for name, value in result.items() if name in names},
            created=_moment(result.get("created_time")),
            snapshot_set=tuple(
                {
                    "SnapshotId": snapshot.get("snapshot_id"),
                    "DiskUsage": snapshot.get("disk_usage"),
                    "DiskSize": snapshot.get("disk_size"),
                }
                for snapshot in result.get("snapshot_set") or ()
            ),
            tags=dict(result.get("tags") or {}),
        )


def _moment(text: str | None) -> datetime:
    """``2022-09-22T15:10:55Z``, or the ``+00:00`` of the documentation's examples."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def search(client: Client, filters: Mapping[str, Sequence[str]]) -> list[Image]:
    """Every image of the client's region that passes the filters, to the last page."""
    listed = [{"Name": name, "Values": list(values)} for name, values in filters.items()]
    try:
        items = client.pages("DescribeImages", {"Filters": listed}, "ImageSet")
    except CloudError as error:
        if error.code != _tags.UNKNOWN_KEY:
            raise
        return []
    images = (Image.from_api(client.region, item) for item in items)
    return list({image.image_id: image for image in images}.values())


def find_by_id(client: Client, image_id: str) -> Image | None:
    """An image of any type that this account can see in the client's region."""
    found = find_by_ids(client, [image_id])
    return found[0] if found else None


def find_by_ids(client: Client, image_ids: Sequence[str]) -> list[Image]:
    images: list[Image] = []
    for start in range(0, len(image_ids), PAGE_SIZE):
        chunk = list(image_ids[start : start + PAGE_SIZE])
        answer = client.call("DescribeImages", {"ImageIds": chunk, "Limit": PAGE_SIZE})
        images += [Image.from_api(client.region, item) for item in answer.get("ImageSet") or ()]
    return images


def find_by_name(client: Client, name: str, image_type: str = PRIVATE) -> list[Image]:
    """The images of exactly that name. The API's own filter is fuzzy, so its answer is compared once more."""
    found = search(client, {"image-type": [image_type], "image-name": [name]})
    return [image for image in found if image.image_name == name]


def find_by_names(client: Client, names: Collection[str]) -> dict[str, list[Image]]:
    """Own images by name, for several exact names in one listing; a single one is asked for by its name."""
    if len(names) < 2:
        return {name: find_by_name(client, name) for name in names}
    # A listing of several pages shows an image twice, or not at all, when another comes or goes meanwhile.
    listed = {image.image_id: image for image in search(client, {"image-type": [PRIVATE]})}
    found: dict[str, list[Image]] = {name: [] for name in names}
    for image in listed.values():
        if image.image_name in found:
            found[image.image_name].append(image)
    may_miss = len(listed) >= PAGE_SIZE
    return {name: find_by_name(client, name) if may_miss and not there else there for name, there in found.items()}


def find_by_tag(client: Client, key: str, value: str) -> list[Image]:
    """Own images that carry a tag of exactly that key and value."""
    found = search(client, {"image-type": [PRIVATE], f"tag:{key}": [value]})
    return [image for image in found if image.tags.get(key) == value]


def with_current_tags(client: Client, image: Image) -> Image:
    """The image with the tags that the tag service knows, if the key may ask it: DescribeImages shows new ones late."""
    try:
        return replace(image, tags=_tags.read(client, "image", image.image_id))
    except CloudError as error:
        if _tags.is_denied(error):
            return image
        raise


def sync(
    client: Client,
    image_id: str,
    destination_regions: Sequence[str],
    *,
    image_name: str,
    encrypt: bool = False,
    kms_key_id: str | None = None,
    dry_run: bool = False,
) -> dict[str, str]:
    """Start copies; returns region -> id of the copy, as far as the API names them. Costs nothing itself.

    Encrypted copies are made in the source's own region only, with CBS's default key if no KMS key is named.
    """
    params: dict[str, t.Any] = {
        "ImageIds": [image_id],
        "DestinationRegions": list(destination_regions),
        "ImageName": image_name,
        "ImageSetRequired": True,
    }
    if encrypt:
        params["Encrypt"] = True
    if kms_key_id:
        params["KmsKeyId"] = kms_key_id
    if dry_run:
        params["DryRun"] = True
    try:
        answer = client.call("SyncImages", params)
    except CloudError as error:
        if dry_run and error.code == "DryRunOperation":
            return {}
        raise
    return {item["Region"]: item["ImageId"] for item in answer.get("ImageSet") or ()}


def delete(client: Client, image_id: str, *, with_snapshots: bool, dry_run: bool = False) -> None:
    """Delete an own image. Its snapshots stay, and cost, unless they are deleted with it."""
    params: dict[str, t.Any] = {"ImageIds": [image_id], "DeleteBindedSnap": with_snapshots}
    try:
        client.call("DeleteImages", {**params, "DryRun": True} if dry_run else params)
    except CloudError as error:
        if not dry_run or error.code != "DryRunOperation":
            raise


def remaining_snapshots(client: Client, snapshot_ids: Sequence[str]) -> list[str]:
    """Those of the snapshots that still exist. They are billed."""
    if not snapshot_ids:
        return []
    params = {"SnapshotIds": list(snapshot_ids), "Limit": PAGE_SIZE}
    answer = client.call("DescribeSnapshots", params, CBS)
    return [item["SnapshotId"] for item in answer.get("SnapshotSet") or ()]


def create(
    client: Client,
    image_name: str,
    *,
    instance_id: str | None = None,
    snapshot_ids: Sequence[str] = (),
    data_disk_ids: Sequence[str] = (),
    force_poweroff: bool = False,
    sysprep: bool = False,
    description: str | None = None,
    family: str | None = None,
    tags: Mapping[str, str] | None = None,
    dry_run: bool = False,
) -> str | None:
    """Start making an image; returns its id, as far as the API names it. Its snapshots are billed."""
    given = {
        "InstanceId": instance_id,
        "SnapshotIds": list(snapshot_ids),
        "DataDiskIds": list(data_disk_ids),
        "ForcePoweroff": "true" if force_poweroff else None,  # The API wants these two as texts.
        "Sysprep": "true" if sysprep else None,
        "ImageDescription": description,
        "ImageFamily": family,
        "TagSpecification": [
            {"ResourceType": "image", "Tags": [{"Key": key, "Value": value} for key, value in sorted(tags.items())]}
        ]
        if tags
        else None,
        "DryRun": dry_run or None,
    }
    params = {"ImageName": image_name, **{key: value for key, value in given.items() if value}}
    try:
        return client.call("CreateImage", params).get("ImageId") or None
    except CloudError as error:
        if dry_run and error.code == "DryRunOperation":
            return None
        raise


def modify(client: Client, image_id: str, attributes: Mapping[str, t.Any]) -> None:
    """Change attributes of an own image: ImageName, ImageDescription, ImageFamily, ImageDeprecated."""
    client.call("ModifyImageAttribute", {"ImageId": image_id, **attributes})


def describe(client: Client, image_id: str, description: str) -> None:
    modify(client, image_id, {"ImageDescription": description})


def quota(client: Client) -> dict[str, int]:
    """How many custom images the region may hold, and how many it does."""
    total = int(client.call("DescribeImageQuota")["ImageNumQuota"])
    filters = [{"Name": "image-type", "Values": [PRIVATE]}]
    used = int(client.call("DescribeImages", {"Filters": filters, "Limit": 1})["TotalCount"])
    return {"total": total, "used": used, "free": max(0, total - used)}


def usable_regions(client: Client) -> list[str]:
    """The regions that the API says this account may use."""
    listed = client.call("DescribeRegions", service=CVM).get("RegionSet") or ()
    return [item["Region"] for item in listed if item.get("RegionState") == "AVAILABLE"]


def shares(client: Client, image_id: str) -> tuple[str, ...]:
    """The accounts with which an own image is shared."""
    answer = client.call("DescribeImageSharePermission", {"ImageId": image_id})
    return tuple(sorted(item["AccountId"] for item in answer.get("SharePermissionSet") or ()))


def share(client: Client, image_id: str, accounts: Sequence[str]) -> None:
    """Let other accounts see, launch from and copy an own image, in its region. It costs nothing."""
    _set_permission(client, image_id, accounts, "SHARE")


def unshare(client: Client, image_id: str, accounts: Sequence[str]) -> None:
    """Cancel sharings of an own image. The accounts lose it; copies they made stay theirs."""
    _set_permission(client, image_id, accounts, "CANCEL")


def _set_permission(client: Client, image_id: str, accounts: Sequence[str], permission: str) -> None:
    params = {"ImageId": image_id, "AccountIds": list(accounts), "Permission": permission}
    client.call("ModifyImageSharePermission", params)


def unshare_all(client: Client, image_id: str) -> None:
    """Cancel every sharing of an own image."""
    accounts = shares(client, image_id)
    if accounts:
        unshare(client, image_id, accounts)

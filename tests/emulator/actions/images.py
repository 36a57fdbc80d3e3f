# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""cvm: custom images, their copies, shares and quota."""

from __future__ import annotations

import hashlib
import typing as t
from dataclasses import replace

from .. import catalogue
from ..call import Call, check_image_id, named_filters, tag_list, tags_fit
from ..clock import iso
from ..errors import ApiError
from ..faults import Fault
from ..timeline import GONE, Timeline
from ..world import CREATING, IMPORTING, NORMAL, SYNCING, Image, Instance, Snapshot

Answer = dict[str, t.Any]

PRIVATE, PUBLIC, SHARED = "PRIVATE_IMAGE", "PUBLIC_IMAGE", "SHARED_IMAGE"
PLAIN_FILTERS = ("image-id", "image-type", "image-name", "platform", "tag-key", "tag-value")
OTHER_FILTERS = ("dedicated-cluster-id", "cdc-cache-status")

CREATING_SECONDS = 300
MOST_SHARES = 500


def type_for(call: Call, image: Image) -> str | None:
    """How the caller sees an image, or None when it may not see it."""
    if image.public:
        return PUBLIC
    if image.account == call.account.uin:
        return PRIVATE
    return SHARED if call.account.uin in image.shared_with else None


def seen_as(call: Call, image_id: str) -> str | None:
    """How the caller sees what bears that id in the request's region, or None when there is nothing for it to see."""
    check_image_id(image_id)
    image = call.world.images.get(image_id)
    here = image is not None and image.region == call.region and image.exists(call.now)
    return type_for(call, image) if image is not None and here else None


def describe_images(call: Call) -> Answer:
    if call.get("ImageIds") and call.get("Filters"):
        raise ApiError(
            "InvalidParameter.InvalidParameterCoexistImageIdsFilters",
            "`ImageIds` and `Filters` cannot be given together.",
        )
    wanted_ids = call.get("ImageIds")
    for image_id in wanted_ids or ():
        check_image_id(image_id)
    filters = named_filters(call, PLAIN_FILTERS + OTHER_FILTERS)
    seen = [
        image
        for image in sorted(call.world.images.values(), key=lambda item: (-item.created, item.image_id))
        if image.region == call.region
        and image.visible(call.now)
        and type_for(call, image) is not None
        and (not wanted_ids or image.image_id in wanted_ids)
        and all(_fits(call, image, name, values) for name, values in filters)
    ]
    return {"TotalCount": len(seen), "ImageSet": [_render(call, image) for image in call.page(seen)]}


def _fits(call: Call, image: Image, name: str, values: list[str]) -> bool:
    if name == "image-id":
        return image.image_id in values
    if name == "image-type":
        return type_for(call, image) in values
    if name == "image-name":
        return any(value in image.name for value in values)
    if name == "platform":
        return any(value in image.platform for value in values)
    if name in OTHER_FILTERS:
        return False
    return tags_fit(_tags(call, image), name, values)


def _tags(call: Call, image: Image) -> dict[str, str]:
    """Tags are the owner's own affair."""
    own = image.account == call.account.uin
    return call.world.shown_tags(image.image_id, call.now) if own else {}


def _render(call: Call, image: Image) -> Answer:
    own = image.account == call.account.uin
    return {
        "ImageId": image.image_id,
        "OsName": image.os_name,
        "ImageType": type_for(call, image),
        "CreatedTime": iso(image.created),
        "ImageName": image.name,
        "ImageDescription": image.description,
        "ImageSize": image.size,
        "Architecture": image.architecture,
        "ImageState": call.world.image_state(image, call.now),
        "Platform": image.platform,
        "ImageCreator": image.account,
        "ImageSource": image.source_kind,
        "SyncPercent": image.percent(call.now),
        "IsSupportCloudinit": True,
        "SnapshotSet": [
            {"SnapshotId": snapshot.snapshot_id, "DiskUsage": snapshot.usage, "DiskSize": snapshot.size}
            for snapshot in image.snapshots
            if own
        ],
        "Tags": tag_list(_tags(call, image)),
        "LicenseType": "TencentCloud",
        "ImageFamily": image.family,
        "ImageDeprecated": image.deprecated,
    }


def describe_image_quota(call: Call) -> Answer:
    return {"ImageNumQuota": call.world.image_quota(call.account.uin, call.region)}


# SyncImages ---------------------------------------------------------------------------------------------------------


def sync_images(call: Call) -> Answer:
    source = _sync_source(call, call.params["ImageIds"][0])
    destinations: list[str] = call.params["DestinationRegions"]
    dry_run = bool(call.get("DryRun"))
    name = call.get("ImageName") or source.name
    for region in destinations:
        _check_destination_exists(call, region)
    _check_pairing(call, source, destinations)
    _check_encryption(call, source)
    possible = destinations
    if not dry_run or call.world.behaviour.dry_run_checks_destinations:
        possible = _possible(call, destinations, lambda region: _check_border(call, source.region, region))
    _check_source_state(call, source)
    if not dry_run or call.world.behaviour.dry_run_checks_destinations:
        possible = _possible(call, possible, lambda region: _check_free(call, name, region))
    if dry_run:
        return dry_run_answer(call, {"ImageSet": []})
    copies = [_make_copy(call, source, region, name) for region in possible]
    return {"ImageSet": _image_set(call, copies)}


def _possible(call: Call, destinations: list[str], check: t.Callable[[str], None]) -> list[str]:
    """The destinations that pass a check. One that does not fails the call, or, by a switch, only if none passes."""
    possible, refusals = [], []
    for region in destinations:
        try:
            check(region)
        except ApiError as refusal:
            refusals.append(refusal)
        else:
            possible.append(region)
    if refusals and (call.world.behaviour.bad_destination_fails_all or not possible):
        raise refusals[0]
    return possible


def _check_free(call: Call, name: str, region: str) -> None:
    check_name_free(call, name, region)
    check_room(call, region)


def dry_run_answer(call: Call, answer: Answer) -> Answer:
    """What a DryRun that would succeed answers."""
    if call.world.behaviour.dry_run_code:
        raise ApiError(call.world.behaviour.dry_run_code, "The request would have succeeded, but DryRun was set.")
    return answer


def _sync_source(call: Call, image_id: str) -> Image:
    kind = seen_as(call, image_id)
    if kind is None:
        raise ApiError("InvalidImageId.NotFound", f"ImageId {image_id} is not found")
    if kind == PUBLIC:
        raise ApiError("InvalidParameterValue.InvalidImageId", f"The image {image_id} does not support this operation.")
    return call.world.images[image_id]


def _check_destination_exists(call: Call, region: str) -> None:
    known = catalogue.regions().get(region)
    if known is None or not known.usable or (call.account.regions is not None and region not in call.account.regions):
        raise ApiError("InvalidRegion.NotFound", f"The region {region} is not found.")


def _check_pairing(call: Call, source: Image, destinations: list[str]) -> None:
    """Custom images go between regions; shared ones, and encrypted copies, stay in theirs."""
    in_region = source.account != call.account.uin or bool(call.get("Encrypt"))
    for region in destinations:
        if in_region != (region == source.region):
            raise ApiError(
                "InvalidParameterValue.InvalidRegion", f"The image {source.image_id} cannot be copied to {region}."
            )


def _check_encryption(call: Call, source: Image) -> None:
    shared = source.account != call.account.uin
    if call.get("Encrypt"):
        if shared:
            raise ApiError(
                "UnsupportedOperation.SyncEncryptImageNotSupport", "A shared image cannot be copied encrypted."
            )
        key = call.get("KmsKeyId")
        if key is not None and key not in call.account.kms_keys:
            raise ApiError("InvalidParameter.InvalidKmsKeyId", f"The KMS key {key} is not valid.")
        return
    if call.get("KmsKeyId") is not None:
        raise ApiError("InvalidParameter.InvalidKmsKeyId", "`KmsKeyId` needs `Encrypt`.")
    if source.encrypted_with and not shared:
        raise ApiError("UnsupportedOperation.EncryptedImagesNotSupported", "Encrypted images cannot be copied.")


def _check_border(call: Call, source_region: str, region: str) -> None:
    here, there = catalogue.regions()[source_region], catalogue.regions()[region]
    crosses = here.mainland != there.mainland and not call.account.cross_border
    if crosses or here.finance != there.finance:
        raise ApiError(
            call.world.behaviour.cross_border_code, f"Copies from {source_region} to {region} are not supported."
        )


def _check_source_state(call: Call, source: Image) -> None:
    """The documented rule: the source must be NORMAL, whoever owns it."""
    state = call.world.image_state(source, call.now)
    if state == SYNCING:
        raise ApiError(call.world.behaviour.busy_code, f"The image {source.image_id} has another ongoing task.")
    if state != NORMAL:
        raise ApiError("InvalidImageId.IncorrectState", f"The image {source.image_id} is in state {state}.")


def check_name_free(call: Call, name: str, region: str) -> None:
    taken = call.world.behaviour.duplicate_names_refused and any(
        image.name == name for image in call.world.own_images(call.account.uin, region, call.now)
    )
    if taken:
        raise ApiError("InvalidImageName.Duplicate", f"The image name {name} already exists in {region}.")


def check_room(call: Call, region: str) -> None:
    quota = call.world.image_quota(call.account.uin, region)
    if len(call.world.own_images(call.account.uin, region, call.now)) >= quota:
        raise ApiError("ImageQuotaLimitExceeded", f"The quota of {quota} custom images in {region} is exceeded.")


def _copy_seconds(call: Call, source: Image, region: str) -> float:
    """Between the two documented bounds; the same for the same image and region, whatever else happens."""
    low, high = call.world.behaviour.copy_minutes
    digest = hashlib.sha256(f"{source.image_id}/{region}".encode()).digest()
    slow = _fate(call, "copy_slow", region)
    return 60 * (low + (high - low) * digest[0] / 255) + (slow.seconds if slow else 0.0)


def _make_copy(call: Call, source: Image, region: str, name: str) -> Image:
    world, now = call.world, call.now
    keep = world.behaviour.copies_keep_properties
    seconds = _copy_seconds(call, source, region)
    copy = replace(
        source,
        image_id=world.new_id("img"),
        name=name,
        account=call.account.uin,
        region=region,
        created=now,
        timeline=_copy_timeline(call, region, seconds),
        visible_from=now + world.behaviour.image_visible_after,
        whole_copy=seconds,
        description=source.description if keep else "",
        family=source.family if keep else "",
        deprecated=False,
        encrypted_with=(call.get("KmsKeyId") or "default") if call.get("Encrypt") else None,
        snapshots=tuple(replace(snapshot, snapshot_id=world.new_id("snap")) for snapshot in source.snapshots),
        shared_with={},
        copied_from=source.image_id,
    )
    hidden = _fate(call, "copy_invisible", region)
    if hidden:
        copy.visible_from = now + hidden.seconds
    world.images[copy.image_id] = copy
    if keep and source.account == call.account.uin:
        world.tag(copy.image_id, now, world.tags_of(source.image_id).at(now))
    return copy


def _fate(call: Call, kind: str, region: str) -> Fault | None:
    return call.world.faults.fate(kind, "SyncImages", region, call.account.uin, call.params)


def _copy_timeline(call: Call, region: str, seconds: float) -> Timeline:
    world, now = call.world, call.now
    vanishes = _fate(call, "copy_vanishes", region)
    if vanishes:
        return Timeline.of((now, SYNCING), (now + seconds * vanishes.percent / 100, GONE))
    fails = _fate(call, "copy_fails", region)
    if fails:
        end = GONE if world.behaviour.failed_copy_vanishes else fails.state
        return Timeline.of((now, SYNCING), (now + seconds * fails.percent / 100, end))
    return Timeline.of((now, SYNCING), (now + seconds, NORMAL))


def _image_set(call: Call, copies: list[Image]) -> list[Answer] | None:
    if not call.get("ImageSetRequired"):
        return []
    items = [{"Region": copy.region, "ImageId": copy.image_id} for copy in copies]
    return {
        "asked": items,
        "reversed": items[::-1],
        "partial": items[: len(items) // 2],
        "empty": [],
        "null": None,
    }[call.world.behaviour.image_set]


# The image itself ---------------------------------------------------------------------------------------------------


def create_image(call: Call) -> Answer:
    instance_id, snapshot_ids = call.get("InstanceId"), call.get("SnapshotIds")
    if not instance_id and not snapshot_ids:
        raise ApiError("InvalidParameter.SpecifyOneParameter", "Give `InstanceId` or `SnapshotIds`.")
    if instance_id and snapshot_ids:
        raise ApiError("InvalidParameterConflict", "`InstanceId` and `SnapshotIds` cannot be given together.")
    instance = call.own_instance(instance_id) if instance_id else None
    disks = _instance_disks(call, instance) if instance else _from_snapshots(call, snapshot_ids)
    check_name_free(call, call.params["ImageName"], call.region)
    check_room(call, call.region)
    if call.get("DryRun"):
        return dry_run_answer(call, {"ImageId": ""})
    world, now = call.world, call.now
    slow, hidden = _birth(call, "create_slow"), _birth(call, "create_invisible")
    seconds = CREATING_SECONDS + (slow.seconds if slow else 0.0)
    image = Image(
        image_id=world.new_id("img"),
        name=call.params["ImageName"],
        account=call.account.uin,
        region=call.region,
        created=now,
        timeline=_birth_timeline(call, seconds),
        visible_from=now + (hidden.seconds if hidden else world.behaviour.image_visible_after),
        description=call.get("ImageDescription", ""),
        family=call.get("ImageFamily", ""),
        size=sum(disk.size for disk in disks if disk.usage == "SYSTEM_DISK"),
        snapshots=tuple(replace(disk, snapshot_id=world.new_id("snap")) for disk in disks),
    )
    if instance is not None:
        instance.operation = ("CreateImage", now, now + seconds)
        model = world.images.get(instance.image_id, image)
        image.os_name, image.platform, image.architecture = model.os_name, model.platform, model.architecture
    world.images[image.image_id] = image
    _tag_at_birth(call, image.image_id, "image")
    return {"ImageId": image.image_id}


def _birth(call: Call, kind: str) -> Fault | None:
    return call.world.faults.fate(kind, "CreateImage", call.region, call.account.uin, call.params)


def _birth_timeline(call: Call, seconds: float) -> Timeline:
    for kind in ("create_vanishes", "create_fails"):
        fault = _birth(call, kind)
        if fault:
            end = GONE if kind == "create_vanishes" else fault.state
            return Timeline.of((call.now, CREATING), (call.now + seconds * fault.percent / 100, end))
    return Timeline.of((call.now, CREATING), (call.now + seconds, NORMAL))


def _instance_disks(call: Call, instance: Instance) -> list[Snapshot]:
    if instance.in_operation(call.now):
        raise ApiError(
            "OperationDenied.InstanceOperationInProgress",
            f"The instance `['{instance.instance_id}']` already has operation in progress. Please try again later.",
        )
    state = instance.timeline.at(call.now)
    if state not in ("RUNNING", "STOPPED"):
        raise ApiError("InvalidInstance.NotSupported", f"The instance {instance.instance_id} is in state {state}.")
    wanted = call.get("DataDiskIds", [])
    chosen = [disk for disk in instance.data_disks if disk["DiskId"] in wanted]
    if len(chosen) != len(wanted):
        raise ApiError(
            "InvalidParameter.DataDiskNotBelongSpecifiedInstance", "A data disk does not belong to the instance."
        )
    disks = [Snapshot("", "SYSTEM_DISK", instance.system_disk["DiskSize"])]
    return disks + [Snapshot("", "DATA_DISK", disk["DiskSize"]) for disk in chosen]


def _from_snapshots(call: Call, snapshot_ids: list[str]) -> list[Snapshot]:
    # Of deleted images too: their snapshots stay, unless DeleteBindedSnap took them along.
    known = {
        snapshot.snapshot_id: snapshot
        for image in call.world.images.values()
        if (image.account, image.region, image.public) == (call.account.uin, call.region, False)
        for snapshot in image.snapshots
    }
    missing = [snapshot_id for snapshot_id in snapshot_ids if snapshot_id not in known]
    if missing:
        raise ApiError("InvalidParameter.SnapshotNotFound", f"The snapshot {missing[0]} does not exist.")
    disks = [known[snapshot_id] for snapshot_id in snapshot_ids]
    system = [disk for disk in disks if disk.usage == "SYSTEM_DISK"]
    if not system:
        raise ApiError("InvalidParameter.SystemSnapshotNotFound", "No snapshot of a system disk is given.")
    if len(system) > 1:
        raise ApiError("InvalidParameter.DuplicateSystemSnapshots", "Only one snapshot of a system disk can be given.")
    return disks


def _tag_at_birth(call: Call, resource_id: str, resource_type: str) -> None:
    tags = {
        tag["Key"]: tag["Value"]
        for specification in call.get("TagSpecification", [])
        if specification.get("ResourceType") == resource_type
        for tag in specification.get("Tags", [])
    }
    if tags:
        call.world.tag(resource_id, call.now, tags)


def modify_image_attribute(call: Call) -> Answer:
    image_id = call.params["ImageId"]
    if seen_as(call, image_id) == SHARED:
        raise ApiError("UnsupportedOperation.SharedImageModifyUnsupported", "A shared image cannot be modified.")
    image = call.own_image(image_id)
    state = image.timeline.at(call.now)
    if state != NORMAL:
        raise ApiError("InvalidImageId.IncorrectState", f"The image {image_id} is in state {state}.")
    name = call.get("ImageName")
    if name and name != image.name:
        check_name_free(call, name, call.region)
        image.name = name
    image.description = call.get("ImageDescription", image.description)
    image.family = call.get("ImageFamily", image.family)
    image.deprecated = call.get("ImageDeprecated", image.deprecated)
    return {}


def delete_images(call: Call) -> Answer:
    images = [_deletable(call, image_id) for image_id in call.params["ImageIds"]]
    if call.get("DryRun"):
        return dry_run_answer(call, {})
    for image in images:
        state = image.timeline.at(call.now)
        image.timeline = image.timeline.then(
            (call.now, state), (call.now + call.world.behaviour.image_deleted_after, GONE)
        )
        if call.get("DeleteBindedSnap"):
            stay = call.world.behaviour.data_snapshots_stay
            image.snapshots = tuple(disk for disk in image.snapshots if stay and disk.usage == "DATA_DISK")
    return {}


def _deletable(call: Call, image_id: str) -> Image:
    kind = seen_as(call, image_id)
    if kind == SHARED:
        raise ApiError("InvalidParameterValue.InvalidImageIdIsShared", f"The image {image_id} is another account's.")
    if kind == PUBLIC:
        raise ApiError("InvalidParameterValue.InvalidImageId", f"The image {image_id} does not support this operation.")
    image = call.own_image(image_id)
    state = call.world.image_state(image, call.now)
    if state in (CREATING, SYNCING, IMPORTING):
        raise ApiError("InvalidImageId.IncorrectState", f"The image {image_id} is in state {state}.")
    if image.timeline.ends(call.now) is not None:
        raise ApiError("MutexOperation.TaskRunning", f"The image {image_id} is being deleted.")
    if image.shared_with:
        raise ApiError("InvalidImageId.InShared", f"The image {image_id} is shared; cancel the sharing first.")
    return image


# Sharing ------------------------------------------------------------------------------------------------------------


def modify_image_share_permission(call: Call) -> Answer:
    image = _shareable(call, call.params["ImageId"])
    permission = call.params["Permission"]
    wanted: list[str] = call.params["AccountIds"]
    for uin in wanted:
        if uin == call.account.uin:
            raise ApiError("InvalidAccountIs.YourSelf", "An image cannot be shared with its own account.")
        if uin not in call.world.accounts:
            raise ApiError("InvalidAccountId.NotFound", f"The account {uin} is not found.")
    if permission == "SHARE":
        _check_shares(call, image, wanted)
    for uin in wanted:
        if permission == "SHARE":
            image.shared_with.setdefault(uin, call.now)
        else:
            image.shared_with.pop(uin, None)
    return {}


def _check_shares(call: Call, image: Image, wanted: list[str]) -> None:
    twice = sorted(set(wanted) & set(image.shared_with))
    if twice and call.world.behaviour.sharing_twice_refused:
        raise ApiError(
            "FailedOperation.AccountAlreadyExists", f"The image is shared with the account {twice[0]} already."
        )
    if len({*wanted, *image.shared_with}) > MOST_SHARES:
        raise ApiError("OverQuota", f"An image can be shared with {MOST_SHARES} accounts.")


def _own(call: Call, image_id: str) -> Image:
    """An image of the caller's; one that it only sees is refused in other words than one that is not there."""
    if seen_as(call, image_id) in (SHARED, PUBLIC):
        raise ApiError("UnauthorizedOperation.ImageNotBelongToAccount", f"The image {image_id} is not your own.")
    return call.own_image(image_id)


def _shareable(call: Call, image_id: str) -> Image:
    image = _own(call, image_id)
    state = image.timeline.at(call.now)
    if state != NORMAL:
        raise ApiError("InvalidParameterValue.InvalidImageState", f"The image {image_id} is in state {state}.")
    if image.encrypted_with:
        raise ApiError("UnsupportedOperation.EncryptedImagesNotSupported", "Encrypted images cannot be shared.")
    return image


def describe_image_share_permission(call: Call) -> Answer:
    image = _own(call, call.params["ImageId"])
    return {
        "SharePermissionSet": [
            {"AccountId": uin, "CreatedTime": iso(since)} for uin, since in sorted(image.shared_with.items())
        ]
    }


ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "CreateImage": create_image,
    "DeleteImages": delete_images,
    "DescribeImageQuota": describe_image_quota,
    "DescribeImageSharePermission": describe_image_share_permission,
    "DescribeImages": describe_images,
    "ModifyImageAttribute": modify_image_attribute,
    "ModifyImageSharePermission": modify_image_share_permission,
    "SyncImages": sync_images,
}

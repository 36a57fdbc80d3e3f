# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""tag: the tags of images and instances, written here and shown by DescribeImages a moment later."""

from __future__ import annotations

import hashlib
import re
import typing as t
from dataclasses import dataclass

from ..call import Call
from ..errors import ApiError

Answer = dict[str, t.Any]

RESERVED_PREFIXES = ("qcloud", "tencent", "project")
MOST_TAGS = 50
_NAME = re.compile(r"qcs::cvm:(?P<region>[a-z0-9-]*):(?:uin/(?P<uin>\d*))?:(?P<kind>image|instance)/(?P<id>[a-z]+-\w+)")


@dataclass(frozen=True)
class Resource:
    name: str
    kind: str
    resource_id: str


class Refusal(Exception):
    """Why one resource of several could not be tagged: an element of FailedResources."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def _resource(call: Call, name: str) -> Resource:
    """The image or instance that a six-segment name points to. The account segment may be empty."""
    found = _NAME.fullmatch(name)
    if not found:
        raise ApiError("InvalidParameterValue.ResourceDescriptionError", f"The resource {name} is not valid.")
    if found["uin"] not in (None, "", call.account.uin):
        raise ApiError("InvalidParameterValue.UinInvalid", f"The resource {name} is another account's.")
    return Resource(name, found["kind"], _existing(call, found["kind"], found["id"], found["region"]))


def _existing(call: Call, kind: str, resource_id: str, region: str) -> str:
    things: t.Mapping[str, t.Any] = call.world.images if kind == "image" else call.world.instances
    thing = things.get(resource_id)
    mine = thing is not None and (thing.account, thing.region) == (call.account.uin, region) and thing.exists(call.now)
    if not mine:
        raise Refusal("ResourceNotFound", f"The {kind} {resource_id} is not found in {region}.")
    return resource_id


def _check_keys(tags: t.Mapping[str, str]) -> None:
    for key in tags:
        if key.lower().startswith(RESERVED_PREFIXES):
            raise ApiError("InvalidParameterValue.ReservedTagKey", f"The tag key {key} is reserved.")
        if not key or len(key) > 127:
            raise ApiError("InvalidParameterValue.TagKeyLengthExceeded", "A tag key has 1 to 127 characters.")
        if not re.fullmatch(r"[\w .:/=+@()\[\]-]+", key):
            raise ApiError("InvalidParameterValue.TagKeyCharacterIllegal", f"The tag key {key} is not valid.")


def _write(call: Call, resource: Resource, add: t.Mapping[str, str], remove: t.Collection[str] = ()) -> None:
    image = call.world.images.get(resource.resource_id)
    if image is not None and image.in_progress(call.now) and not call.world.behaviour.tagging_while_syncing:
        raise Refusal("FailedOperation.ResourceTagProcessing", f"The image {image.image_id} is being made.")
    sheet = call.world.tags_of(resource.resource_id)
    tags = {key: value for key, value in {**sheet.at(call.now), **add}.items() if key not in remove}
    if len(tags) > MOST_TAGS:
        raise Refusal("LimitExceeded.ResourceAttachedTags", f"{resource.resource_id} has too many tags.")
    sheet.write(call.now, tags)


def _each(call: Call, add: t.Mapping[str, str], remove: t.Collection[str]) -> Answer:
    """Write every resource that can be written; the others are reported, with HTTP 200 and no Error."""
    failed = []
    for name in call.params["ResourceList"]:
        try:
            _write(call, _resource(call, name), add, remove)
        except Refusal as refusal:
            failed.append({"Resource": name, "Code": refusal.code, "Message": refusal.message})
    return {"FailedResources": failed}


def tag_resources(call: Call) -> Answer:
    tags = {tag["TagKey"]: tag["TagValue"] for tag in call.params["Tags"]}
    _check_keys(tags)
    return _each(call, tags, ())


def untag_resources(call: Call) -> Answer:
    return _each(call, {}, call.params["TagKeys"])


def modify_resource_tags(call: Call) -> Answer:
    replace = {tag["TagKey"]: tag["TagValue"] for tag in call.get("ReplaceTags", [])}
    delete = [tag["TagKey"] for tag in call.get("DeleteTags", [])]
    if not replace and not delete:
        raise ApiError("MissingParameter", "Give `ReplaceTags` or `DeleteTags`.")
    if set(replace) & set(delete):
        raise ApiError("InvalidParameterValue.DeleteTagsParamError", "A tag key is both replaced and deleted.")
    _check_keys(replace)
    try:
        _write(call, _resource(call, call.params["Resource"]), replace, delete)
    except Refusal as refusal:
        raise ApiError(refusal.code, refusal.message) from None
    return {}


def describe_resource_tags_by_resource_ids(call: Call) -> Answer:
    if call.params["ServiceType"] != "cvm" or call.params["ResourcePrefix"] not in ("image", "instance"):
        raise ApiError("InvalidParameterValue.ServiceTypeInvalid", "The emulator knows cvm images and instances.")
    region = call.params["ResourceRegion"]
    rows = []
    for resource_id in call.params["ResourceIds"]:
        try:
            _existing(call, call.params["ResourcePrefix"], resource_id, region)
        except Refusal:
            continue
        rows += [(resource_id, key, value) for key, value in sorted(call.world.tags_of(resource_id).at(call.now).items())]
    return {
        "TotalCount": len(rows),
        "Offset": call.get("Offset", 0),
        "Limit": call.get("Limit", 15),
        "Tags": [
            {
                "TagKey": key,
                "TagValue": value,
                "ResourceId": resource_id,
                "TagKeyMd5": hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(),
                "TagValueMd5": hashlib.md5(value.encode(), usedforsecurity=False).hexdigest(),
                "ServiceType": "cvm",
            }
            for resource_id, key, value in call.page(rows, default_limit=15)
        ],
    }


ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "DescribeResourceTagsByResourceIds": describe_resource_tags_by_resource_ids,
    "ModifyResourceTags": modify_resource_tags,
    "TagResources": tag_resources,
    "UnTagResources": untag_resources,
}

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
from ..world import RESERVED_TAG_PREFIXES

Answer = dict[str, t.Any]

MOST_TAGS = 50
LONGEST_KEY, LONGEST_VALUE = 127, 255
_ALLOWED = re.compile(r"[\w .:/=+@()\[\]-]*")
_NAME = re.compile(r"qcs::cvm:(?P<region>[a-z0-9-]*):(?:uin/(?P<uin>\d*))?:(?P<kind>image|instance)/(?P<id>[a-z]+-\w+)")


@dataclass(frozen=True)
class Resource:
    """What a six-segment name says."""

    name: str
    region: str
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
    if not found or found["uin"] not in (None, "", call.account.uin):
        raise ApiError("InvalidParameterValue.ResourceDescriptionError", f"The resource {name} is not valid.")
    return Resource(name, found["region"], found["kind"], found["id"])


def _check_exists(call: Call, kind: str, resource_id: str, region: str) -> None:
    things: t.Mapping[str, t.Any] = call.world.images if kind == "image" else call.world.instances
    thing = things.get(resource_id)
    mine = thing is not None and (thing.account, thing.region) == (call.account.uin, region) and thing.exists(call.now)
    if not mine:
        raise Refusal("ResourceNotFound", f"The {kind} {resource_id} is not found in {region}.")


def _checked(pairs: t.Sequence[Answer]) -> dict[str, str]:
    tags = {pair["TagKey"]: pair["TagValue"] for pair in pairs}
    for key, value in tags.items():
        _check_key(key)
        if len(value) > LONGEST_VALUE:
            raise ApiError(
                "InvalidParameterValue.TagValueLengthExceeded", f"A tag value has at most {LONGEST_VALUE} characters."
            )
        if not _ALLOWED.fullmatch(value):
            raise ApiError("InvalidParameterValue.TagValueCharacterIllegal", f"The tag value {value} is not valid.")
    return tags


def _check_key(key: str) -> None:
    if not key:
        raise ApiError("InvalidParameterValue.TagKeyEmpty", "A tag key is empty.")
    if key.lower().startswith(RESERVED_TAG_PREFIXES):
        raise ApiError("InvalidParameter.ReservedTagKey", f"The tag key {key} is reserved.")
    if len(key) > LONGEST_KEY:
        raise ApiError("InvalidParameterValue.TagKeyLengthExceeded", f"A tag key has at most {LONGEST_KEY} characters.")
    if not _ALLOWED.fullmatch(key):
        raise ApiError("InvalidParameterValue.TagKeyCharacterIllegal", f"The tag key {key} is not valid.")


def _write(call: Call, resource: Resource, add: t.Mapping[str, str], remove: t.Collection[str] = ()) -> None:
    _check_exists(call, resource.kind, resource.resource_id, resource.region)
    image = call.world.images.get(resource.resource_id)
    if image is not None and image.in_progress(call.now) and not call.world.behaviour.tagging_while_syncing:
        raise Refusal("FailedOperation.ResourceTagProcessing", f"The image {image.image_id} is being made.")
    before = call.world.tags_of(resource.resource_id).at(call.now)
    tags = {key: value for key, value in {**before, **add}.items() if key not in remove}
    if len(tags) > MOST_TAGS:
        raise Refusal("LimitExceeded.ResourceAttachedTags", f"{resource.resource_id} has too many tags.")
    call.world.tag(resource.resource_id, call.now, tags)


def _each(call: Call, add: t.Mapping[str, str], remove: t.Collection[str]) -> Answer:
    """Write every resource that can be written; the others are reported, with HTTP 200 and no Error."""
    # All names first: a call that is refused has written nothing.
    resources = [_resource(call, name) for name in call.params["ResourceList"]]
    failed = []
    for resource in resources:
        try:
            _write(call, resource, add, remove)
        except Refusal as refusal:
            failed.append({"Resource": resource.name, "Code": refusal.code, "Message": refusal.message})
    return {"FailedResources": failed}


def tag_resources(call: Call) -> Answer:
    tags = _checked(call.params["Tags"])
    if len(tags) < len(call.params["Tags"]):
        raise ApiError("InvalidParameterValue.TagKeyDuplicate", "A tag key is given twice.")
    return _each(call, tags, ())


def untag_resources(call: Call) -> Answer:
    return _each(call, {}, call.params["TagKeys"])


def modify_resource_tags(call: Call) -> Answer:
    replace = _checked(call.get("ReplaceTags", []))
    delete = [tag["TagKey"] for tag in call.get("DeleteTags", [])]
    if not replace and not delete:
        raise ApiError("MissingParameter", "Give `ReplaceTags` or `DeleteTags`.")
    if set(replace) & set(delete):
        raise ApiError("InvalidParameterValue.DeleteTagsParamError", "A tag key is both replaced and deleted.")
    try:
        _write(call, _resource(call, call.params["Resource"]), replace, delete)
    except Refusal as refusal:
        # Of the three, this action's page does not list ResourceTagProcessing.
        processing = refusal.code == "FailedOperation.ResourceTagProcessing"
        raise ApiError("FailedOperation" if processing else refusal.code, refusal.message) from None
    return {}


def describe_resource_tags_by_resource_ids(call: Call) -> Answer:
    if call.params["ServiceType"] != "cvm":
        raise ApiError("InvalidParameterValue.ServiceTypeInvalid", "The emulator knows cvm only.")
    if call.params["ResourcePrefix"] not in ("image", "instance"):
        raise ApiError("InvalidParameterValue.ResourcePrefixInvalid", "The emulator knows images and instances only.")
    if call.get("Offset", 0) % max(1, call.get("Limit", 15)):
        raise ApiError("InvalidParameterValue", "`Offset` is not a multiple of `Limit`.")
    rows = []
    for resource_id in call.params["ResourceIds"]:
        try:
            _check_exists(call, call.params["ResourcePrefix"], resource_id, call.params["ResourceRegion"])
        except Refusal:
            continue
        tags = call.world.tags_of(resource_id).at(call.now)
        rows += [(resource_id, key, value) for key, value in sorted(tags.items())]
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

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Tags of images and instances, by the tag service: SyncImages itself cannot tag."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence

from ._caller import identify
from ._client import TAG, Client
from ._errors import CloudError

MOST_TAGS_A_CALL = 10
PAGE_SIZE = 50

T = t.TypeVar("T")

NOT_YET = "FailedOperation.ResourceTagProcessing"
"""The resource is still being made: try again later."""

UNKNOWN_KEY = "InvalidParameterValue.TagKeyNotFound"
"""Nobody in the account has ever used a tag of that key, so nothing carries it. A filter by such a tag is refused."""


def is_denied(error: CloudError) -> bool:
    """Whether the key may not do this at all, so that trying again is idle."""
    return error.code in ("AuthFailure.UnauthorizedOperation", "UnauthorizedOperation") or error.code.startswith(
        "UnauthorizedOperation."
    )


def account_id(client: Client) -> str:
    """The main account's uin, which names resources; empty (which the API accepts) when the key may not ask."""
    try:
        return identify(client)["account_id"]
    except CloudError as error:
        if is_denied(error):
            return ""
        raise


def read(client: Client, kind: str, resource_id: str) -> dict[str, str]:
    """The tags of an image or instance, from the source: Describe* shows them with a delay."""
    params = {
        "ServiceType": "cvm",
        "ResourcePrefix": kind,
        "ResourceRegion": client.region,
        "ResourceIds": [resource_id],
        "Limit": PAGE_SIZE,
    }
    answer = client.call("DescribeResourceTagsByResourceIds", params, TAG)
    return {tag["TagKey"]: tag["TagValue"] for tag in answer.get("Tags") or ()}


def write(client: Client, kind: str, resource_id: str, account: str, tags: Mapping[str, str]) -> None:
    """Add tags, or change their values. A resource that the service lists as failed is an error like any other."""
    resource = _resource(client, kind, resource_id, account)
    for chunk in _chunks(sorted(tags.items())):
        wanted = [{"TagKey": key, "TagValue": value} for key, value in chunk]
        answer = client.call("TagResources", {"ResourceList": [resource], "Tags": wanted}, TAG)
        _raise_failures(client, "TagResources", answer)


def remove(client: Client, kind: str, resource_id: str, account: str, keys: Sequence[str]) -> None:
    """Take tags away. A resource that the service lists as failed is an error like any other."""
    resource = _resource(client, kind, resource_id, account)
    for chunk in _chunks(sorted(keys)):
        answer = client.call("UnTagResources", {"ResourceList": [resource], "TagKeys": list(chunk)}, TAG)
        _raise_failures(client, "UnTagResources", answer)


def _resource(client: Client, kind: str, resource_id: str, account: str) -> str:
    return f"qcs::cvm:{client.region}:uin/{account}:{kind}/{resource_id}"


def _raise_failures(client: Client, action: str, answer: Mapping[str, t.Any]) -> None:
    for failed in answer.get("FailedResources") or ():
        raise CloudError(action, client.region, failed["Code"], failed["Message"], answer.get("RequestId"))


def _chunks(items: Sequence[T]) -> list[Sequence[T]]:
    return [items[start : start + MOST_TAGS_A_CALL] for start in range(0, len(items), MOST_TAGS_A_CALL)]

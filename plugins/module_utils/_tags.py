# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Tags of images and instances, by the tag service: SyncImages itself cannot tag."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ._client import STS, TAG, Client
from ._errors import CloudError

MOST_TAGS_A_CALL = 10
PAGE_SIZE = 50

NOT_YET = "FailedOperation.ResourceTagProcessing"
"""The resource is still being made: try again later."""


def is_denied(error: CloudError) -> bool:
    """Whether the key may not do this at all, so that trying again is idle."""
    return error.code in ("AuthFailure.UnauthorizedOperation", "UnauthorizedOperation") or error.code.startswith(
        "UnauthorizedOperation."
    )


def account_id(client: Client) -> str:
    """The main account's uin, which names resources; empty (which the API accepts) when the key may not ask."""
    try:
        return str(client.call("GetCallerIdentity", service=STS).get("AccountId") or "")
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
    resource = f"qcs::cvm:{client.region}:uin/{account}:{kind}/{resource_id}"
    for chunk in _chunks(sorted(tags.items())):
        wanted = [{"TagKey": key, "TagValue": value} for key, value in chunk]
        answer = client.call("TagResources", {"ResourceList": [resource], "Tags": wanted}, TAG)
        for failed in answer.get("FailedResources") or ():
            raise CloudError("TagResources", client.region, failed["Code"], failed["Message"], answer.get("RequestId"))


def _chunks(pairs: Sequence[tuple[str, str]]) -> list[Sequence[tuple[str, str]]]:
    return [pairs[start : start + MOST_TAGS_A_CALL] for start in range(0, len(pairs), MOST_TAGS_A_CALL)]

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an action's handler is given."""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass

from .errors import ApiError
from .world import Account, Image, Instance, TemporaryKey, World

_IMAGE_ID = re.compile(r"img-[0-9a-z]{8}")


@dataclass(frozen=True)
class Call:
    """One authenticated, validated request, and the one moment at which it is answered."""

    world: World
    account: Account
    region: str
    params: dict[str, t.Any]
    request_id: str
    now: float
    caller: TemporaryKey | None = None
    """The temporary key that signed the request; None for a key of the account itself."""

    def get(self, name: str, default: t.Any = None) -> t.Any:
        return self.params.get(name, default)

    def page(self, items: t.Sequence[t.Any], default_limit: int = 20) -> list[t.Any]:
        """The page that Offset and Limit ask for. Some services spell them as strings."""
        offset, limit = self._count("Offset", 0), self._count("Limit", default_limit)
        return list(items[offset : offset + limit])

    def _count(self, name: str, default: int) -> int:
        text = str(self.get(name, default))
        if not (text.isascii() and text.isdigit()):
            raise ApiError(
                "InvalidParameterValue", f"The value `{text}` specified in the parameter `{name}` is not valid"
            )
        return int(text)

    def own_image(self, image_id: str) -> Image:
        """An image of this account and region; the API knows no other."""
        image = self.world.images.get(image_id)
        mine = image is not None and image.account == self.account.uin and not image.public
        if image is None or not mine or image.region != self.region or not image.exists(self.now):
            raise ApiError("InvalidImageId.NotFound", f"ImageId {image_id} is not found")
        return image

    def own_instance(self, instance_id: str) -> Instance:
        instance = self.world.instances.get(instance_id)
        mine = instance is not None and instance.account == self.account.uin and instance.region == self.region
        if instance is None or not mine or not instance.exists(self.now):
            raise ApiError("InvalidInstanceId.NotFound", f"The instance {instance_id} is not found")
        return instance


def check_image_id(image_id: str) -> None:
    if not _IMAGE_ID.fullmatch(image_id):
        raise ApiError("InvalidImageId.Malformed", f"The image id {image_id} has a wrong format.")


def named_filters(call: Call, known: t.Container[str], most_values: int = 5) -> list[tuple[str, list[str]]]:
    """The Filters of the request, refused as the API refuses them."""
    filters = []
    tagged = "tag-key" in known
    for item in call.get("Filters", []):
        name, values = item["Name"], item["Values"]
        if name not in known and not (tagged and name.startswith("tag:")):
            raise ApiError("InvalidFilter", f"The filter `{name}` is not valid.")
        if len(values) > most_values:
            raise ApiError(
                "InvalidFilterValue.LimitExceeded", f"The filter `{name}` has more than {most_values} values."
            )
        filters.append((name, values))
    return filters


def tags_fit(tags: t.Mapping[str, str], name: str, values: t.Sequence[str]) -> bool:
    """Whether a resource's tags pass a tag-key, tag-value or tag:<key> filter."""
    if name == "tag-key":
        return any(key in values for key in tags)
    if name == "tag-value":
        return any(value in values for value in tags.values())
    return tags.get(name.partition(":")[2]) in values


def tag_list(tags: t.Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]

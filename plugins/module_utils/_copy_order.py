# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What a copy module was asked for, checked as far as that is possible without the API. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ._checks import (
    LONGEST_IMAGE_DESCRIPTION,
    LONGEST_IMAGE_NAME,
    too_long,
    wrong_destinations,
    wrong_image_id,
    wrong_tags,
    wrong_waiting,
)
from ._copy_plan import DEFAULT_KEY, ENCRYPTION_TAG, SOURCE_TAG
from ._errors import InputError
from ._query import trimmed


class Kind(Enum):
    """The three things that SyncImages does."""

    CROSS_REGION = "own custom image to other regions"
    SHARED = "image shared by another account to an own one, in its region"
    ENCRYPTED = "own custom image to an encrypted one, in its region"


@dataclass(frozen=True)
class Order:
    """One source, the regions that shall hold a copy of it, and how. Seconds for all times."""

    kind: Kind
    region: str
    image_id: str | None
    image_name: str | None
    destinations: tuple[str, ...]
    copy_name: str | None = None
    kms_key_id: str | None = None
    copy_description: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    copy_source_tags: bool = False
    allow_cross_border: bool = False
    replace_failed: bool = False
    absent: bool = False
    delete_snapshots: bool = True
    wait: bool = True
    wait_timeout: float = 3600
    wait_delay: float = 15

    @property
    def source_label(self) -> str:
        """How messages call the source before it is known."""
        return f"{self.image_id or self.image_name} ({self.region})"

    @property
    def encryption(self) -> str | None:
        """The key of an encrypted copy, as its mark names it."""
        return (self.kms_key_id or DEFAULT_KEY) if self.kind is Kind.ENCRYPTED else None


def read_order(kind: Kind, params: Mapping[str, t.Any]) -> Order:
    """The order in a module's params; an InputError names everything that is wrong with it."""
    region = params["region"] or ""
    destinations = trimmed(params["destination_regions"]) if kind is Kind.CROSS_REGION else [region]
    wrong = [
        *_wrong_region(region),
        *_wrong_source(params),
        *(_wrong_destinations(region, destinations) if kind is Kind.CROSS_REGION else ()),
        *_wrong_copy(kind, params),
        *wrong_waiting(params),
    ]
    if wrong:
        raise InputError(" ".join(wrong))
    return Order(
        kind=kind,
        region=region,
        image_id=params["image_id"] or None,
        image_name=params["image_name"] or None,
        destinations=tuple(destinations),
        copy_name=params["copy_name"] or None,
        kms_key_id=params.get("kms_key_id") or None,
        copy_description=params["copy_description"] or None,
        tags={key: str(value) for key, value in (params["tags"] or {}).items()},
        copy_source_tags=params["copy_source_tags"],
        allow_cross_border=params.get("allow_cross_border", False),
        replace_failed=params["replace_failed"],
        absent=params["state"] == "absent",
        delete_snapshots=params["delete_snapshots"],
        wait=params["wait"],
        wait_timeout=params["wait_timeout"],
        wait_delay=params["wait_delay"],
    )


def same_name(name: str) -> str:
    return f"copy_name {name} is the source's own name; the encrypted copy lies beside it and needs another."


def same_names(wanted: Mapping[tuple[str, str], Sequence[str]]) -> list[str]:
    """Sentences about names that are wanted for several copies of one region; (name, region) -> their sources."""
    places: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (name, region), sources in wanted.items():
        if len(sources) > 1:
            places.setdefault((name, tuple(sources)), []).append(region)
    return [
        f"Two copies would bear the name {name} in {', '.join(regions)}: those of {' and '.join(sources)}. "
        "Give them different names, or leave one of them out."
        for (name, sources), regions in places.items()
    ]


def _wrong_region(region: str) -> list[str]:
    return [] if region else ["region is missing: give the region of the source, or set TENCENTCLOUD_REGION."]


def _wrong_source(params: Mapping[str, t.Any]) -> list[str]:
    """Checked here and not by AnsibleModule, so that an empty value, as a survey leaves it, counts as not given."""
    image_id, image_name = params["image_id"], params["image_name"]
    if image_id and image_name:
        return ["image_id and image_name are both given; name the source by one of them."]
    if image_id:
        return wrong_image_id(image_id)
    return [] if image_name else ["The source is missing: give image_id or image_name."]


def _wrong_destinations(region: str, destinations: list[str]) -> list[str]:
    if not destinations:
        return ["destination_regions is empty; name at least one region."]
    found = wrong_destinations("destination_regions", destinations)
    if region and region in destinations:
        found.append(
            f"The source region {region} is among destination_regions: custom images are copied between regions, "
            "so remove it (the image is already there)."
        )
    return found


def _wrong_copy(kind: Kind, params: Mapping[str, t.Any]) -> list[str]:
    found = []
    name = params["copy_name"]
    if kind is Kind.ENCRYPTED and not name:
        found.append("copy_name is empty; give the encrypted copy a name.")
    if kind is Kind.ENCRYPTED and name and name == params["image_name"]:
        found.append(same_name(name))
    found += too_long("copy_name", name, LONGEST_IMAGE_NAME)
    found += too_long("copy_description", params["copy_description"], LONGEST_IMAGE_DESCRIPTION)
    return found + wrong_tags(params["tags"], (SOURCE_TAG, ENCRYPTION_TAG))

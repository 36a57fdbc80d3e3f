# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Checks of options that several modules have. Each returns sentences about what is wrong, none if nothing is. Pure."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

LONGEST_IMAGE_NAME = 60
LONGEST_IMAGE_DESCRIPTION = 256

RESERVED_TAG_PREFIXES = ("qcloud", "tencent", "project")
MOST_TAGS = 50
"""Of one resource, those that this collection sets itself included (product page 651/13354)."""

LONGEST_TAG_KEY, LONGEST_TAG_VALUE = 127, 255

_IMAGE_ID = re.compile(r"img-[0-9a-z]+")
_INSTANCE_ID = re.compile(r"ins-[0-9a-z]{8}")
_TAG_TEXT = re.compile(r"[\w +=.:/@()\[\]-]*")


def wrong_image_id(image_id: str) -> list[str]:
    if _IMAGE_ID.fullmatch(image_id):
        return []
    return [f"'{image_id}' is not an image id: one is img- and eight letters or digits, such as img-8toqc6s3."]


def wrong_instance_id(instance_id: str) -> list[str]:
    if _INSTANCE_ID.fullmatch(instance_id):
        return []
    return [f"'{instance_id}' is not an instance id: one is ins- and eight letters or digits, such as ins-st9uo200."]


def too_long(option: str, text: str | None, longest: int) -> list[str]:
    if text is None or len(text) <= longest:
        return []
    return [f"{option} has {len(text)} characters; Tencent Cloud allows {longest}."]


def wrong_destinations(option: str, regions: Sequence[str]) -> list[str]:
    found = []
    if not all(regions):
        found.append(f"{option} holds an empty name; remove it.")
    twice = sorted(name for name, count in Counter(regions).items() if name and count > 1)
    if twice:
        found.append(f"{option} names {', '.join(twice)} more than once; name each region once.")
    return found


def wrong_waiting(params: Mapping[str, t.Any]) -> list[str]:
    found = []
    if params["wait_timeout"] < 0:
        found.append("wait_timeout is negative; give the seconds to wait, 0 or more.")
    if params["wait_delay"] <= 0:
        found.append("wait_delay must be more than 0 seconds.")
    return found


def wrong_tags(tags: Mapping[str, t.Any] | None, own_tags: Collection[str]) -> list[str]:
    """``own_tags`` are those that the collection sets itself."""
    tags = tags or {}
    taken = sorted(set(tags) & set(own_tags))
    found = [f"The tag {key} is set by this collection and cannot be given in tags." for key in taken]
    found += [
        sentence
        for key, value in tags.items()
        for sentence in _wrong_tag(str(key), "" if value is None else str(value))
    ]
    room = MOST_TAGS - len(own_tags)
    if len(tags) > room:
        found.append(f"tags holds {len(tags)} tags; there is room for {room}.")
    return found


def _wrong_tag(key: str, value: str) -> list[str]:
    if key.lower().startswith(RESERVED_TAG_PREFIXES):
        return [f"The tag key {key} starts with {' or '.join(RESERVED_TAG_PREFIXES)}, which Tencent Cloud reserves."]
    found = []
    for what, text, longest in (("key", key, LONGEST_TAG_KEY), ("value", value, LONGEST_TAG_VALUE)):
        if not 1 <= len(text) <= longest:
            found.append(f"The {what} of the tag '{key}' has {len(text)} characters; it must have 1 to {longest}.")
        elif not _TAG_TEXT.fullmatch(text):
            allowed = "letters, digits, spaces and + - = . _ : / @ ( ) [ ]"
            found.append(f"The {what} '{text}' of a tag holds other characters than {allowed}.")
    return found

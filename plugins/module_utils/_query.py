# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What the options by which images and instances are looked for have in common. Pure."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Mapping

from ._errors import InputError

MOST_FILTERS = 10
MOST_FILTER_VALUES = 5
"""What one request may hold, as the pages of Describe* say. What does not fit is compared here alone."""

EVERY_NAME = re.compile("")


def read_regions(regions: Iterable[str] | None, region: str | None) -> list[str]:
    """The regions to look into, by default the one region; an InputError says what is wrong with them."""
    listed = trimmed(regions) or [region or ""]
    wrong = []
    if not all(listed):
        wrong.append("Name the regions to look into: regions, region or TENCENTCLOUD_REGION, none of them empty.")
    if len(set(listed)) < len(listed):
        wrong.append("regions names a region more than once; name each once.")
    if wrong:
        raise InputError(" ".join(wrong))
    return listed


def trimmed(values: Iterable[str] | None) -> list[str]:
    """A list without the blanks that are left when text is split at its commas."""
    return [value.strip() for value in values or ()]


def given(values: Iterable[str] | None) -> tuple[str, ...]:
    """What a list holds besides the empty texts that surveys leave, each once."""
    return tuple(dict.fromkeys(value for value in values or () if value))


def read_tags(tags: Mapping[str, t.Any] | None) -> dict[str, str]:
    """The tags that something must carry. An empty value stands for any value."""
    return {str(key): "" if value is None else str(value) for key, value in (tags or {}).items()}


def carries(tags: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(key in tags and value in ("", tags[key]) for key, value in wanted.items())


def read_pattern(name_regex: str | None) -> tuple[re.Pattern[str], list[str]]:
    """The pattern for names, which by default lets every name pass, and what is wrong with it."""
    try:
        return re.compile(name_regex or ""), []
    except re.error as error:
        return EVERY_NAME, [f"name_regex is not a regular expression: {error}."]

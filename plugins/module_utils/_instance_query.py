# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Which instances somebody asks for, and whether one is among them. Pure."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ._checks import wrong_image_id, wrong_instance_id
from ._errors import InputError
from ._instances import GROUP_TAG, STATES, Instance

MOST_FILTERS = 10
MOST_FILTER_VALUES = 5
"""What one request may hold, as the page of DescribeInstances says. What does not fit is compared here alone."""

EVERY_NAME = re.compile("")


@dataclass(frozen=True)
class Query:
    """What an instance must be like. Whatever is empty lets every instance pass."""

    instance_ids: tuple[str, ...] = ()
    name: str = ""
    pattern: re.Pattern[str] = EVERY_NAME
    tags: Mapping[str, str] = field(default_factory=dict)
    image_ids: tuple[str, ...] = ()
    states: tuple[str, ...] = ()

    def filters(self) -> dict[str, list[str]]:
        """The Filters by which the API is asked for less. It does not know image ids, and its names may be fuzzy."""
        found = {f"tag:{key}": [value] for key, value in self.tags.items() if value}
        if self.states and len(self.states) <= MOST_FILTER_VALUES:
            found = {"instance-state": list(self.states), **found}
        if self.name:
            found = {"instance-name": [self.name], **found}
        return dict(list(found.items())[:MOST_FILTERS])

    def matches(self, instance: Instance) -> bool:
        return (
            instance.instance_id in (self.instance_ids or (instance.instance_id,))
            and self.name in ("", instance.instance_name)
            and self.pattern.search(instance.instance_name) is not None
            and all(key in instance.tags and value in ("", instance.tags[key]) for key, value in self.tags.items())
            and instance.image_id in (self.image_ids or (instance.image_id,))
            and instance.instance_state in (self.states or (instance.instance_state,))
        )


def read_query(params: Mapping[str, t.Any]) -> Query:
    """The query in a module's or plugin's options; an InputError names everything that is wrong with them."""
    instance_ids, image_ids = given(params["instance_ids"]), given(params["image_ids"])
    wrong = [text for instance_id in instance_ids for text in wrong_instance_id(instance_id)]
    wrong += [text for image_id in image_ids for text in wrong_image_id(image_id)]
    states = given(params["states"])
    wrong += [
        f"'{state}' is not a state of instances; they are {', '.join(STATES)}." for state in set(states) - set(STATES)
    ]
    tags = {str(key): "" if value is None else str(value) for key, value in (params["tags"] or {}).items()}
    if params["group"]:
        if tags.get(GROUP_TAG, params["group"]) != params["group"]:
            wrong.append(f"group and the tag {GROUP_TAG} are the same thing; give one of them.")
        tags[GROUP_TAG] = params["group"]
    pattern = EVERY_NAME
    try:
        pattern = re.compile(params["name_regex"] or "")
    except re.error as error:
        wrong.append(f"name_regex is not a regular expression: {error}.")
    if wrong:
        raise InputError(" ".join(wrong))
    return Query(
        instance_ids=instance_ids,
        name=params["instance_name"] or "",
        pattern=pattern,
        tags=tags,
        image_ids=image_ids,
        states=states,
    )


def read_regions(regions: Iterable[str] | None, region: str | None) -> list[str]:
    """The regions to look into, by default the one region; an InputError says what is wrong with them."""
    listed = list(regions or [region or ""])
    wrong = []
    if not all(listed):
        wrong.append("Name the regions to look into: regions, region or TENCENTCLOUD_REGION, none of them empty.")
    if len(set(listed)) < len(listed):
        wrong.append("regions names a region more than once; name each once.")
    if wrong:
        raise InputError(" ".join(wrong))
    return listed


def given(values: Iterable[str] | None) -> tuple[str, ...]:
    """What a list holds besides the empty texts that surveys leave, each once."""
    return tuple(dict.fromkeys(value for value in values or () if value))

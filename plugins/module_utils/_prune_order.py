# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What is to be pruned, read from a module's options and checked. Pure."""

from __future__ import annotations

import math
import re
import typing as t
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ._checks import wrong_image_id, wrong_waiting
from ._errors import InputError
from ._prune_plan import Rule
from ._query import trimmed

IMPROBABLE_NAMES = ("", "qzxkvjwq", "QZXKVJWQ", "Qzxk_Vjwq.7", "qzxk-vjwq-7391", "qz.xk vj:w7", "\u9298\u8d28\u5fc3")
"""Names that nobody gives. A pattern that matches one of them does not say which images are meant."""


@dataclass(frozen=True)
class Order:
    rule: Rule
    regions: tuple[str, ...]
    delete_snapshots: bool
    wait: bool
    wait_timeout: float
    wait_delay: float


def read_order(params: Mapping[str, t.Any]) -> Order:
    """The order that these options give; an InputError says everything that is wrong with them."""
    regions = tuple(filter(None, trimmed(params["regions"]))) or tuple(filter(None, [params["region"]]))
    protected = tuple(filter(None, params["protected_image_ids"] or ()))
    wrong = [
        *_wrong_regions(regions),
        *_wrong_choice(params),
        *_wrong_numbers(params),
        *(sentence for image_id in protected for sentence in wrong_image_id(image_id)),
        *wrong_waiting(params),
    ]
    if wrong:
        raise InputError(" ".join(wrong))
    rule = Rule(
        family=params["family"] or None,
        pattern=re.compile(params["name_regex"]) if params["name_regex"] else None,
        keep=params["keep"],
        minimum_age_days=params["minimum_age_days"],
        only_copies=params["only_copies"],
        delete_shared=params["delete_shared"],
        protected=frozenset(protected),
    )
    return Order(
        rule, regions, params["delete_snapshots"], params["wait"], params["wait_timeout"], params["wait_delay"]
    )


def _wrong_regions(regions: tuple[str, ...]) -> list[str]:
    if not regions:
        return ["Name the regions to prune: regions, region or TENCENTCLOUD_REGION."]
    twice = sorted(name for name, count in Counter(regions).items() if count > 1)
    return [f"regions names {', '.join(twice)} more than once; name each once."] if twice else []


def _wrong_choice(params: Mapping[str, t.Any]) -> list[str]:
    if params["family"] and params["name_regex"]:
        return ["family and name_regex are both given; say by one of them which images are meant."]
    if params["name_regex"]:
        return _wrong_pattern(params["name_regex"])
    return [] if params["family"] else ["Say which images are meant: give family or name_regex."]


def _wrong_pattern(text: str) -> list[str]:
    try:
        pattern = re.compile(text)
    except re.error as error:
        return [f"name_regex is not a regular expression: {error}."]
    hit = next((name for name in IMPROBABLE_NAMES if pattern.fullmatch(name)), None)
    if hit is None:
        return []
    return [f"name_regex '{text}' matches every name (even '{hit}'); say which are meant, such as golden-web-.*"]


def _wrong_numbers(params: Mapping[str, t.Any]) -> list[str]:
    found = []
    if params["keep"] < 0:
        found.append("keep is negative; give how many of the newest images shall stay, 0 or more.")
    days = params["minimum_age_days"]
    if not math.isfinite(days) or days < 0:
        found.append("minimum_age_days must be a number of days, 0 or more.")
    return found

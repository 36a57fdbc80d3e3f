# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Which images of a region go, which stay, and why. Pure."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from ._copy_plan import SOURCE_TAG
from ._images import FAILED_STATES, NORMAL, Image

SECONDS_A_DAY = 86400.0

Group = tuple[str, ...]
Ids = Mapping[str, tuple[str, ...]]
"""image id -> what refers to it"""


class Reason(Enum):
    """Why an image stays, in the order in which the reasons are looked for, and then why one goes."""

    PROTECTED = "protected"
    NOT_OURS = "not_ours"
    IN_PROGRESS = "in_progress"
    USED_BY_INSTANCE = "used_by_instance"
    USED_BY_LAUNCH_TEMPLATE = "used_by_launch_template"
    BEING_COPIED = "being_copied"
    TOO_YOUNG = "too_young"
    NEWEST = "newest"
    SHARED = "shared"
    SURPLUS = "surplus"
    FAILED = "failed"


DELETED_FOR = (Reason.SURPLUS, Reason.FAILED)


@dataclass(frozen=True)
class Rule:
    """Which images are meant, and what of them stays.

    :param pattern: has to match the whole name; its capture groups part the images into groups
    :param keep: how many of the newest stay, in each region and group
    :param only_copies: those without the provenance of a copy stay
    :param delete_shared: being shared with other accounts does not keep an image
    """

    family: str | None
    pattern: re.Pattern[str] | None
    keep: int
    minimum_age_days: float = 0.0
    only_copies: bool = True
    delete_shared: bool = False
    protected: frozenset[str] = frozenset()

    def group_of(self, image: Image) -> Group | None:
        """The group that the image belongs to; None when it is not meant at all."""
        if self.pattern is None:
            return (self.family or "",) if image.image_family == self.family else None
        match = self.pattern.fullmatch(image.image_name)
        return tuple(text or "" for text in match.groups()) if match else None


@dataclass(frozen=True)
class Uses:
    """What of a region refers to its images: instances in whatever state, and versions of launch templates."""

    instances: Ids = field(default_factory=dict)
    templates: Ids = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """What is known beside the images of a region and their uses.

    :param made: provenance -> when that source was made, of the sources that still exist, in seconds since the epoch
    :param copying: provenances of the copies that are under way, wherever that was looked at
    :param shares: image id -> the accounts that it is shared with
    :param now: seconds since the epoch
    """

    now: float
    made: Mapping[str, float] = field(default_factory=dict)
    copying: Collection[str] = ()
    shares: Ids = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What becomes of an image. ``used_by`` are the ids of whatever keeps it, or of the accounts that lose it."""

    image: Image
    group: Group
    reason: Reason
    used_by: tuple[str, ...] = ()

    @property
    def delete(self) -> bool:
        return self.reason in DELETED_FOR


def judge(rule: Rule, images: Sequence[Image], uses: Uses, known: Known) -> list[Verdict]:
    """A verdict on every image of a region that the rule means; in groups, the newest first."""
    groups: dict[Group, list[Image]] = {}
    for image in images:
        group = rule.group_of(image)
        if group is not None:
            groups.setdefault(group, []).append(image)
    return [verdict for group in sorted(groups) for verdict in _judge_group(rule, group, groups[group], uses, known)]


def in_use(image: Image, uses: Uses) -> tuple[Reason, tuple[str, ...]] | None:
    """What uses an image, if anything does."""
    for reason, ids in (
        (Reason.USED_BY_INSTANCE, uses.instances),
        (Reason.USED_BY_LAUNCH_TEMPLATE, uses.templates),
    ):
        if ids.get(image.image_id):
            return reason, ids[image.image_id]
    return None


def is_in_progress(image: Image) -> bool:
    """Being made, imported or copied, or in a state that is not known here."""
    return image.image_state not in (NORMAL, *FAILED_STATES)


def source_of(image: Image) -> str | None:
    """The provenance of a copy."""
    return image.tags.get(SOURCE_TAG)


def _judge_group(rule: Rule, group: Group, images: Sequence[Image], uses: Uses, known: Known) -> Iterator[Verdict]:
    newest = _newest(rule, images, known)
    for image in sorted(images, key=lambda image: _rank(image, known), reverse=True):
        reason, used_by = _why(rule, image, newest, uses, known)
        yield Verdict(image, group, reason, used_by)


def _why(rule: Rule, image: Image, newest: Collection[str], uses: Uses, known: Known) -> tuple[Reason, tuple[str, ...]]:
    shares = known.shares.get(image.image_id, ())
    user = in_use(image, uses)
    if image.image_id in rule.protected:
        return Reason.PROTECTED, ()
    if not _is_ours(rule, image):
        return Reason.NOT_OURS, ()
    if is_in_progress(image):
        return Reason.IN_PROGRESS, ()
    if user:
        return user
    if f"{image.region}/{image.image_id}" in known.copying:
        return Reason.BEING_COPIED, ()
    # An image from the future comes of a clock that is slow here.
    if max(0.0, known.now - image.created.timestamp()) < rule.minimum_age_days * SECONDS_A_DAY:
        return Reason.TOO_YOUNG, ()
    if image.image_id in newest:
        return Reason.NEWEST, ()
    if shares and not rule.delete_shared:
        return Reason.SHARED, shares
    return (Reason.FAILED if image.image_state in FAILED_STATES else Reason.SURPLUS), shares


def _is_ours(rule: Rule, image: Image) -> bool:
    return not rule.only_copies or source_of(image) is not None


def _newest(rule: Rule, images: Sequence[Image], known: Known) -> set[str]:
    """Ids of the newest images, which stay. Only what can be launched from counts, and only what may be deleted.

    A copy is as old as its source. Where that is gone the copy may be older than it looks, so it must not push out one
    whose age is certain: the newest of those stay as well.
    """
    countable = [image for image in images if _is_ours(rule, image) and image.image_state == NORMAL]
    certain = [image for image in countable if source_of(image) is None or source_of(image) in known.made]
    return {
        image.image_id
        for ranked in (countable, certain)
        for image in sorted(ranked, key=lambda image: _rank(image, known), reverse=True)[: rule.keep]
    }


def _rank(image: Image, known: Known) -> tuple[t.Any, ...]:
    """The larger the newer: by the age of what it was copied from, then by its own."""
    own = image.created.timestamp()
    return (known.made.get(source_of(image) or "", own), own, image.image_id)

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Which images are generations of the same thing, and which of them is the newest. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ._copy_plan import SOURCE_TAG
from ._images import NORMAL, PRIVATE, Image

GENERATION = re.compile(r"([-_.]v?\d+)+$")
"""What tells generations apart by name: ``golden-web-2026-11``, ``base_v2.1``."""

FINISHED_STATES = (NORMAL, "SYNCING")
"""Of a source: while it is being copied it shows SYNCING itself."""


def are_generations(one: Image, other: Image) -> bool:
    """Whether two images are of one family or, if one of them has none, of one name but for the generation.

    Copies do not take over the family of their source.
    """
    if one.image_family and other.image_family:
        return one.image_family == other.image_family
    return GENERATION.sub("", one.image_name) == GENERATION.sub("", other.image_name)


def origin_of(image: Image, sources: Sequence[Image]) -> Image | None:
    """The source that an image is, or was made from by its mark or, without one, by its name."""
    mark = image.tags.get(SOURCE_TAG)
    for source in sources:
        if image.image_id == source.image_id or mark == f"{source.region}/{source.image_id}":
            return source
    return next((source for source in sources if not mark and source.image_name == image.image_name), None)


def made_from(image: Image, known: Mapping[str, Image]) -> Image:
    """The own image of the same region that a copy within it was made from, such as an encrypted one; else itself.

    :param known: the images of the region, by id
    """
    region, _slash, image_id = image.tags.get(SOURCE_TAG, "").partition("/")
    original = known.get(image_id) if region == image.region else None
    return original if original and original.image_type == PRIVATE else image


def newer_than(image: Image, sources: Sequence[Image]) -> Image | None:
    """The newest finished generation among the sources, if the image is neither it nor a copy of it."""
    mine = origin_of(image, sources) or image
    kin = [source for source in sources if source.image_state in FINISHED_STATES and are_generations(mine, source)]
    newest = max(kin, key=lambda source: (source.created, source.image_id), default=None)
    return newest if newest and newest.created > mine.created else None

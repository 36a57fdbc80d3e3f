# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What the image module returns of an image, and of a failure. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Collection

from ._errors import Problem
from ._images import Image


def to_result(image: Image, shares: Collection[str] | None) -> dict[str, t.Any]:
    """The image as image_info returns it, with the accounts that have it. One that is only planned has no id."""
    shown = image.to_result()
    if not image.image_id:
        shown |= {"image_id": None, "image_state": None, "created_time": None}
    return {**shown, "shared_with": None if shares is None else sorted(shares)}


def to_diff(image: Image | None, shares: Collection[str] | None) -> dict[str, t.Any]:
    """What a diff shows of the image: what the module can change."""
    if image is None:
        return {}
    return {
        "image_id": image.image_id or None,
        "image_name": image.image_name,
        "image_description": image.image_description,
        "image_family": image.image_family,
        "image_deprecated": image.image_deprecated,
        "tags": dict(image.tags),
        "shared_with": sorted(shares or ()),
    }


def failure(text: str, problem: Problem | None) -> dict[str, t.Any]:
    return {
        "failed": True,
        "msg": text,
        "error_code": problem.code if problem else None,
        "request_id": problem.request_id if problem else None,
    }

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Checks of options that several modules have. Each returns sentences about what is wrong, none if nothing is. Pure."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Mapping

_IMAGE_ID = re.compile(r"img-[0-9a-z]+")


def wrong_image_id(image_id: str) -> list[str]:
    if _IMAGE_ID.fullmatch(image_id):
        return []
    return [f"'{image_id}' is not an image id: one is img- and eight letters or digits, such as img-8toqc6s3."]


def wrong_waiting(params: Mapping[str, t.Any]) -> list[str]:
    found = []
    if params["wait_timeout"] < 0:
        found.append("wait_timeout is negative; give the seconds to wait, 0 or more.")
    if params["wait_delay"] <= 0:
        found.append("wait_delay must be more than 0 seconds.")
    return found

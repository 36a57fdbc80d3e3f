# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The behaviours that Tencent does not document, each with a switch.

``basis`` says what the default rests on: ``inferred`` from documents that point that way, or ``unknown``, where the
default is simply the harsher guess for a client. The table in README.md is checked against this file.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field, fields


def _switch(default: t.Any, basis: str, about: str) -> t.Any:
    return field(default=default, metadata={"basis": basis, "about": about})


@dataclass
class Behaviour:
    source_busy_while_copying: bool = _switch(
        True, "inferred", "A custom image shows SYNCING in its own region while copies of it are being made."
    )
    busy_code: str = _switch(
        "InvalidParameterValue.InvalidImageState",
        "unknown",
        "The code of SyncImages for a source that is busy; FailedOperation.InvalidImageState is the other candidate.",
    )
    copy_minutes: tuple[float, float] = _switch(
        (10.0, 30.0), "documented", "How long a copy takes, in virtual minutes; where between depends on image and region."
    )
    failed_copy_vanishes: bool = _switch(
        False, "unknown", "A copy that fails disappears instead of showing CREATEFAILED."
    )
    image_visible_after: float = _switch(
        5.0, "inferred", "Virtual seconds until a new image appears in DescribeImages."
    )
    image_deleted_after: float = _switch(
        10.0, "inferred", "Virtual seconds from DeleteImages until DescribeImages no longer shows the image."
    )
    instance_visible_after: float = _switch(
        2.0, "inferred", "Virtual seconds until a new instance appears in DescribeInstances."
    )
    tags_visible_after: float = _switch(
        5.0, "inferred", "Virtual seconds until a tag shows in DescribeImages and DescribeInstances."
    )
    tagging_while_syncing: bool = _switch(
        False, "unknown", "The tag service accepts an image that is still SYNCING or CREATING."
    )
    duplicate_names_refused: bool = _switch(
        True, "inferred", "SyncImages, CreateImage and renaming refuse a name that an own image of that region bears."
    )
    dry_run_code: str = _switch(
        "", "unknown", "The code a DryRun that would succeed answers with (DryRunOperation); empty is a plain success."
    )
    dry_run_checks_destinations: bool = _switch(
        True, "unknown", "DryRun of SyncImages also checks the destinations: border, names, quota."
    )
    cross_border_code: str = _switch(
        "InvalidRegion.Unavailable", "unknown", "The code of SyncImages across the border of the Chinese mainland."
    )
    image_set: str = _switch(
        "asked", "unknown", "ImageSet of SyncImages: asked (order of the request), reversed, partial, empty or null."
    )
    client_token_lifetime: float = _switch(
        86400.0, "unknown", "Virtual seconds for which a ClientToken of RunInstances gives the same answer."
    )
    rate_limits: bool = _switch(
        False, "documented", "Refuse more requests a virtual second than the API's pages allow."
    )

    @classmethod
    def from_json(cls, data: t.Mapping[str, t.Any]) -> Behaviour:
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(data) - known)
        if unknown:
            raise ValueError(f"no such behaviour: {', '.join(unknown)}; there are {', '.join(sorted(known))}")
        made = cls(**data)
        made.copy_minutes = (float(made.copy_minutes[0]), float(made.copy_minutes[1]))
        return made

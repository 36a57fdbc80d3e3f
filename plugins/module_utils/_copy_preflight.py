# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What can be known to go wrong before anything is written, in check mode and out of it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from . import _images, _regions
from ._client import Client
from ._copy_order import Order
from ._copy_plan import DEFAULT_KEY, Action, Stage, stage_of
from ._copy_source import unknown_region
from ._copy_track import Track
from ._errors import CloudError, Problem
from ._images import Image
from ._retry import Fate, fate_of

NAME_TAKEN = "InvalidImageName.Duplicate"

BUSY_CODES = (
    "FailedOperation.InvalidImageState",
    "InvalidParameterValue.InvalidImageState",
    "InvalidImageId.IncorrectState",
)
"""The source has another task. Tencent Cloud documents all three; it does not say which one comes when."""

DESTINATION_CODES = (
    "ImageQuotaLimitExceeded",
    NAME_TAKEN,
    "InvalidParameterValue.InvalidRegion",
    "InvalidRegion.NotFound",
    "InvalidRegion.Unavailable",
    "UnsupportedOperation.LocationImageNotSupported",
    "UnsupportedOperation.Region",
)
"""Refusals that may be about one destination of several."""


def findings(order: Order, client: Client, tracks: Sequence[Track]) -> dict[str, Problem]:
    """Mistakes in the order itself, by destination; one is enough to do nothing at all."""
    unreadable = [track.region for track in tracks if track.problem is not None and track.problem.code]
    missing = [track.region for track in tracks if track.wants(Action.COPY, Action.REPLACE)]
    found = _unknown_regions(client, unreadable) | _borders(order, missing)
    return {region: Problem(None, why) for region, why in found.items()}


def check(client: Client, source: Image, tracks: Sequence[Track], *, check_mode: bool) -> tuple[Track, ...]:
    """Settle the destinations that the cloud cannot serve now."""
    tracks = client.each(lambda track: _room(client, track), tracks)
    refused = _refused_by_dry_run(client, source, [track for track in tracks if track.wants(Action.COPY)])
    if not check_mode:  # A taken name may belong to a copy that is not visible yet: the rounds to come will tell.
        refused = {region: problem for region, problem in refused.items() if problem.code != NAME_TAKEN}
    return tuple(track.failed(refused[track.region]) if track.region in refused else track for track in tracks)


def request_copies(client: Client, source: Image, group: Sequence[Track], *, dry_run: bool = False) -> dict[str, str]:
    """Ask for the copies of a group of destinations in one call; region -> id."""
    regions, encryption = [track.region for track in group], group[0].wanted.encryption
    return _images.sync(
        client.in_region(source.region),
        source.image_id,
        regions,
        image_name=group[0].wanted.name,
        encrypt=encryption is not None,
        kms_key_id=None if encryption == DEFAULT_KEY else encryption,
        dry_run=dry_run,
    )


def blame(client: Client, source: Image, group: Sequence[Track]) -> Mapping[str, Problem] | None:
    """Which destinations of a refused group are refused alone as well; None when that cannot be told now."""

    def alone(track: Track) -> CloudError | None:
        try:
            request_copies(client, source, [track], dry_run=True)
        except CloudError as error:
            return error
        return None

    refusals = dict(zip((track.region for track in group), client.each(alone, group), strict=True))
    errors = [error for error in refusals.values() if error is not None]
    if any(error.code in BUSY_CODES or fate_of(error.code) is not Fate.REFUSED for error in errors):
        return None
    return {region: error.problem() for region, error in refusals.items() if error is not None}


def _unknown_regions(client: Client, regions: Sequence[str]) -> dict[str, str]:
    if not regions:
        return {}
    try:
        usable = _images.usable_regions(client)
    except CloudError:
        return {}  # Not being allowed to list the regions is no reason not to use them.
    found = {}
    for region in regions:
        if region not in usable:
            near = difflib.get_close_matches(region, usable, 1)
            found[region] = unknown_region(region) + (f" Did you mean {near[0]}?" if near else "")
    return found


def _borders(order: Order, missing: Sequence[str]) -> dict[str, str]:
    if order.allow_cross_border:
        return {}
    return {
        region: f"copies from {_regions.area_of(order.region).value} to {_regions.area_of(region).value} need Tencent "
        "Cloud's permission. Ask its support to open it for the account, then set allow_cross_border"
        for region in missing
        if _regions.crosses_border(order.region, region)
    }


def _room(client: Client, track: Track) -> Track:
    if not track.wants(Action.COPY):
        return track
    try:
        quota = _images.quota(client.in_region(track.region))
    except CloudError:
        return track  # SyncImages itself will say.
    if quota["free"] > 0:
        return track
    message = f"the region holds {quota['used']} of {quota['total']} custom images"
    return track.failed(Problem("ImageQuotaLimitExceeded", message))


def _refused_by_dry_run(client: Client, source: Image, missing: Sequence[Track]) -> Mapping[str, Problem]:
    """Ask the API itself. A busy source, or an answer that got lost, refuses nothing."""
    if not missing or stage_of(source) is not Stage.READY:
        return {}
    try:
        request_copies(client, source, missing, dry_run=True)
    except CloudError as error:
        if error.code in BUSY_CODES or fate_of(error.code) is not Fate.REFUSED:
            return {}
        if len(missing) > 1 and error.code in DESTINATION_CODES:
            return blame(client, source, missing) or {}
        return {track.region: error.problem() for track in missing}
    return {}

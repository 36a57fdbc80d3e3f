# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What can be known to go wrong before anything is written, in check mode and out of it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import replace

from . import _images, _regions
from ._advice import unknown_region
from ._client import Client
from ._copy_order import Order
from ._copy_plan import DEFAULT_KEY, Action, Stage, stage_of
from ._copy_track import Run, Track
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


def findings(runs: Sequence[Run], client: Client) -> list[dict[str, Problem]]:
    """Mistakes in each order itself, by destination; one is enough to do nothing at all."""
    tracks = [track for run in runs for track in run.tracks]
    unreadable = {track.region: None for track in tracks if track.problem is not None and track.problem.code}
    unknown = _unknown_regions(client, list(unreadable))
    found = []
    for run in runs:
        here = {track.region: unknown[track.region] for track in run.tracks if track.region in unknown}
        missing = [track.region for track in run.tracks if track.wants(Action.COPY, Action.REPLACE)]
        here |= _borders(run.order, missing)
        found.append({region: Problem(None, why) for region, why in here.items()})
    return found


def check(runs: Sequence[Run], client: Client, *, check_mode: bool) -> tuple[Run, ...]:
    """Settle the destinations that the cloud cannot serve now."""
    runs = _with_room(runs, client)
    refusals = client.each(lambda run: _refusal(run, client), runs)
    return tuple(
        _without_refused(run, client, refusal, check_mode=check_mode)
        for run, refusal in zip(runs, refusals, strict=True)
    )


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


def _with_room(runs: Sequence[Run], client: Client) -> tuple[Run, ...]:
    """Copies beyond what a region has room for are not asked for. Which go first is the order of the runs."""
    regions = {track.region: None for run in runs for track in run.tracks if track.wants(Action.COPY)}
    quotas = dict(
        zip(regions, client.each(lambda region: _quota(client.in_region(region)), list(regions)), strict=True)
    )
    planned = dict.fromkeys(regions, 0)

    def roomy(track: Track) -> Track:
        quota = quotas.get(track.region) if track.wants(Action.COPY) else None
        if quota is None:
            return track
        if quota["free"] > planned[track.region]:
            planned[track.region] += 1
            return track
        message = f"the region holds {quota['used']} of {quota['total']} custom images"
        if planned[track.region]:
            message += f", and {planned[track.region]} of this run take the room that is left"
        return track.failed(Problem("ImageQuotaLimitExceeded", message))

    return tuple(replace(run, tracks=tuple(map(roomy, run.tracks))) for run in runs)


def _quota(client: Client) -> dict[str, int] | None:
    try:
        return _images.quota(client)
    except CloudError:
        return None  # SyncImages itself will say.


def _to_send(run: Run) -> list[Track]:
    return [track for track in run.tracks if track.wants(Action.COPY)]


def _refusal(run: Run, client: Client) -> CloudError | None:
    """Ask the API itself. A busy source, or an answer that got lost, refuses nothing."""
    missing = _to_send(run)
    if not missing or stage_of(run.source) is not Stage.READY:
        return None
    try:
        request_copies(client, run.source, missing, dry_run=True)
    except CloudError as error:
        return None if error.code in BUSY_CODES or fate_of(error.code) is not Fate.REFUSED else error
    return None


def _without_refused(run: Run, client: Client, refusal: CloudError | None, *, check_mode: bool) -> Run:
    """Outside the threads that asked, for finding out whom a refusal was about takes threads of its own."""
    if refusal is None:
        return run
    missing = _to_send(run)
    if len(missing) > 1 and refusal.code in DESTINATION_CODES:
        blamed = blame(client, run.source, missing) or {}
    else:
        blamed = {track.region: refusal.problem() for track in missing}
    if not check_mode:  # A taken name may belong to a copy that is not visible yet: the rounds to come will tell.
        blamed = {region: problem for region, problem in blamed.items() if problem.code != NAME_TAKEN}
    return run.updated(
        {track.region: track.failed(blamed[track.region]) for track in missing if track.region in blamed}
    )

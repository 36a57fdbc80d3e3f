# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What a run knows about each image that it prunes or keeps, and what it returns. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ._advice import sentence, snapshots_left, snapshots_unseen
from ._copy_plan import VISIBILITY_SECONDS
from ._errors import CloudError, Problem
from ._prune_plan import Reason, Verdict, source_of

KEPT, PLANNED, DELETED, ABSENT, FAILED, TIMED_OUT = "kept", "planned", "deleted", "absent", "failed", "timed_out"


@dataclass(frozen=True)
class Track:
    """One image: the verdict on it, what was done about it, and how it ended once it has (``status``).

    :param sent_at: when the last deletion was sent, by the run's clock
    :param accepted: the API said yes to it, or that the image is going or gone already
    :param sent: this run has sent a deletion, or an end of the sharing, that may have run
    :param gone_at: when the image was first seen to be gone
    :param remaining: snapshots that outlived it, and are billed
    :param unseen: the code of the error for which nobody knows which snapshots did
    """

    verdict: Verdict
    status: str | None = None
    problem: Problem | None = None
    sent_at: float | None = None
    accepted: bool = False
    sent: bool = False
    unshared: bool = False
    gone_at: float | None = None
    remaining: tuple[str, ...] = ()
    unseen: str | None = None

    @property
    def region(self) -> str:
        return self.verdict.image.region

    @property
    def image_id(self) -> str:
        return self.verdict.image.image_id

    @property
    def snapshot_ids(self) -> list[str]:
        return self.verdict.image.snapshot_ids

    @property
    def settled(self) -> bool:
        return self.status is not None

    @property
    def label(self) -> str:
        return f"{self.image_id} ({self.verdict.image.image_name}) in {self.region}"

    def is_to_be_asked_for(self, now: float) -> bool:
        """Not sent yet, or sent so long ago without an effect that it cannot have run."""
        if self.settled or self.accepted or self.gone_at is not None:
            return False
        return self.sent_at is None or now - self.sent_at >= VISIBILITY_SECONDS

    def failed(self, problem: Problem, status: str = FAILED) -> Track:
        return replace(self, status=status, problem=problem)

    def kept(self, reason: Reason, used_by: tuple[str, ...] = (), problem: Problem | None = None) -> Track:
        """It is protected after all."""
        return replace(
            self, status=KEPT, verdict=replace(self.verdict, reason=reason, used_by=used_by), problem=problem
        )

    def gone(self) -> Track:
        """It is gone, by this run or, without its doing, just absent."""
        return replace(self, status=DELETED if self.sent else ABSENT, problem=None)

    def timed_out(self, elapsed: float) -> Track:
        trouble = f"; the last trouble was {self.problem.code}: {self.problem.message}" if self.problem else ""
        message = f"it is still there after {elapsed:.0f} seconds{trouble}. Run again to go on"
        code, request_id = (self.problem.code, self.problem.request_id) if self.problem else (None, None)
        return self.failed(Problem(code, message, request_id), TIMED_OUT)


@dataclass(frozen=True)
class Region:
    """A region that could not be judged, and why. Nothing is deleted there."""

    region: str
    error: CloudError


def start(verdict: Verdict) -> Track:
    return Track(verdict, status=None if verdict.delete else KEPT)


def to_result(
    tracks: Sequence[Track],
    judged: Sequence[str],
    unjudged: Sequence[Region],
    snapshot_users: Mapping[str, t.Collection[str]],
    *,
    with_snapshots: bool,
) -> dict[str, t.Any]:
    """What the module returns, failed or not.

    :param judged: the regions of which everything could be read
    :param snapshot_users: snapshot id -> ids of all images that it is behind: it goes with the last of them
    """
    going = [track for track in tracks if track.status in (PLANNED, DELETED)]
    freed = _freed(going, snapshot_users) if with_snapshots else {}
    by_region = {
        region: sum(freed.get(track.image_id, 0) for track in going if track.region == region) for region in judged
    }
    result: dict[str, t.Any] = {
        "changed": any(track.status == PLANNED or track.sent or track.unshared for track in tracks),
        "images": [_row(track, freed.get(track.image_id, 0)) for track in tracks],
        "deleted": {
            region: [track.image_id for track in going if track.region == region]
            for region in dict.fromkeys(track.region for track in going)
        },
        "freed_gib": sum(by_region.values()),
        "freed_gib_by_region": by_region,
        "errors": {
            item.region: Problem(item.error.code, item.error.message, item.error.request_id).to_result()
            for item in unjudged
        },
        "diff": {
            "before": {"images": [track.label for track in going]},
            "after": {"images": []},
        },
    }
    warnings = list(filter(None, map(_warning, tracks)))
    if warnings:
        result["warnings"] = warnings
    return {**result, **_failure(tracks, unjudged)}


def _row(track: Track, freed: int) -> dict[str, t.Any]:
    verdict, image = track.verdict, track.verdict.image
    return {
        "region": image.region,
        "image_id": image.image_id,
        "image_name": image.image_name,
        "image_family": image.image_family,
        "image_state": image.image_state,
        "created_time": image.to_result()["created_time"],
        "source": source_of(image),
        "group": "/".join(verdict.group),
        "image_size": image.image_size,
        "snapshot_gib": sum(_sizes(track).values()),
        "freed_gib": freed,
        "status": track.status,
        "reason": verdict.reason.value,
        "used_by": list(verdict.used_by),
        "remaining_snapshots": list(track.remaining),
        "error": track.problem.to_result() if track.problem else None,
    }


def _sizes(track: Track) -> dict[str, int]:
    """snapshot id -> GiB"""
    return {item["SnapshotId"]: item.get("DiskSize") or 0 for item in track.verdict.image.snapshot_set}


def _freed(going: Sequence[Track], snapshot_users: Mapping[str, t.Collection[str]]) -> dict[str, int]:
    """image id -> GiB of snapshots that go with it; each snapshot counts once, and not while another image needs it."""
    leaving = {track.image_id for track in going}
    counted: set[str] = set()
    freed: dict[str, int] = {}
    for track in going:
        for snapshot_id, size in _sizes(track).items():
            stays = snapshot_id in track.remaining or set(snapshot_users.get(snapshot_id, ())) - leaving
            if not stays and snapshot_id not in counted:
                counted.add(snapshot_id)
                freed[track.image_id] = freed.get(track.image_id, 0) + size
    return freed


def _warning(track: Track) -> str:
    if track.status not in (DELETED, ABSENT):
        return ""
    if track.unseen:
        return snapshots_unseen(track.label, track.unseen)
    return snapshots_left(track.label, track.remaining) if track.remaining else ""


def _failure(tracks: Sequence[Track], unjudged: Sequence[Region]) -> dict[str, t.Any]:
    bad = [(track, track.problem) for track in tracks if track.status in (FAILED, TIMED_OUT) and track.problem]
    if not bad and not unjudged:
        return {}
    sentences = [_about_region(item) for item in unjudged]
    sentences += [
        sentence(f"Deleting {track.label}", problem.code, problem.message, problem.request_id) for track, problem in bad
    ]
    problems = [item.error.problem() for item in unjudged] + [problem for _track, problem in bad]
    first = next((problem for problem in problems if problem.code), None)
    return {
        "failed": True,
        "msg": " ".join(sentences),
        "error_code": first.code if first else None,
        "request_id": first.request_id if first else None,
    }


def _about_region(item: Region) -> str:
    error = item.error
    said = sentence(f"{error.action} in {error.region}", error.code, error.message, error.request_id)
    return f"{said} Without it nobody knows which images are needed: nothing was deleted in {item.region}."

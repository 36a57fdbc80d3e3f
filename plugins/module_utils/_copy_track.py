# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What a run knows about each destination, and what it returns. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ._advice import sentence
from ._checks import RESERVED_TAG_PREFIXES
from ._copy_order import Order
from ._copy_plan import SOURCE_TAG, Action, Decision, Stage, Trail, Wanted, stage_of
from ._errors import CloudError, Problem
from ._images import Image
from ._progress import UNDER_WAY, Sight

FAILED_STATUSES = ("failed", "conflict", "timed_out")


@dataclass(frozen=True)
class Track:
    """One destination: what is wanted there, what was seen, and how it ended once it has (``status``)."""

    wanted: Wanted
    trail: Trail = field(default_factory=Trail)
    decision: Decision = field(default_factory=lambda: Decision(Action.COPY))
    image: Image | None = None
    status: str | None = None
    was_read: bool = False
    """The region has been read at least once in this run."""
    problem: Problem | None = None
    """Why it failed; of an unsettled track, what went wrong last."""
    trouble_since: float | None = None
    """Since when looking at it, or sending for it, has met the same trouble."""
    changes: tuple[str, ...] = ()
    """The writes that took effect, or would, in words."""
    before: Mapping[str, t.Any] = field(default_factory=dict)
    after: Mapping[str, t.Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def region(self) -> str:
        return self.wanted.region

    @property
    def settled(self) -> bool:
        return self.status is not None

    def wants(self, *actions: Action) -> bool:
        return not self.settled and self.decision.action in actions

    @property
    def is_replacing(self) -> bool:
        """A failed copy is to be deleted and made again, if need be after it is marked as ours."""
        has_failed = self.image is not None and stage_of(self.image) is Stage.FAILED
        return self.wants(Action.REPLACE) or (self.wants(Action.ADOPT) and has_failed)

    def failed(self, problem: Problem, status: str = "failed") -> Track:
        return replace(self, status=status, problem=problem)

    def warned(self, text: str) -> Track:
        return replace(self, warnings=(*self.warnings, text))


@dataclass(frozen=True)
class Run:
    """One order, its source and its destinations, as one round hands them to the next.

    :param began: when the run began, by its clock
    :param source_is_fresh: the source was read in this round
    """

    order: Order
    source: Image
    tracks: tuple[Track, ...]
    began: float
    source_is_fresh: bool = True
    one_by_one: bool = False
    """Destinations are sent for singly, because one call for all was refused and nobody knows on whose account."""

    def updated(self, tracks: Mapping[str, Track]) -> Run:
        """With the tracks of some regions in place of what they were."""
        return replace(self, tracks=tuple(tracks.get(track.region, track) for track in self.tracks))


def success_status(track: Track) -> str:
    """How a copy that is ready came to be."""
    trail = track.trail
    if trail.sent_at is not None and (trail.deleted_id or trail.deleting_id):
        return "replaced"
    if trail.sent_at is not None:
        return "copied"
    if trail.seen_id is not None:
        return "resumed"
    marked_now = "tagged" in track.changes and SOURCE_TAG not in track.before["tags"]
    return "adopted" if marked_now or track.decision.action is Action.ADOPT else "present"


def settle_refusals(track: Track) -> Track:
    """End the track when the decision is that nothing can be done."""
    if track.wants(Action.REFUSE):
        stranger_dropped = replace(track, image=None)
        return stranger_dropped.failed(Problem(None, track.decision.why), "conflict")
    if track.wants(Action.FAIL):
        return track.failed(Problem(None, track.decision.why))
    return track


def preview(track: Track) -> Track:
    """How the track would end, for check mode."""
    if track.settled:
        return track
    if track.wants(Action.COPY) or track.is_replacing:
        after = {"image_id": None, "image_name": track.wanted.name, "tags": track.wanted.marks()}
        failed = track.image
        before = {"image_id": failed.image_id, "state": failed.image_state} if failed else {}
        return replace(track, status="planned", image=None, changes=("copy",), before=before, after=after)
    foreseen = {Action.AWAIT: "resumed", Action.KEEP: "present", Action.ADOPT: "adopted"}
    return replace(track, status=foreseen[track.decision.action])


def timed_out(track: Track, elapsed: float) -> Track:
    """End a track whose time is over. The cloud goes on by itself; a rerun resumes."""
    if track.settled:
        return track
    state = "it is not there yet"
    if track.image is not None:
        percent = "" if track.image.sync_percent is None else f", {track.image.sync_percent} %"
        state = f"{track.image.image_id} is in state {track.image.image_state}{percent}"
    elif track.decision.why:
        state = track.decision.why
    trouble = f"; the last trouble was {track.problem.code}: {track.problem.message}" if track.problem else ""
    message = f"not finished after {elapsed:.0f} seconds ({state}{trouble}). Run again to go on waiting"
    request_id = track.problem.request_id if track.problem else None
    return track.failed(Problem(track.problem.code if track.problem else None, message, request_id), "timed_out")


def sights_of(run: Run) -> list[Sight]:
    """What is told of the destinations while the run waits."""
    return [_sight_of(track, run.began) for track in run.tracks]


def _sight_of(track: Track, began: float) -> Sight:
    image, problem, sent_at = track.image, track.problem, track.trail.sent_at
    is_ready = image is not None and stage_of(image) is Stage.READY
    is_left = track.status in ("copied", "resumed") and not is_ready
    nothing_to_see = track.decision.why if image is None and not track.settled else None
    return Sight(
        track.region,
        track.wanted.name,
        state=image.image_state if image else None,
        percent=image.sync_percent if image else None,
        status=UNDER_WAY if is_left else track.status,
        asked_at=None if sent_at is None else sent_at - began,
        why=": ".join(filter(None, (problem.code, problem.message))) if problem else nothing_to_see,
    )


def to_result(
    order: Order, source: Image | None, tracks: Sequence[Track], *, nothing_done: bool = False
) -> dict[str, t.Any]:
    """What the module returns, failed or not. ``nothing_done``: the order is refused as a whole."""
    copies = [_copy_result(track) for track in tracks]
    result: dict[str, t.Any] = {
        "changed": any(track.changes for track in tracks),
        "source": source.to_result() if source else _unseen_source(order),
        "copies": copies,
        "image_ids": {copy["region"]: copy["image_id"] for copy in copies if _is_usable(copy)},
        "diff": {
            "before": {track.region: dict(track.before) for track in tracks if track.changes},
            "after": {track.region: dict(track.after) for track in tracks if track.changes},
        },
    }
    if len(order.destinations) == 1 and order.destinations[0] == order.region:
        result["image_id"] = copies[0]["image_id"]
    warnings = [text for track in tracks for text in (*track.warnings, *_rival_warning(track))]
    if warnings:
        result["warnings"] = warnings
    failures = [track for track in tracks if track.problem is not None]
    if failures:
        result |= _failure(order, failures, len(tracks), nothing_done)
    return result


def unread(order: Order, error: CloudError) -> dict[str, t.Any]:
    """What the module returns when not even the source could be read: every destination fails, for one reason."""
    source = Image(order.region, order.image_id or "", order.image_name or "", "")
    name = order.copy_name or order.image_name or ""
    tracks = [Track(Wanted(source, region, name)).failed(error.problem()) for region in order.destinations]
    said = sentence(f"{error.action} in {error.region}", error.code, error.message, error.request_id)
    return {**to_result(order, None, tracks), "msg": said}


def _is_usable(copy: Mapping[str, t.Any]) -> bool:
    """Whether the next task can go on with the copy. One that is only planned is listed too, so that chains of tasks
    can be run in check mode; its id is null."""
    return bool(copy["image_id"] or copy["status"] == "planned") and copy["status"] not in FAILED_STATUSES


def _copy_result(track: Track) -> dict[str, t.Any]:
    image, gone = track.image, track.status in ("removed", "absent")
    known_id = image.image_id if image else track.trail.receipt
    return {
        "region": track.region,
        "image_id": None if gone else known_id,
        "image_name": track.wanted.name,
        "state": image.image_state if image and not gone else None,
        "status": track.status,
        "sync_percent": image.sync_percent if image and not gone else None,
        "source_image_id": track.wanted.source.image_id,
        "error": track.problem.to_result() if track.problem else None,
    }


def _unseen_source(order: Order) -> dict[str, t.Any]:
    return {"image_id": order.image_id, "image_name": order.image_name, "region": order.region}


def _rival_warning(track: Track) -> list[str]:
    if not track.decision.rivals or track.image is None or track.status in (*FAILED_STATUSES, "removed", "absent"):
        return []
    surplus = ", ".join(track.decision.rivals)
    text = (
        f"{track.region} holds more than one copy of {track.wanted.source.image_id} named {track.wanted.name}: "
        f"{track.image.image_id} is used, {surplus} can be deleted (two runs may have copied at once)."
    )
    return [text]


def _failure(order: Order, failures: Sequence[Track], total: int, nothing_done: bool) -> dict[str, t.Any]:
    sentences = [_sentence(order, track) for track in failures]
    good = total - len(failures)
    rest = f" Of {total} destinations {good} are in order; a rerun does only what is missing." if good else ""
    if nothing_done:
        rest = " Nothing was copied anywhere: mend this, or leave those regions out." if total > 1 else ""
    first = next((track.problem for track in failures if track.problem and track.problem.code), None)
    return {
        "failed": True,
        "msg": " ".join(sentences) + rest,
        "error_code": first.code if first else None,
        "request_id": first.request_id if first else None,
    }


def _sentence(order: Order, track: Track) -> str:
    problem = track.problem or Problem(None, "")
    verb = "Removing the copy of" if order.absent else "Copying"
    attempt = f"{verb} {order.source_label} {'in' if order.absent else 'to'} {track.region}"
    return sentence(attempt, problem.code, problem.message, problem.request_id)


def wanted_tags(order: Order, wanted: Wanted) -> dict[str, str]:
    """Every tag that the copy shall carry."""
    return {**inherited_tags(order, wanted.source), **order.tags, **wanted.marks()}


def inherited_tags(order: Order, source: Image) -> dict[str, str]:
    """The tags of the source that a copy takes over: never reserved ones, and never its marks as a copy itself."""
    if not order.copy_source_tags:
        return {}
    left_out = (*RESERVED_TAG_PREFIXES, "cvm-image-")
    return {key: value for key, value in source.tags.items() if not key.lower().startswith(left_out)}

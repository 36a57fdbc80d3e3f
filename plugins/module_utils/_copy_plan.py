# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Is the copy already there? What to do about one destination, decided from what is known. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from ._images import FAILED_STATES, NORMAL, UNDER_WAY_STATES, Image

SOURCE_TAG = "cvm-image-source"
"""Provenance: ``<source region>/<source image id>``, on every copy."""

ENCRYPTION_TAG = "cvm-image-encryption"
"""On an encrypted copy: the KMS key id, or ``default``."""

DEFAULT_KEY = "default"
"""How that tag names the key that is used when no KMS key is asked for."""

VISIBILITY_SECONDS = 60.0
"""How long the API may take to show what it has just made, or miss what it has just shown."""

PATIENCE_SECONDS = 300.0
"""How long to wait for what the API itself said is there, or for what it should say by itself before long."""

WAYS_OUT_OF_SEVERAL = "choose another copy_name, or rename or delete those that are not wanted"


class Whose(Enum):
    """What the provenance says of an image that bears the wanted name."""

    OURS = "made from this source"
    PERHAPS_OURS = "unmarked, but just like a copy of this source"
    ANOTHERS = "made from another source, or otherwise"
    NO_COPY = "unmarked, and no copy of this source"


class Stage(Enum):
    READY = "ready"
    UNDER_WAY = "being made"
    FAILED = "failed"
    FOREIGN = "in a state that no copy has"


class Action(Enum):
    COPY = "copy"
    KEEP = "keep"
    ADOPT = "adopt"
    AWAIT = "await"
    REPLACE = "replace"
    FAIL = "fail"
    REFUSE = "refuse"


TABLE: dict[tuple[Whose, Stage], Action] = {
    (Whose.OURS, Stage.READY): Action.KEEP,
    (Whose.OURS, Stage.UNDER_WAY): Action.AWAIT,
    (Whose.OURS, Stage.FAILED): Action.FAIL,
    (Whose.OURS, Stage.FOREIGN): Action.AWAIT,
    (Whose.PERHAPS_OURS, Stage.READY): Action.ADOPT,
    (Whose.PERHAPS_OURS, Stage.UNDER_WAY): Action.AWAIT,
    (Whose.PERHAPS_OURS, Stage.FAILED): Action.FAIL,
    (Whose.PERHAPS_OURS, Stage.FOREIGN): Action.REFUSE,
    (Whose.ANOTHERS, Stage.READY): Action.REFUSE,
    (Whose.ANOTHERS, Stage.UNDER_WAY): Action.REFUSE,
    (Whose.ANOTHERS, Stage.FAILED): Action.REFUSE,
    (Whose.ANOTHERS, Stage.FOREIGN): Action.REFUSE,
    (Whose.NO_COPY, Stage.READY): Action.REFUSE,
    (Whose.NO_COPY, Stage.UNDER_WAY): Action.REFUSE,
    (Whose.NO_COPY, Stage.FAILED): Action.REFUSE,
    (Whose.NO_COPY, Stage.FOREIGN): Action.REFUSE,
}


@dataclass(frozen=True)
class Wanted:
    """One copy that shall exist.

    :param encryption: KMS key id or ``default`` of an encrypted copy; None is a plain one
    :param replace_failed: a failed copy may be deleted and made again
    """

    source: Image
    region: str
    name: str
    encryption: str | None = None
    replace_failed: bool = False

    @property
    def provenance(self) -> str:
        return f"{self.source.region}/{self.source.image_id}"

    def marks(self) -> dict[str, str]:
        """The tags by which the copy is known as ours."""
        encryption = {ENCRYPTION_TAG: self.encryption} if self.encryption else {}
        return {SOURCE_TAG: self.provenance, **encryption}


@dataclass(frozen=True)
class Trail:
    """What this run itself did and saw at one destination.

    :param sent_at: when it last asked for the copy, with success or without an answer
    :param accepted: the API said yes to that, and did not only not answer
    :param receipt: the id that the API gave it for the copy
    :param marked_id: the image that it has given our provenance, which the API may not show yet
    :param mark_tried: it has tried to mark the copy while that was being made
    :param seen_id: the copy it is waiting for, and ``seen_at`` when it last saw it
    :param deleted_id: the failed copy that it has deleted to make room
    :param deleting_id: the failed copy whose deletion it asked for, of which it does not know whether it came about
    """

    sent_at: float | None = None
    accepted: bool = False
    receipt: str | None = None
    marked_id: str | None = None
    mark_tried: bool = False
    seen_id: str | None = None
    seen_at: float = 0.0
    deleted_id: str | None = None
    deleting_id: str | None = None

    @property
    def ours(self) -> frozenset[str | None]:
        """Ids known to be ours, whatever their tags show."""
        return frozenset((self.receipt, self.marked_id, self.deleting_id))


@dataclass(frozen=True)
class Decision:
    """What to do about one destination, about which image, and why if that needs saying."""

    action: Action
    image: Image | None = None
    why: str = ""
    rivals: tuple[str, ...] = ()
    """Ids of further images there that are, or look like, copies of the same source: a race that the API allows."""


def decide(wanted: Wanted, found: Sequence[Image], trail: Trail, now: float) -> Decision:
    """The next step for one destination, given every own private image there that bears exactly the wanted name."""
    present = [image for image in found if image.image_id != trail.deleted_id]
    if present and _receipt_may_come(present, trail, now):
        return Decision(Action.AWAIT, why=f"the copy {trail.receipt} is not visible yet")
    if present:
        decision = judge(wanted, present, trail.ours)
        if _mark_may_come(wanted, decision, trail, now):
            return Decision(Action.AWAIT, decision.image)
        return _final_if_our_own(decision, trail)
    if found:
        return Decision(Action.AWAIT, why="the failed copy is being deleted")
    return _when_nothing_is_there(trail, now)


def _receipt_may_come(present: Sequence[Image], trail: Trail, now: float) -> bool:
    """While our own copy is not visible yet, another image of its name is not taken in its place."""
    if trail.receipt is None or trail.sent_at is None or trail.seen_id is not None:
        return False
    return all(image.image_id != trail.receipt for image in present) and now - trail.sent_at < PATIENCE_SECONDS


def _final_if_our_own(decision: Decision, trail: Trail) -> Decision:
    """A copy that this run itself has asked for is not made again by it: what failed once may fail for ever."""
    image = decision.image
    is_failed = image is not None and stage_of(image) is Stage.FAILED
    if trail.sent_at is None or not is_failed or decision.action not in (Action.REPLACE, Action.ADOPT):
        return decision
    return replace(decision, action=Action.FAIL, why=f"{decision.why}; run again to have it deleted and copied again")


def _mark_may_come(wanted: Wanted, decision: Decision, trail: Trail, now: float) -> bool:
    """A copy that this run has seen being made by another one gets its marks when it is ready, a moment later.

    A plain copy is adopted meanwhile; of an encrypted one only the mark tells the key.
    """
    image = decision.image
    if decision.action is not Action.REFUSE or image is None or image.image_id != trail.seen_id:
        return False
    return not is_marked(image) and bool(wanted.encryption) and now - trail.seen_at < VISIBILITY_SECONDS


def _when_nothing_is_there(trail: Trail, now: float) -> Decision:
    if trail.seen_id is not None:
        if now - trail.seen_at < VISIBILITY_SECONDS:
            return Decision(Action.AWAIT)
        why = f"the copy {trail.seen_id} was being made and has disappeared; run again to have it copied anew"
        return Decision(Action.FAIL, why=why)
    if trail.receipt is not None:
        return Decision(Action.AWAIT, why=f"the copy {trail.receipt} is not visible yet")
    patience = PATIENCE_SECONDS if trail.accepted else VISIBILITY_SECONDS
    if trail.sent_at is not None and now - trail.sent_at < patience:
        return Decision(Action.AWAIT, why="the request was sent and shows no effect yet")
    return Decision(Action.COPY)


def judge(wanted: Wanted, present: Sequence[Image], known: Collection[str | None] = ()) -> Decision:
    """The identity table, for a destination where at least one image bears the name. ``known`` ids are ours."""
    ours = sorted((image for image in present if whose_is(wanted, image, known) is Whose.OURS), key=_preference)
    if not ours and len(present) > 1:
        why = f"several images bear this name and none is marked as ours: {_list(present)}; {WAYS_OUT_OF_SEVERAL}"
        return Decision(Action.REFUSE, None, why)
    image = ours[0] if ours else present[0]
    whose = whose_is(wanted, image, known)
    action, why = TABLE[whose, stage_of(image)], ""
    others = [other for other in present if other is not image]
    if action is Action.FAIL:
        action, why = _about_a_failed_copy(wanted, image, whose, others)
    elif action is Action.REFUSE:
        why = _why_refused(wanted, image, whose)
    return Decision(action, image, why, _rivals(wanted, others, known))


def whose_is(wanted: Wanted, image: Image, known: Collection[str | None] = ()) -> Whose:
    """Provenance first; without it, the evidence."""
    if image.image_id in known:
        return Whose.OURS
    if is_marked(image):
        same_source = image.tags[SOURCE_TAG] == wanted.provenance
        same_encryption = image.tags.get(ENCRYPTION_TAG) == wanted.encryption
        return Whose.OURS if same_source and same_encryption else Whose.ANOTHERS
    return Whose.NO_COPY if differences(wanted, image) else Whose.PERHAPS_OURS


def stage_of(image: Image) -> Stage:
    if image.image_state == NORMAL:
        return Stage.READY
    if image.image_state in UNDER_WAY_STATES:
        return Stage.UNDER_WAY
    return Stage.FAILED if image.image_state in FAILED_STATES else Stage.FOREIGN


def differences(wanted: Wanted, image: Image) -> list[str]:
    """What shows that an unmarked image is no copy of the source. An unfinished image may not tell everything yet."""
    source = wanted.source
    compared = (
        ("operating system", image.os_name, source.os_name),
        ("platform", image.platform, source.platform),
        ("architecture", image.architecture, source.architecture),
        ("size", image.image_size, source.image_size),
    )
    finished = stage_of(image) is Stage.READY
    found = [
        f"its {what} is {actual or 'unknown'} and not {expected}"
        for what, actual, expected in compared
        if actual != expected and (finished or actual)
    ]
    if image.created < source.created:
        found.append(f"it is older than the source ({image.created:%Y-%m-%d %H:%M} UTC)")
    if wanted.encryption and finished:
        found.append(f"nothing shows that it is encrypted with {wanted.encryption} (its tag {ENCRYPTION_TAG} would)")
    return found


def _preference(image: Image) -> tuple[int, str, str]:
    """Of several copies of ours the ready one, else the one under way, else the oldest."""
    order = (Stage.READY, Stage.UNDER_WAY, Stage.FOREIGN, Stage.FAILED)
    return (order.index(stage_of(image)), image.created.isoformat(), image.image_id)


def _rivals(wanted: Wanted, others: Sequence[Image], known: Collection[str | None]) -> tuple[str, ...]:
    """Unmarked look-alikes count whatever key they may be encrypted with: they are told of, and not touched."""
    either_way = replace(wanted, encryption=None)
    return tuple(
        other.image_id
        for other in others
        if whose_is(wanted, other, known) is Whose.OURS or whose_is(either_way, other) is Whose.PERHAPS_OURS
    )


def _about_a_failed_copy(wanted: Wanted, image: Image, whose: Whose, others: Sequence[Image]) -> tuple[Action, str]:
    """Nothing is deleted that does not carry our provenance: an unmarked failure is adopted first."""
    why = f"the copy {image.image_id} ended as {image.image_state}"
    if others:
        why = f"{why}, and other images bear the name as well: {_list(others)}; {WAYS_OUT_OF_SEVERAL}"
        return Action.REFUSE if wanted.replace_failed else Action.FAIL, why
    if not wanted.replace_failed:
        return Action.FAIL, f"{why}; delete it, or set replace_failed to have it deleted and copied again"
    return (Action.REPLACE if whose is Whose.OURS else Action.ADOPT), why


def _why_refused(wanted: Wanted, image: Image, whose: Whose) -> str:
    ways_out = "choose another copy_name, or rename or delete that image"
    if whose is Whose.ANOTHERS:
        return f"the image {image.image_id} of this name is {marked_as(image)}; {ways_out}"
    if whose is Whose.PERHAPS_OURS:
        return f"the image {image.image_id} of this name is in state {image.image_state}; {ways_out}"
    reasons = " and ".join(differences(wanted, image))
    return f"the image {image.image_id} of this name is no copy of {wanted.source.image_id}: {reasons}; {ways_out}"


def is_marked(image: Image) -> bool:
    return SOURCE_TAG in image.tags


def marked_as(image: Image) -> str:
    """What the marks of an image say of it."""
    if not is_marked(image):
        return "without the marks of a copy"
    encrypted = f", encrypted with {image.tags[ENCRYPTION_TAG]}" if ENCRYPTION_TAG in image.tags else ""
    return f"a copy of {image.tags[SOURCE_TAG]}{encrypted}"


def _list(images: Sequence[Image]) -> str:
    return ", ".join(f"{image.image_id} ({image.image_state})" for image in images)

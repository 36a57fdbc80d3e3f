# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must be true of every performance, whatever was drawn. Each check yields a sentence for each violation."""

from __future__ import annotations

import re
import typing as t
from collections.abc import Callable, Iterator

from tests.emulator.journal import Entry

from .performance import FAILED_STATES, MARK, Performance, is_settled
from .schedule import BUSY_CODES, FOREIGN, HOME, LOST, NAME, OURS, PASSING_CODES, SOURCES
from .stage import SECRETS, Result, Seen

Violations = Iterator[str]

GOOD = ("planned", "copied", "present", "resumed", "adopted", "replaced", "removed", "absent")
BAD = ("failed", "timed_out", "conflict")


# One copy -------------------------------------------------------------------------------------------------------------


def duplicates_are_impossible(performance: Performance) -> bool:
    """Without the cloud's own help, runs that do not know of each other can copy twice, and only report it."""
    schedule = performance.schedule
    if schedule.behaviour.get("duplicate_names_refused", True):
        return True
    return len(schedule.runs) == 1 and not any(fault["do"] == "copy_invisible" for fault in schedule.faults)


def one_copy(performance: Performance) -> Violations:
    if not duplicates_are_impossible(performance):
        return
    for image in performance.made():
        others = [other for other in performance.namesakes(image.region, image.created) if other is not image]
        for other in others:
            # Of two that were made at once, one is named.
            if (other.created, other.image_id) < (image.created, image.image_id):
                yield f"{image.image_id} was made in {image.region} while {other.image_id} bore the name"


def a_second_copy_is_reported(performance: Performance) -> Violations:
    """Where a race cannot be closed, the next run says so, with the ids."""
    seen = performance.calm[-1]
    said = seen.output
    for region in seen.run.regions:
        copies = [
            image.image_id
            for image in performance.namesakes(region, seen.ended)
            if performance.whose(image, seen.run) == OURS
        ]
        if len(copies) > 1 and not all(image_id in said for image_id in copies):
            yield f"{region} holds {', '.join(copies)}, and the last rerun does not say so"


# Hands off ------------------------------------------------------------------------------------------------------------

TARGETS: dict[str, Callable[[dict[str, t.Any]], list[str]]] = {
    "TagResources": lambda params: [name.rpartition("/")[2] for name in params["ResourceList"]],
    "DeleteImages": lambda params: list(params["ImageIds"]),
    "ModifyImageAttribute": lambda params: [params["ImageId"]],
    "ModifyImageSharePermission": lambda params: [params["ImageId"]],
    "SyncImages": lambda _params: [],
}


def hands_off(performance: Performance) -> Violations:
    """No effect on anything that is not ours; and what is ours is deleted only when that was asked for."""
    for seen in performance.runs:
        for entry in performance.effects_of(seen):
            if seen.run.check:
                yield f"{seen.name} wrote in check mode ({entry.action})"
            for image_id in TARGETS[entry.action](entry.params):
                yield from _touched(performance, seen, entry, image_id)


def _touched(performance: Performance, seen: Seen, entry: Entry, image_id: str) -> Violations:
    image = performance.image(image_id)
    if image is None or image_id in SOURCES.values() or performance.whose(image, seen.run) == FOREIGN:
        yield f"{seen.name} touched {image_id}, which is not ours ({entry.action})"
    elif entry.action == "DeleteImages":
        if not performance.is_marked(image, seen.run, entry.moment) and image not in performance.made():
            yield f"{seen.name} deleted {image_id}, which was not marked as ours"
        # A moment before, for the deletion itself may take effect at once.
        has_failed = image.timeline.at(entry.moment - 0.001) in FAILED_STATES
        if not (seen.run.absent or (seen.run.options.get("replace_failed") and has_failed)):
            yield f"{seen.name} deleted {image_id} unasked"
    elif entry.action == "TagResources":
        marks = {tag["TagKey"]: tag["TagValue"] for tag in entry.params["Tags"]}
        if marks.get(MARK, f"{HOME}/{seen.run.source}") != f"{HOME}/{seen.run.source}":
            yield f"{seen.name} marked {image_id} as {marks[MARK]}"


# Doubt ----------------------------------------------------------------------------------------------------------------

VISIBLE_AFTER = 60.0
DOUBTFUL = ("<cut>", "<cut_body>", "<garbage>", "<http>", *PASSING_CODES)


def doubts_are_resolved_by_looking(performance: Performance) -> Violations:
    """After a write whose fate is unknown comes a look; and no request for copies while a lost one may show up."""
    for seen in performance.runs:
        doubt: Entry | None = None
        looked = False
        for entry in performance.entries_of(seen):
            looked = looked or entry.is_read
            if not entry.is_write:
                continue
            if doubt is not None and (entry.action, entry.params) == (doubt.action, doubt.params):
                too_soon = entry.action == "SyncImages" and entry.moment - doubt.moment < VISIBLE_AFTER
                if too_soon or not looked:
                    yield f"{seen.name} repeated {entry.action} without knowing what had become of it"
            if entry.outcome in DOUBTFUL:
                doubt, looked = entry, False


# What results say -----------------------------------------------------------------------------------------------------


def true_statuses(performance: Performance) -> Violations:
    """A copy that is called present, copied or the like is there, ready and marked, with what was asked for."""
    for seen, result in performance.finished:
        if seen.run.check or seen.run.absent or not seen.run.options.get("wait", True):
            continue
        for copy in result.get("copies", []):
            if copy["status"] in GOOD:
                yield from _is_true(performance, seen, result, copy)


def _is_true(performance: Performance, seen: Seen, result: Result, copy: dict[str, t.Any]) -> Violations:
    image = performance.image(copy["image_id"] or "")
    label = f"{seen.name} calls {copy['region']} {copy['status']}"
    if image is None or (image.region, image.name) != (copy["region"], NAME):
        yield f"{label}, but {copy['image_id']} is no such image"
        return
    if _deleted_meanwhile(performance, seen, image.image_id):
        return
    state = image.timeline.at(seen.ended)
    if state != "NORMAL":
        yield f"{label}, but {image.image_id} is {state}"
    if performance.whose(image, seen.run) == FOREIGN:
        yield f"{label}, but {image.image_id} is not ours"
    excused = copy["error"] or "could not be tagged" in str(result.get("warnings"))
    wanted = {**seen.run.marks, **seen.run.options.get("tags", {})}
    lacking = wanted.items() - performance.tags(image.image_id, seen.ended).items()
    if lacking and not excused:
        yield f"{label}, but {image.image_id} lacks the tags {dict(lacking)}"
    description = seen.run.options.get("copy_description")
    if description and image.description != description and not excused:
        yield f"{label}, but {image.image_id} is not described"


def _deleted_meanwhile(performance: Performance, seen: Seen, image_id: str) -> bool:
    return any(
        entry.action == "DeleteImages" and image_id in entry.params["ImageIds"] and entry.moment <= seen.ended
        for other in performance.runs
        if other is not seen
        for entry in performance.effects_of(other)
    )


def honest_changes(performance: Performance) -> Violations:
    for seen, result in performance.finished:
        effects = [entry.action for entry in performance.effects_of(seen)]
        if effects and not result.get("changed"):
            yield f"{seen.name} says unchanged, but did {', '.join(effects)}"
        tried = any(entry.is_write for entry in performance.entries_of(seen))
        if result.get("changed") and not tried and not seen.run.check:
            yield f"{seen.name} says changed, but wrote nothing"


ATTEMPT = re.compile(r"(?=(?:Copying|Removing the copy of) img-)")
WAYS_OUT = re.compile(
    r"run again|running again is safe|choose another|rename|delete (?:it|custom|those|that)|replace_failed|set wait"
    r"|ask |check |let the key|point |allow ",
    re.IGNORECASE,
)


def readable_failures(performance: Performance) -> Violations:
    """Every failure says what, where, why and what to do; and one bad region hides no other."""
    for seen, result in performance.finished:
        copies = result.get("copies")
        if copies is None:
            yield f"{seen.name} returned no copies: {result.get('msg')}"
            continue
        if [copy["region"] for copy in copies] != list(seen.run.regions):
            yield f"{seen.name} does not answer for its regions in their order"
        bad = [copy for copy in copies if copy["error"] or copy["status"] in BAD or copy["status"] not in GOOD]
        if bool(bad) is not bool(result.get("failed")):
            yield f"{seen.name} and its copies do not agree about failure"
        for copy in bad:
            yield from _is_readable(seen, result, copy)


def _is_readable(seen: Seen, result: Result, copy: dict[str, t.Any]) -> Violations:
    label = f"the failure of {copy['region']} in {seen.name}"
    if copy["error"] is None:
        yield f"{label} has no error"
        return
    about = [text for text in ATTEMPT.split(result["msg"]) if f" {copy['region']} failed: " in text]
    if not about and all(other["error"] == copy["error"] for other in result["copies"]):
        about = [result["msg"]]  # Not even the source could be read: once is enough.
    if len(about) != 1:
        yield f"{label} is not told once: {result['msg']}"
        return
    if copy["error"]["code"] and copy["error"]["code"] not in about[0]:
        yield f"{label} does not name its code: {about[0]}"
    if not WAYS_OUT.search(about[0].partition(" failed: ")[2].partition(" Of ")[0]):
        yield f"{label} shows no way out: {about[0]}"
    if not copy["error"]["message"] or "\n" in about[0] or "Error(" in about[0]:
        yield f"{label} is not a sentence: {about[0]}"


def no_innards(performance: Performance) -> Violations:
    for seen in performance.runs:
        if "Traceback" in seen.output:
            yield f"{seen.name} returned a traceback"
        for secret in SECRETS:
            if secret in seen.output:
                yield f"{seen.name} returned a secret"


def no_sleep_past_the_deadline(performance: Performance) -> Violations:
    for seen in performance.runs:
        end = seen.began + seen.run.wait_timeout
        for moment, seconds in seen.sleeps:
            # The last call may end after the deadline; what is forbidden is to sleep then.
            if seconds > 0 and moment + seconds > end + 0.001:
                yield f"{seen.name} slept past its deadline by {moment + seconds - end:.1f} seconds"


# Where it ends --------------------------------------------------------------------------------------------------------


def calm_ends_in_the_wanted_state(performance: Performance) -> Violations:
    *reruns, last = performance.calm
    if not is_settled(performance, reruns[-1]):
        yield f"{len(reruns)} calm reruns did not bring about what is possible"
    before, after = reruns[-1].result, last.result
    if before is None or after is None:
        yield "a calm rerun did not end"
        return
    if after["changed"] or any(entry.is_write for entry in performance.entries_of(last)):
        yield "the last rerun still changed something"
    if before.get("image_ids") != after.get("image_ids"):
        yield f"the last rerun found other images: {before.get('image_ids')}, {after.get('image_ids')}"


def removal_ends_in_absence(performance: Performance) -> Violations:
    if not performance.removal:
        return
    first, second = performance.removal
    for region in first.run.regions:
        for image in performance.namesakes(region, first.ended):
            marked = performance.is_marked(image, first.run, first.began)
            if marked and performance.whose(image, first.run) == OURS:
                yield f"{image.image_id} in {region} is still there after its removal"
    if second.result is not None and second.result["changed"]:
        yield "the second removal still changed something"


def patient_runs_converge(performance: Performance) -> Violations:
    """What passes by itself is overcome in the same run, if that is given the time."""
    if not _everything_passes(performance):
        return
    for seen in performance.chaos:
        if seen.result is None or not seen.run.patient or seen.run.check or seen.run.absent:
            continue
        for copy in seen.result.get("copies", []):
            replacing = bool(seen.run.options.get("replace_failed"))
            if copy["error"] and performance.can_succeed(seen, copy["region"], replacing=replacing):
                yield f"{seen.name} gave {copy['region']} up, where nothing stood in its way"


MOST_LOST = 4
"""Lost answers that even a single read overcomes, if all of them hit it."""


def _everything_passes(performance: Performance) -> bool:
    schedule = performance.schedule
    lost = sum(fault["times"] for fault in schedule.faults if fault["do"] in LOST)
    lasting = any("vanish" in kind or "fail" in kind for _region, kind in schedule.world.there)
    removed = any(run.absent for run in schedule.runs)
    passing = all(map(_passes, schedule.faults)) and lost <= MOST_LOST
    return passing and not lasting and not removed and duplicates_are_impossible(performance)


def _passes(fault: dict[str, t.Any]) -> bool:
    if fault["do"] == "copy_invisible":
        return bool(fault["seconds"] <= 50)
    if fault["do"] in LOST:
        return fault.get("code") in (*PASSING_CODES, *BUSY_CODES)  # An outage has none: it lasts too long.
    return fault["do"] in ("throttle", "copy_slow")


# The stage itself -----------------------------------------------------------------------------------------------------


def the_stage_is_sound(performance: Performance) -> Violations:
    yield from performance.stage.cloud.journal.bugs
    numbers = sorted(number for seen in performance.runs for number in seen.calls)
    if len(set(numbers)) != len(numbers) or len(numbers) != len(performance.entries):
        yield "the journal and the runs do not agree about the requests that were made"


CHECKS: tuple[Callable[[Performance], Violations], ...] = (
    one_copy,
    a_second_copy_is_reported,
    hands_off,
    doubts_are_resolved_by_looking,
    true_statuses,
    honest_changes,
    readable_failures,
    no_innards,
    no_sleep_past_the_deadline,
    calm_ends_in_the_wanted_state,
    removal_ends_in_absence,
    patient_runs_converge,
    the_stage_is_sound,
)


def violations(performance: Performance) -> list[str]:
    return [f"{check.__name__}: {text}" for check in CHECKS for text in check(performance)]

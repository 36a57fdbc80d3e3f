# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identity table over every combination of its dimensions: total, and safe in each respect that has a name here.

What an image is to us is known from how it was generated, never asked of the code under test.
"""

from __future__ import annotations

import itertools
import typing as t
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._copy_plan import (
    ENCRYPTION_TAG,
    SOURCE_TAG,
    VISIBILITY_SECONDS,
    Action,
    Decision,
    Trail,
    Wanted,
    decide,
)
from ansible_collections.tencentcloud.cvm.plugins.module_utils._images import Image

NOW = 10_000.0
BIRTH = datetime(2026, 11, 1, tzinfo=UTC)
SOURCE = Image(
    region="ap-guangzhou",
    image_id="img-source01",
    image_name="golden",
    image_state="NORMAL",
    created=BIRTH,
    os_name="Ubuntu",
    platform="Ubuntu",
    architecture="x86_64",
    image_size=50,
)

# The dimensions -------------------------------------------------------------------------------------------------------

FAILED = ("CREATEFAILED", "IMPORTFAILED")
UNDER_WAY = ("SYNCING", "CREATING")
STATES = ("NORMAL", *UNDER_WAY, *FAILED, "IMPORTING", "USING")
MARKS: dict[str, str | None] = {
    "none": None,
    "ours": "ap-guangzhou/img-source01",
    "another's": "ap-guangzhou/img-other001",
    "another region's": "ap-beijing/img-source01",
    "malformed": "img-source01",
}
LOOKS = ("same", "different", "unknown")
AGES = {"older": timedelta(seconds=-1), "same": timedelta(0), "newer": timedelta(hours=1)}
KEYS: dict[str, str | None] = {"plain": None, "kms-1": "kms-1", "kms-2": "kms-2"}
WANTED = [
    Wanted(SOURCE, "ap-shanghai", "golden", encryption, replace_failed)
    for encryption, replace_failed in itertools.product((None, "kms-1"), (False, True))
]
PAST, RECENT = NOW - VISIBILITY_SECONDS, NOW - VISIBILITY_SECONDS + 1
TRAILS = {
    "fresh": Trail(),
    "sent lately": Trail(sent_at=RECENT),
    "sent long ago": Trail(sent_at=PAST),
    "accepted without an id": Trail(sent_at=PAST, accepted=True),
    "receipt for the first": Trail(sent_at=PAST, receipt="img-1"),
    "receipt for one that is not shown": Trail(sent_at=PAST, receipt="img-9"),
    "saw the first": Trail(seen_id="img-1", seen_at=PAST),
    "saw one lately": Trail(seen_id="img-9", seen_at=RECENT),
    "saw one long ago": Trail(seen_id="img-9", seen_at=PAST),
    "marked the first": Trail(marked_id="img-1"),
    "perhaps deleted the first": Trail(deleting_id="img-1"),
    "deleted the first": Trail(deleted_id="img-1"),
    "deleted the first, sent lately": Trail(deleted_id="img-1", sent_at=RECENT),
    "deleted the first, got a receipt for the second": Trail(deleted_id="img-1", sent_at=RECENT, receipt="img-2"),
}


@dataclass(frozen=True)
class Thing:
    """An image of the wanted name, and what it was made to be."""

    image: Image
    state: str
    mark: str
    look: str
    age: str
    key: str

    @property
    def alike(self) -> bool:
        """Nothing that is known of it speaks against its being a copy."""
        unknown_yet = self.look == "unknown" and self.state != "NORMAL"
        return self.age != "older" and (self.look == "same" or unknown_yet)

    def is_ours(self, wanted: Wanted, trail: Trail) -> bool:
        """By its marks, or because this run has made or marked it."""
        marked = self.mark == "ours" and KEYS[self.key] == wanted.encryption
        return marked or self.image.image_id in (trail.receipt, trail.marked_id, trail.deleting_id)

    def is_stranger(self, wanted: Wanted, trail: Trail) -> bool:
        """Nothing of ours, and nothing that could be."""
        return not self.is_ours(wanted, trail) and (self.mark != "none" or not self.alike)


def thing(image_id: str, state: str, mark: str, look: str, age: str, key: str) -> Thing:
    tags = {SOURCE_TAG: MARKS[mark], ENCRYPTION_TAG: KEYS[key]}
    image = replace(
        SOURCE,
        region="ap-shanghai",
        image_id=image_id,
        image_state=state,
        created=BIRTH + AGES[age],
        os_name={"same": "Ubuntu", "different": "Debian", "unknown": ""}[look],
        tags={name: value for name, value in tags.items() if value is not None},
    )
    return Thing(image, state, mark, look, age, key)


ONE = [thing("img-1", *dims) for dims in itertools.product(STATES, MARKS, LOOKS, AGES, KEYS)]
"""Every single image."""

FEW = [
    dims
    for dims in itertools.product(
        ("NORMAL", "SYNCING", "CREATEFAILED", "USING"), ("none", "ours", "another's"), LOOKS[:2], ("newer",), KEYS
    )
    if dims[1] == "ours" or dims[4] == "plain"
]
TWO = [[thing("img-1", *first), thing("img-2", *second)] for first, second in itertools.product(FEW, FEW)]
"""Every pair of those images that differ in what the table looks at."""


@dataclass(frozen=True)
class Case:
    wanted: Wanted
    there: tuple[Thing, ...]
    trail: Trail
    decision: Decision

    @property
    def action(self) -> Action:
        return self.decision.action

    @property
    def present(self) -> list[Thing]:
        """What is there besides that which this run itself has deleted."""
        return [item for item in self.there if item.image.image_id != self.trail.deleted_id]

    @property
    def ours(self) -> list[Thing]:
        return [item for item in self.present if item.is_ours(self.wanted, self.trail)]

    @property
    def chosen(self) -> Thing | None:
        found = [item for item in self.there if item.image is self.decision.image]
        return found[0] if found else None


def places() -> Iterator[tuple[Thing, ...]]:
    yield ()
    yield from ((item,) for item in ONE)
    yield from (tuple(pair) for pair in TWO)


def trails(place: tuple[Thing, ...]) -> list[Trail]:
    """Where nothing is, every trail matters; else those that say something of what is there."""
    telling = {
        0: tuple(TRAILS),
        1: (
            *("fresh", "receipt for the first", "saw the first", "marked the first"),
            *("perhaps deleted the first", "deleted the first"),
        ),
        2: ("fresh", "receipt for the first", "deleted the first"),
    }
    return [TRAILS[name] for name in telling[len(place)]]


@cache
def cases() -> list[Case]:
    return [
        Case(wanted, place, trail, decide(wanted, [item.image for item in place], trail, NOW))
        for place in places()
        for trail in trails(place)
        for wanted in WANTED
    ]


def check(holds: Callable[[Case], bool], concerns: Callable[[Case], bool]) -> None:
    """The property holds in every case that it is about, and there are such cases.

    Some are decided once more: that comes to the same, and shows mutmut which code the property is about.
    """
    concerned = [case for case in cases() if concerns(case)]
    assert concerned, "a property about nothing proves nothing"
    for case in concerned:
        assert holds(case), case
    for case in concerned[:: len(concerned) // 50 + 1]:
        assert decide(case.wanted, [item.image for item in case.there], case.trail, NOW) == case.decision, case


# Totality -------------------------------------------------------------------------------------------------------------


def test_every_combination_has_a_decision_and_every_decision_occurs() -> None:
    assert len(cases()) > 30_000
    assert {case.action for case in cases()} == set(Action)


def test_a_decision_is_about_an_image_that_is_there_or_about_none() -> None:
    check(lambda case: case.chosen in case.present, lambda case: case.decision.image is not None)


def test_the_order_of_the_answer_decides_nothing() -> None:
    for case in cases():
        if len(case.there) == 2 and case.wanted.replace_failed:
            turned = decide(case.wanted, [item.image for item in reversed(case.there)], case.trail, NOW)
            assert (turned.action, turned.image) == (case.action, case.decision.image), case
            assert sorted(turned.rivals) == sorted(case.decision.rivals), case


# What is deleted ------------------------------------------------------------------------------------------------------


def test_no_plan_deletes_without_our_provenance() -> None:
    check(lambda case: case.chosen in case.ours, lambda case: case.action is Action.REPLACE)


def test_no_plan_deletes_what_has_not_failed() -> None:
    check(lambda case: _chosen(case).state in FAILED, lambda case: case.action is Action.REPLACE)


def test_no_plan_deletes_unasked() -> None:
    check(lambda case: case.wanted.replace_failed, lambda case: case.action is Action.REPLACE)


def test_no_plan_deletes_while_another_image_bears_the_name() -> None:
    check(lambda case: len(case.present) == 1, lambda case: case.action is Action.REPLACE)


def test_a_failed_copy_of_ours_is_replaced_when_asked() -> None:
    check(
        lambda case: case.action is Action.REPLACE,
        lambda case: (
            case.wanted.replace_failed
            and len(case.present) == 1
            and _all_failed(case.ours)
            and case.trail.sent_at is None
        ),
    )


def test_a_copy_that_this_run_asked_for_is_never_made_again_by_it() -> None:
    check(
        lambda case: case.action not in (Action.REPLACE, Action.ADOPT) or _chosen(case).state not in FAILED,
        lambda case: case.trail.sent_at is not None and bool(case.present),
    )


# What is copied -------------------------------------------------------------------------------------------------------


def test_no_plan_copies_where_ours_is_normal() -> None:
    check(
        lambda case: case.action is Action.KEEP and _chosen(case).state == "NORMAL",
        lambda case: any(item.state == "NORMAL" for item in case.ours),
    )


def test_no_plan_copies_while_something_of_that_name_is_there() -> None:
    check(lambda case: case.action is not Action.COPY, lambda case: bool(case.there))


def test_nothing_is_sent_again_while_a_request_may_still_show_up() -> None:
    lately = (
        *("sent lately", "accepted without an id"),
        *("deleted the first, sent lately", "deleted the first, got a receipt for the second"),
    )
    check(
        lambda case: case.action is Action.AWAIT,
        lambda case: not case.there and case.trail in [TRAILS[name] for name in lately],
    )


def test_a_request_that_showed_no_effect_in_time_is_sent_again() -> None:
    check(
        lambda case: case.action is Action.COPY,
        lambda case: not case.there and case.trail == TRAILS["sent long ago"],
    )


def test_what_was_accepted_with_an_id_is_never_asked_for_again() -> None:
    check(lambda case: case.action is not Action.COPY, lambda case: case.trail.receipt is not None)


def test_what_was_seen_is_never_asked_for_again() -> None:
    check(lambda case: case.action is not Action.COPY, lambda case: case.trail.seen_id is not None)


def test_a_copy_that_was_seen_and_is_gone_is_awaited_for_a_while_and_has_then_failed() -> None:
    for name, action in (("saw one lately", Action.AWAIT), ("saw one long ago", Action.FAIL)):
        check(
            lambda case, action=action: case.action is action,  # type: ignore[misc]
            lambda case, name=name: not case.there and case.trail == TRAILS[name],  # type: ignore[misc]
        )


def test_a_copy_that_this_run_has_deleted_is_not_counted() -> None:
    check(
        lambda case: case.action is Action.AWAIT and case.decision.image is None,
        lambda case: bool(case.there) and not case.present,
    )


# What is taken for ours -----------------------------------------------------------------------------------------------


def test_a_stranger_is_never_kept_adopted_awaited_or_deleted() -> None:
    hands_off = (Action.REFUSE, Action.FAIL)
    check(
        lambda case: case.action in hands_off,
        lambda case: case.chosen is not None and _chosen(case).is_stranger(case.wanted, case.trail),
    )


def test_strangers_alone_are_refused() -> None:
    check(
        lambda case: case.action is Action.REFUSE,
        lambda case: bool(case.present) and all(item.is_stranger(case.wanted, case.trail) for item in case.present),
    )


def test_only_ours_is_called_present() -> None:
    check(lambda case: case.chosen in case.ours, lambda case: case.action is Action.KEEP)


def test_only_what_is_ready_is_called_present() -> None:
    check(lambda case: _chosen(case).state == "NORMAL", lambda case: case.action is Action.KEEP)


def test_only_what_is_unmarked_and_alike_is_adopted() -> None:
    check(
        lambda case: _chosen(case).mark == "none" and _chosen(case).alike and len(case.present) == 1,
        lambda case: case.action is Action.ADOPT,
    )


def test_what_is_adopted_is_ready_or_failed_and_to_be_replaced() -> None:
    check(
        lambda case: _chosen(case).state == "NORMAL" or (_chosen(case).state in FAILED and case.wanted.replace_failed),
        lambda case: case.action is Action.ADOPT,
    )


def test_no_ready_image_without_a_mark_is_taken_for_an_encrypted_copy() -> None:
    check(
        lambda case: case.action is Action.REFUSE,
        lambda case: (
            case.wanted.encryption is not None
            and len(case.present) == 1
            and not case.ours
            and case.present[0].state == "NORMAL"
        ),
    )


def test_another_key_is_another_copy() -> None:
    check(
        lambda case: case.action is Action.REFUSE,
        lambda case: (
            len(case.present) == 1
            and not case.ours
            and case.present[0].mark == "ours"
            and KEYS[case.present[0].key] != case.wanted.encryption
        ),
    )


def test_several_of_which_none_is_ours_are_refused() -> None:
    check(lambda case: case.action is Action.REFUSE, lambda case: len(case.present) > 1 and not case.ours)


def test_of_several_ours_is_chosen() -> None:
    check(lambda case: case.chosen in case.ours, lambda case: len(case.present) > 1 and bool(case.ours))


def test_what_is_awaited_is_under_way_or_about_to_be_seen() -> None:
    check(
        lambda case: case.chosen is None or _chosen(case).state not in ("NORMAL", *FAILED),
        lambda case: case.action is Action.AWAIT,
    )


def test_what_cannot_be_ready_or_failed_soon_is_not_awaited_unless_ours() -> None:
    check(
        lambda case: case.action is Action.REFUSE,
        lambda case: len(case.present) == 1 and not case.ours and case.present[0].state in ("IMPORTING", "USING", ""),
    )


# What is said ---------------------------------------------------------------------------------------------------------


def test_each_decision_that_ends_a_region_says_why() -> None:
    check(lambda case: bool(case.decision.why), lambda case: case.action in (Action.REFUSE, Action.FAIL))


def test_each_refusal_names_the_images_that_it_is_about() -> None:
    check(
        lambda case: all(item.image.image_id in case.decision.why for item in case.present),
        lambda case: case.action in (Action.REFUSE, Action.FAIL) and bool(case.present),
    )


WAYS_OUT = ("copy_name", "replace_failed", "run again")


def test_each_decision_that_ends_a_region_shows_a_way_out() -> None:
    check(
        lambda case: any(way in case.decision.why for way in WAYS_OUT),
        lambda case: case.action in (Action.REFUSE, Action.FAIL),
    )


def test_further_copies_of_the_source_are_reported() -> None:
    check(
        lambda case: set(case.decision.rivals) == {item.image.image_id for item in case.present} - {_id(case)},
        lambda case: (
            case.chosen is not None
            and len(case.present) == 2
            and case.wanted.encryption is None
            and not any(item.is_stranger(case.wanted, case.trail) for item in case.present)
        ),
    )


def test_strangers_are_not_reported_as_copies() -> None:
    def strangers(case: Case) -> set[str]:
        return {item.image.image_id for item in case.present if item.is_stranger(case.wanted, case.trail)}

    check(lambda case: not strangers(case) & set(case.decision.rivals), lambda case: len(case.present) == 2)


def _chosen(case: Case) -> Thing:
    assert case.chosen is not None, case
    return case.chosen


def _id(case: Case) -> str:
    return _chosen(case).image.image_id


def _all_failed(things: list[Thing]) -> bool:
    return bool(things) and all(item.state in FAILED for item in things)


@pytest.fixture(scope="module", autouse=True)
def _forget_the_cases() -> t.Iterator[None]:
    yield
    cases.cache_clear()

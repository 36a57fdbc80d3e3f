# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which images go, which stay, and why. Pure."""

from __future__ import annotations

import re
import typing as t
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._images import Image
from ansible_collections.tencentcloud.cvm.plugins.module_utils._prune_plan import (
    DELETED_FOR,
    Known,
    Reason,
    Rule,
    Uses,
    judge,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
RULE = Rule(None, re.compile("golden-.*"), keep=1)
KNOWN = Known(NOW.timestamp())


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def image(number: int, days: float, source: str | None = "ap-a/img-gone0001", **different: t.Any) -> Image:
    tags = {"cvm-image-source": source} if source else {}
    plain = Image("ap-b", f"img-{number}", f"golden-{number}", "NORMAL", created=days_ago(days), tags=tags)
    return replace(plain, **different)


def reasons(rule: Rule, images: list[Image], uses: Uses | None = None, known: Known = KNOWN) -> dict[str, str]:
    return {item.image.image_id: item.reason.value for item in judge(rule, images, uses or Uses(), known)}


NEW = image(9, 1)
OLD = image(1, 30)
WAYS: list[tuple[Reason, dict[str, t.Any]]] = [
    (Reason.PROTECTED, {"rule": {"protected": frozenset({"img-1"})}}),
    (Reason.NOT_OURS, {"image": {"tags": {}}}),
    (Reason.IN_PROGRESS, {"image": {"image_state": "SYNCING"}}),
    (Reason.USED_BY_INSTANCE, {"instances": ("ins-1", "ins-2")}),
    (Reason.USED_BY_LAUNCH_TEMPLATE, {"templates": ("lt-1:3",)}),
    (Reason.BEING_COPIED, {"known": {"copying": {"ap-b/img-1"}}}),
    (Reason.TOO_YOUNG, {"rule": {"minimum_age_days": 31}}),
    (Reason.NEWEST, {"rule": {"keep": 2}}),
    (Reason.SHARED, {"known": {"shares": {"img-1": ("200",)}}}),
]
"""Each reason for which an image stays that would go without it, in their order."""


def combined(*changes: dict[str, t.Any]) -> tuple[Rule, list[Image], Uses, Known]:
    """The world in which all of these hold of OLD at once."""
    parts: dict[str, dict[str, t.Any]] = {"rule": {}, "image": {}, "known": {}}
    uses: dict[str, dict[str, tuple[str, ...]]] = {}
    for change in changes:
        for part, values in change.items():
            if part in parts:
                parts[part].update(values)
            else:
                uses[part] = {"img-1": values}
    images = [NEW, replace(OLD, **parts["image"])]
    return replace(RULE, **parts["rule"]), images, Uses(**uses), replace(KNOWN, **parts["known"])


def test_without_a_reason_to_stay_it_goes() -> None:
    assert reasons(*combined()) == {"img-9": "newest", "img-1": "surplus"}


@pytest.mark.parametrize(("reason", "change"), WAYS, ids=[reason.value for reason, _change in WAYS])
def test_each_reason_alone_keeps_an_image(reason: Reason, change: dict[str, t.Any]) -> None:
    rule, images, uses, known = combined(change)
    (verdict,) = [item for item in judge(rule, images, uses, known) if item.image.image_id == "img-1"]
    assert (verdict.reason, verdict.delete) == (reason, False)
    expected = change.get("instances") or change.get("templates") or change.get("known", {}).get("shares", {})
    assert verdict.used_by == (expected.get("img-1", ()) if isinstance(expected, dict) else expected)


@pytest.mark.parametrize("first", range(len(WAYS)), ids=[reason.value for reason, _change in WAYS])
def test_of_several_reasons_the_first_is_told(first: int) -> None:
    held = combined(*(change for _reason, change in WAYS[first:]))
    # Being newest is impossible for what is in progress or not ours, and is looked for after both.
    assert reasons(*held)["img-1"] == WAYS[first][0].value


def test_the_order_is_that_of_the_words() -> None:
    assert [reason for reason, _change in WAYS] == [reason for reason in Reason if reason not in DELETED_FOR]


@pytest.mark.parametrize("state", ["CREATING", "SYNCING", "IMPORTING", "SOMETHING_NEW", ""])
def test_only_what_has_ended_goes(state: str) -> None:
    assert reasons(RULE, [NEW, replace(OLD, image_state=state)])["img-1"] == "in_progress"


@pytest.mark.parametrize("state", ["CREATEFAILED", "IMPORTFAILED"])
def test_a_failed_image_goes_however_young_and_pushes_out_no_good_one(state: str) -> None:
    images = [image(3, 1, image_state=state), image(2, 2), image(1, 3)]
    assert reasons(RULE, images) == {"img-3": "failed", "img-2": "newest", "img-1": "surplus"}


def test_an_unfinished_image_pushes_out_no_good_one() -> None:
    assert reasons(RULE, [image(3, 0, image_state="SYNCING"), image(2, 2)])["img-2"] == "newest"


def test_a_stranger_pushes_out_none_of_ours() -> None:
    assert reasons(RULE, [image(3, 0, None), image(2, 2)]) == {"img-3": "not_ours", "img-2": "newest"}
    told = replace(RULE, only_copies=False)
    assert reasons(told, [image(3, 0, None), image(2, 2)]) == {"img-3": "newest", "img-2": "surplus"}


def test_an_image_that_is_kept_otherwise_counts_among_the_newest() -> None:
    images = [image(3, 1), image(2, 2), image(1, 3)]
    assert reasons(RULE, images, Uses({"img-3": ("ins-1",)})) == {
        "img-3": "used_by_instance",
        "img-2": "surplus",
        "img-1": "surplus",
    }


@pytest.mark.parametrize(("keep", "going"), [(0, 3), (1, 2), (2, 1), (3, 0), (9, 0)])
def test_keep(keep: int, going: int) -> None:
    verdicts = judge(replace(RULE, keep=keep), [image(number, 9 - number) for number in range(3)], Uses(), KNOWN)
    assert [verdict.image.image_id for verdict in verdicts] == ["img-2", "img-1", "img-0"]
    assert [verdict.delete for verdict in verdicts] == [False] * (3 - going) + [True] * going


@pytest.mark.parametrize(("days", "reason"), [(6.999, "too_young"), (7, "surplus"), (7.001, "surplus")])
def test_minimum_age(days: float, reason: str) -> None:
    rule = replace(RULE, keep=0, minimum_age_days=7)
    assert reasons(rule, [image(1, days)]) == {"img-1": reason}


def test_a_slow_clock_here_makes_nothing_too_young_without_a_minimum_age() -> None:
    assert reasons(replace(RULE, keep=0), [image(1, -0.1)]) == {"img-1": "surplus"}
    assert reasons(replace(RULE, keep=0, minimum_age_days=0.01), [image(1, -0.1)]) == {"img-1": "too_young"}


def named(*names: str) -> list[Image]:
    return [image(number, number, image_name=name) for number, name in enumerate(names)]


def test_a_pattern_has_to_match_the_whole_name() -> None:
    images = named("golden-1", "my-golden-1", "golden-1\nx", "Golden-1")
    assert list(reasons(RULE, images)) == ["img-0"]


def test_capture_groups_part_the_images() -> None:
    images = named("golden-web-3", "golden-web-2", "golden-db-3", "golden-db-2")
    parted = replace(RULE, pattern=re.compile("golden-(web|db)-.*"))
    assert reasons(parted, images) == {
        "img-2": "newest",
        "img-3": "surplus",
        "img-0": "newest",
        "img-1": "surplus",
    }
    together = replace(RULE, pattern=re.compile("golden-(?:web|db)-.*"))
    assert list(reasons(together, images).values()) == ["newest", "surplus", "surplus", "surplus"]


def test_a_group_that_captures_nothing_is_a_group_of_its_own() -> None:
    parted = replace(RULE, pattern=re.compile("golden(-arm)?-[0-9]"))
    verdicts = judge(parted, named("golden-1", "golden-arm-1"), Uses(), KNOWN)
    assert [verdict.group for verdict in verdicts] == [("",), ("-arm",)]


def test_a_family_is_exact() -> None:
    rule = Rule("golden", None, keep=0)
    images = [image(1, 1, image_family="golden"), image(2, 1, image_family="golden-2"), image(3, 1)]
    assert list(reasons(rule, images)) == ["img-1"]


MADE = {"ap-a/img-jan00001": days_ago(300).timestamp(), "ap-a/img-feb00001": days_ago(270).timestamp()}
JAN, FEB, GONE = "ap-a/img-jan00001", "ap-a/img-feb00001", "ap-a/img-gone0001"
LATE: list[tuple[str, list[Image], dict[str, str]]] = [
    (
        "a late copy of an old source is old",
        [image(1, 1, JAN), image(2, 200, FEB)],
        {"img-2": "newest", "img-1": "surplus"},
    ),
    (
        "of two copies of one source the later stays",
        [image(1, 9, FEB), image(2, 8, FEB)],
        {"img-2": "newest", "img-1": "surplus"},
    ),
    (
        "a late copy of a source that is gone does not push out one whose age is certain",
        [image(1, 1, GONE), image(2, 200, FEB), image(3, 210, JAN)],
        {"img-1": "newest", "img-2": "newest", "img-3": "surplus"},
    ),
    (
        "nor an original",
        [image(1, 1, GONE), image(2, 200, None)],
        {"img-1": "newest", "img-2": "newest"},
    ),
    (
        "without any source copies are as old as themselves",
        [image(1, 1, GONE), image(2, 2, GONE), image(3, 3, "nonsense")],
        {"img-1": "newest", "img-2": "surplus", "img-3": "surplus"},
    ),
]


@pytest.mark.parametrize(("images", "expected"), [row[1:] for row in LATE], ids=[row[0] for row in LATE])
def test_what_is_newest(images: list[Image], expected: dict[str, str]) -> None:
    rule = replace(RULE, only_copies=False)
    assert reasons(rule, images, known=replace(KNOWN, made=MADE)) == expected
    assert reasons(rule, images[::-1], known=replace(KNOWN, made=MADE)) == expected


def test_deleting_shared_images_tells_who_loses_them() -> None:
    rule = replace(RULE, keep=0, delete_shared=True)
    (verdict,) = judge(rule, [OLD], Uses(), replace(KNOWN, shares={"img-1": ("200", "300")}))
    assert (verdict.delete, verdict.used_by) == (True, ("200", "300"))

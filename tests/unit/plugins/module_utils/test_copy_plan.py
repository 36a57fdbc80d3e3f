# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The identity table, pure."""

from __future__ import annotations

import itertools
import typing as t
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._copy_plan import (
    ENCRYPTION_TAG,
    SOURCE_TAG,
    TABLE,
    VISIBILITY_SECONDS,
    Action,
    Stage,
    Trail,
    Wanted,
    Whose,
    decide,
    differences,
    judge,
    marked_as,
    stage_of,
    whose_is,
)
from ansible_collections.tencentcloud.cvm.plugins.module_utils._images import Image

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
WANTED = Wanted(SOURCE, "ap-shanghai", "golden")
REPLACING = replace(WANTED, replace_failed=True)
ENCRYPTED = replace(WANTED, encryption="kms-1")
OURS = {SOURCE_TAG: "ap-guangzhou/img-source01"}
ANOTHERS = {SOURCE_TAG: "ap-guangzhou/img-other001"}


def copy(**different: t.Any) -> Image:
    plain = replace(SOURCE, region="ap-shanghai", image_id="img-copy0001", created=BIRTH + timedelta(hours=1))
    return replace(plain, **different)


ROWS = [
    # name, wanted, images there, action, image chosen
    ("nothing is there", WANTED, [], Action.COPY, None),
    ("ours, ready", WANTED, [copy(tags=OURS)], Action.KEEP, "img-copy0001"),
    ("ours, ready, though unlike", WANTED, [copy(tags=OURS, os_name="Debian")], Action.KEEP, "img-copy0001"),
    ("ours, syncing", WANTED, [copy(tags=OURS, image_state="SYNCING")], Action.AWAIT, "img-copy0001"),
    ("ours, creating", WANTED, [copy(tags=OURS, image_state="CREATING")], Action.AWAIT, "img-copy0001"),
    ("unmarked, syncing", WANTED, [copy(image_state="SYNCING")], Action.AWAIT, "img-copy0001"),
    (
        "unmarked, syncing, its properties not known yet",
        WANTED,
        [copy(image_state="SYNCING", os_name="", platform="", architecture="", image_size=0)],
        Action.AWAIT,
        "img-copy0001",
    ),
    ("unmarked, ready, alike", WANTED, [copy()], Action.ADOPT, "img-copy0001"),
    ("unmarked, made in the same second", WANTED, [copy(created=BIRTH)], Action.ADOPT, "img-copy0001"),
    ("unmarked, older", WANTED, [copy(created=BIRTH - timedelta(seconds=1))], Action.REFUSE, "img-copy0001"),
    ("unmarked, other os", WANTED, [copy(os_name="Debian")], Action.REFUSE, "img-copy0001"),
    ("unmarked, ready, os unknown", WANTED, [copy(os_name="")], Action.REFUSE, "img-copy0001"),
    ("unmarked, other platform", WANTED, [copy(platform="Debian")], Action.REFUSE, "img-copy0001"),
    ("unmarked, other architecture", WANTED, [copy(architecture="arm")], Action.REFUSE, "img-copy0001"),
    ("unmarked, other size", WANTED, [copy(image_size=60)], Action.REFUSE, "img-copy0001"),
    ("unmarked, being imported", WANTED, [copy(image_state="IMPORTING")], Action.REFUSE, "img-copy0001"),
    ("another's", WANTED, [copy(tags=ANOTHERS)], Action.REFUSE, "img-copy0001"),
    ("another's, syncing", WANTED, [copy(tags=ANOTHERS, image_state="SYNCING")], Action.REFUSE, "img-copy0001"),
    ("another's, failed", REPLACING, [copy(tags=ANOTHERS, image_state="CREATEFAILED")], Action.REFUSE, "img-copy0001"),
    ("ours, failed", WANTED, [copy(tags=OURS, image_state="CREATEFAILED")], Action.FAIL, "img-copy0001"),
    ("ours, import failed", WANTED, [copy(tags=OURS, image_state="IMPORTFAILED")], Action.FAIL, "img-copy0001"),
    (
        "ours, failed, to be replaced",
        REPLACING,
        [copy(tags=OURS, image_state="CREATEFAILED")],
        Action.REPLACE,
        "img-copy0001",
    ),
    ("unmarked, failed", WANTED, [copy(image_state="CREATEFAILED")], Action.FAIL, "img-copy0001"),
    ("unmarked, failed, to be replaced", REPLACING, [copy(image_state="CREATEFAILED")], Action.ADOPT, "img-copy0001"),
    (
        "failed, and a stranger bears the name as well",
        REPLACING,
        [copy(tags=OURS, image_state="CREATEFAILED"), copy(image_id="img-strange1", os_name="Debian")],
        Action.REFUSE,
        "img-copy0001",
    ),
    (
        "several, one ours",
        WANTED,
        [copy(image_id="img-strange1", os_name="Debian"), copy(tags=OURS)],
        Action.KEEP,
        "img-copy0001",
    ),
    ("several, none ours", WANTED, [copy(image_id="img-strange1"), copy()], Action.REFUSE, None),
    (
        "several of ours: the ready one",
        WANTED,
        [copy(tags=OURS, image_id="img-syncing1", image_state="SYNCING"), copy(tags=OURS)],
        Action.KEEP,
        "img-copy0001",
    ),
    (
        "several of ours and ready: the oldest",
        WANTED,
        [copy(tags=OURS, image_id="img-younger1", created=BIRTH + timedelta(hours=2)), copy(tags=OURS)],
        Action.KEEP,
        "img-copy0001",
    ),
    ("encrypted as wanted", ENCRYPTED, [copy(tags={**OURS, ENCRYPTION_TAG: "kms-1"})], Action.KEEP, "img-copy0001"),
    (
        "encrypted with another key",
        ENCRYPTED,
        [copy(tags={**OURS, ENCRYPTION_TAG: "kms-2"})],
        Action.REFUSE,
        "img-copy0001",
    ),
    (
        "encrypted, but a plain one is wanted",
        WANTED,
        [copy(tags={**OURS, ENCRYPTION_TAG: "kms-1"})],
        Action.REFUSE,
        "img-copy0001",
    ),
    ("plain, but an encrypted one is wanted", ENCRYPTED, [copy(tags=OURS)], Action.REFUSE, "img-copy0001"),
    ("unmarked, and an encrypted one is wanted", ENCRYPTED, [copy()], Action.REFUSE, "img-copy0001"),
    (
        "unmarked, syncing, and an encrypted one is wanted",
        ENCRYPTED,
        [copy(image_state="SYNCING")],
        Action.AWAIT,
        "img-copy0001",
    ),
]


@pytest.mark.parametrize(("_name", "wanted", "there", "action", "chosen"), ROWS, ids=[row[0] for row in ROWS])
def test_rows(_name: str, wanted: Wanted, there: list[Image], action: Action, chosen: str | None) -> None:
    decision = decide(wanted, there, Trail(), now=0.0)
    assert (decision.action, decision.image.image_id if decision.image else None) == (action, chosen)
    refused = action in (Action.REFUSE, Action.FAIL)
    assert bool(decision.why) or not refused


def test_the_table_is_total() -> None:
    assert set(TABLE) == set(itertools.product(Whose, Stage))


def test_reasons_name_the_image_and_the_way_out() -> None:
    for _name, wanted, there, action, chosen in ROWS:
        if action in (Action.REFUSE, Action.FAIL) and chosen:
            why = decide(wanted, there, Trail(), now=0.0).why
            assert chosen in why
            assert any(way in why for way in ("copy_name", "replace_failed", "bear the name")), why


def test_the_other_source_is_named() -> None:
    assert "ap-guangzhou/img-other001" in judge(WANTED, [copy(tags=ANOTHERS)]).why
    assert "encrypted with kms-2" in judge(ENCRYPTED, [copy(tags={**OURS, ENCRYPTION_TAG: "kms-2"})]).why


def test_several_strangers_are_listed() -> None:
    why = judge(WANTED, [copy(image_id="img-aaaaaaaa"), copy(image_id="img-bbbbbbbb", image_state="SYNCING")]).why
    assert "img-aaaaaaaa (NORMAL), img-bbbbbbbb (SYNCING)" in why


def test_rivals_are_copies_beside_the_chosen_one() -> None:
    rivals = [
        copy(image_id="img-marked01", tags=OURS, created=BIRTH + timedelta(hours=2)),
        copy(image_id="img-alike001"),
        copy(image_id="img-strange1", os_name="Debian"),
    ]
    assert judge(WANTED, [copy(tags=OURS), *rivals]).rivals == ("img-marked01", "img-alike001")


def test_marks() -> None:
    assert WANTED.marks() == OURS
    assert ENCRYPTED.marks() == {**OURS, ENCRYPTION_TAG: "kms-1"}


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        ("NORMAL", Stage.READY),
        ("SYNCING", Stage.UNDER_WAY),
        ("CREATING", Stage.UNDER_WAY),
        ("CREATEFAILED", Stage.FAILED),
        ("IMPORTFAILED", Stage.FAILED),
        ("IMPORTING", Stage.FOREIGN),
        ("SOMETHING_NEW", Stage.FOREIGN),
    ],
)
def test_stages(state: str, stage: Stage) -> None:
    assert stage_of(copy(image_state=state)) is stage


def test_differences_are_all_named() -> None:
    other = copy(os_name="a", platform="b", architecture="c", image_size=1, created=BIRTH - timedelta(days=1))
    assert differences(WANTED, other) == [
        "its operating system is a and not Ubuntu",
        "its platform is b and not Ubuntu",
        "its architecture is c and not x86_64",
        "its size is 1 and not 50",
        "it is older than the source (2026-10-31 00:00 UTC)",
    ]
    assert differences(WANTED, copy()) == []


# What this run itself knows -------------------------------------------------------------------------------------------


def test_a_receipt_is_provenance() -> None:
    unmarked = copy(image_id="img-receipt1", os_name="")
    assert whose_is(WANTED, unmarked, {"img-receipt1"}) is Whose.OURS
    assert decide(WANTED, [unmarked], Trail(receipt="img-receipt1"), 0.0).action is Action.KEEP
    assert decide(WANTED, [copy(image_state="CREATEFAILED")], Trail(receipt="img-copy0001"), 0.0).action is Action.FAIL


def test_a_mark_that_is_not_shown_yet_is_provenance() -> None:
    failed = copy(image_state="CREATEFAILED")
    assert decide(REPLACING, [failed], Trail(marked_id="img-copy0001"), 0.0).action is Action.REPLACE


NOTHING_THERE = [
    ("never asked", Trail(), 0.0, Action.COPY),
    ("asked, answer lost, just now", Trail(sent_at=100.0), 100.0 + VISIBILITY_SECONDS - 1, Action.AWAIT),
    ("asked, answer lost, long ago", Trail(sent_at=100.0), 100.0 + VISIBILITY_SECONDS, Action.COPY),
    ("accepted with an id, long ago", Trail(sent_at=100.0, receipt="img-1"), 9999.0, Action.AWAIT),
    ("seen a moment ago", Trail(seen_id="img-1", seen_at=100.0), 100.0 + VISIBILITY_SECONDS - 1, Action.AWAIT),
    ("seen, and gone for long", Trail(seen_id="img-1", seen_at=100.0), 100.0 + VISIBILITY_SECONDS, Action.FAIL),
    (
        "accepted, seen, and gone",
        Trail(sent_at=1.0, receipt="img-1", seen_id="img-1", seen_at=100.0),
        999.0,
        Action.FAIL,
    ),
    ("the failed copy has been deleted", Trail(deleted_id="img-1"), 0.0, Action.COPY),
]


@pytest.mark.parametrize(("_name", "trail", "now", "action"), NOTHING_THERE, ids=[row[0] for row in NOTHING_THERE])
def test_nothing_there(_name: str, trail: Trail, now: float, action: Action) -> None:
    assert decide(WANTED, [], trail, now).action is action


def test_a_copy_that_is_being_deleted_is_waited_for() -> None:
    dying = copy(image_state="CREATEFAILED", tags=OURS)
    assert decide(REPLACING, [dying], Trail(deleted_id="img-copy0001"), 0.0).action is Action.AWAIT
    successor = copy(image_id="img-new00001", tags=OURS, image_state="SYNCING")
    decision = decide(REPLACING, [dying, successor], Trail(deleted_id="img-copy0001"), 0.0)
    assert (decision.action, decision.image) == (Action.AWAIT, successor)


# What is said, word for word ------------------------------------------------------------------------------------------

OTHER_NAME = "choose another copy_name, or rename or delete that image"
NOT_WANTED = "choose another copy_name, or rename or delete those that are not wanted"
BOTH = "img-copy0001 (NORMAL), img-2 (NORMAL)"
UNKNOWN_OS = "its operating system is unknown and not Ubuntu"
A, NAMED = "the image img-copy0001", "of this name is"
LOST = "the copy img-copy0001 ended as CREATEFAILED"
WORDS = [
    ([copy(tags=ANOTHERS)], f"{A} {NAMED} a copy of ap-guangzhou/img-other001; {OTHER_NAME}"),
    (
        [copy(tags={**OURS, ENCRYPTION_TAG: "kms-2"})],
        f"{A} {NAMED} a copy of ap-guangzhou/img-source01, encrypted with kms-2; {OTHER_NAME}",
    ),
    ([copy(image_state="IMPORTING")], f"{A} {NAMED} in state IMPORTING; {OTHER_NAME}"),
    ([copy(os_name="")], f"{A} {NAMED} no copy of img-source01: {UNKNOWN_OS}; {OTHER_NAME}"),
    (
        [copy(os_name="", image_size=60)],
        f"{A} {NAMED} no copy of img-source01: {UNKNOWN_OS} and its size is 60 and not 50; {OTHER_NAME}",
    ),
    (
        [copy(), copy(image_id="img-2")],
        f"several images bear this name and none is marked as ours: {BOTH}; {NOT_WANTED}",
    ),
    (
        [copy(image_state="CREATEFAILED")],
        f"{LOST}; delete it, or set replace_failed to have it deleted and copied again",
    ),
    (
        [copy(image_state="CREATEFAILED", tags=OURS), copy(image_id="img-2")],
        f"{LOST}, and other images bear the name as well: img-2 (NORMAL); {NOT_WANTED}",
    ),
    ([copy(tags=OURS)], ""),
]


@pytest.mark.parametrize(("there", "why"), WORDS)
def test_reasons_word_for_word(there: list[Image], why: str) -> None:
    assert decide(WANTED, there, Trail(), now=0.0).why == why


def test_an_image_without_marks_is_called_that() -> None:
    assert marked_as(copy()) == "without the marks of a copy"
    assert marked_as(copy(tags=OURS)) == "a copy of ap-guangzhou/img-source01"


STILL_NOTHING = [
    (Trail(seen_id="img-1", seen_at=100.0), "the copy img-1 was being made and has disappeared; "),
    (Trail(sent_at=1.0, receipt="img-1"), "the copy img-1 is not visible yet"),
    (Trail(sent_at=150.0), "the request was sent and shows no effect yet"),
]


@pytest.mark.parametrize(("trail", "why"), STILL_NOTHING)
def test_what_a_run_waits_for_word_for_word(trail: Trail, why: str) -> None:
    said = decide(WANTED, [], trail, now=200.0).why
    assert said == (why + "run again to have it copied anew" if why.endswith("; ") else why)


def test_a_failed_copy_with_others_beside_it_fails_or_is_refused_where_it_was_to_be_replaced() -> None:
    there = [copy(tags=OURS, image_state="CREATEFAILED"), copy(image_id="img-copy0002")]
    assert decide(WANTED, there, Trail(), 0.0).action is Action.FAIL
    assert decide(REPLACING, there, Trail(), 0.0).action is Action.REFUSE


def test_the_end_of_a_deletion_is_waited_for_in_words() -> None:
    dying = copy(image_state="CREATEFAILED", tags=OURS)
    assert decide(REPLACING, [dying], Trail(deleted_id="img-copy0001"), 0.0).why == "the failed copy is being deleted"


def test_a_copy_that_may_be_being_deleted_is_ours() -> None:
    failed = copy(image_state="CREATEFAILED")
    assert decide(REPLACING, [failed], Trail(deleting_id="img-copy0001"), 0.0).action is Action.REPLACE
    assert decide(REPLACING, [], Trail(deleting_id="img-copy0001"), 0.0).action is Action.COPY


def test_an_unmarked_rival_is_told_of_whatever_its_key() -> None:
    """Two runs at once: the one that lost has not marked its copy, so nobody knows with which key it is encrypted."""
    marked = copy(tags={**OURS, ENCRYPTION_TAG: "kms-1"})
    rivals = [
        copy(image_id="img-alike001"),
        copy(image_id="img-plain001", tags=OURS),
        copy(image_id="img-o", os_name="x"),
    ]
    assert judge(ENCRYPTED, [marked, *rivals]).rivals == ("img-alike001",)


def test_a_receipt_that_lost_a_race_is_a_rival() -> None:
    """Known only by its receipt: unfinished, it shows nothing that speaks for it."""
    there = [copy(tags=OURS), copy(image_id="img-receipt1", image_state="CREATING", os_name="Debian")]
    decision = decide(WANTED, there, Trail(receipt="img-receipt1"), 0.0)
    assert (decision.image, decision.rivals) == (there[0], ("img-receipt1",))


# The mark of an encrypted copy that another run makes ----------------------------------------------------------------

SEEN = Trail(seen_id="img-copy0001", seen_at=100.0)
MARK_MAY_COME = [
    ("a moment after it was seen being made", ENCRYPTED, copy(), SEEN, 159.0, Action.AWAIT),
    ("too late", ENCRYPTED, copy(), SEEN, 160.0, Action.REFUSE),
    ("never seen being made", ENCRYPTED, copy(), Trail(), 100.0, Action.REFUSE),
    ("another one was seen", ENCRYPTED, copy(), Trail(seen_id="img-2", seen_at=100.0), 100.0, Action.REFUSE),
    ("marked by another", ENCRYPTED, copy(tags=ANOTHERS), SEEN, 100.0, Action.REFUSE),
    ("a plain copy", WANTED, copy(os_name="Debian"), SEEN, 100.0, Action.REFUSE),
]


@pytest.mark.parametrize(
    ("_name", "wanted", "image", "trail", "now", "action"), MARK_MAY_COME, ids=[row[0] for row in MARK_MAY_COME]
)
def test_a_mark_that_may_come(
    _name: str, wanted: Wanted, image: Image, trail: Trail, now: float, action: Action
) -> None:
    decision = decide(wanted, [image], trail, now)
    assert (decision.action, decision.image) == (action, image)


# Our own copy, not visible yet, beside another image of the name ------------------------------------------------------

GOT_ID = Trail(sent_at=100.0, receipt="img-9")
RECEIPT_MAY_COME = [
    ("a moment after it was accepted", GOT_ID, 399.0, Action.AWAIT),
    ("for too long", GOT_ID, 400.0, Action.ADOPT),
    ("seen before", replace(GOT_ID, seen_id="img-9", seen_at=100.0), 101.0, Action.ADOPT),
    ("there", replace(GOT_ID, receipt="img-copy0001"), 101.0, Action.KEEP),
    ("asked for without an answer", Trail(sent_at=100.0), 101.0, Action.ADOPT),
]


@pytest.mark.parametrize(
    ("_name", "trail", "now", "action"), RECEIPT_MAY_COME, ids=[row[0] for row in RECEIPT_MAY_COME]
)
def test_a_copy_of_our_own_that_may_come(_name: str, trail: Trail, now: float, action: Action) -> None:
    decision = decide(WANTED, [copy()], trail, now)
    assert decision.action is action
    assert decision.why == ("the copy img-9 is not visible yet" if action is Action.AWAIT else "")


@pytest.mark.parametrize(("now", "action"), [(399.0, Action.AWAIT), (400.0, Action.COPY)])
def test_an_accepted_request_without_an_id_has_more_patience(now: float, action: Action) -> None:
    assert decide(WANTED, [], Trail(sent_at=100.0, accepted=True), now).action is action

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What to do about one image: the tables of the plan."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import InputError
from ansible_collections.tencentcloud.cvm.plugins.module_utils._image_order import Order, Origin
from ansible_collections.tencentcloud.cvm.plugins.module_utils._image_plan import (
    TABLE,
    Action,
    Changes,
    Stage,
    Trail,
    applied,
    choose,
    decide,
    lacks,
    newborn,
    shares_after,
    stage_of,
)
from ansible_collections.tencentcloud.cvm.plugins.module_utils._images import Image

REGION = "ap-guangzhou"
NOW = 10_000.0
PLAIN = Order(REGION, image_name="golden")
MADE = Order(REGION, image_name="golden", origin=Origin("ins-1"))


def image(image_id: str = "img-1", state: str = "NORMAL", **different: t.Any) -> Image:
    return Image(REGION, image_id, different.pop("image_name", "golden"), state, **different)


# Which image --------------------------------------------------------------------------------------------------------

OLD, NEW, OTHER = image("img-old"), image("img-new", image_name="newer"), image("img-other")
RENAMING = Order(REGION, image_name="golden", new_name="newer")


@pytest.mark.parametrize(
    ("named", "renamed", "chosen"),
    [
        ([], [], None),
        ([OLD], [], OLD),
        ([], [NEW], NEW),
        ([OLD], [OLD], OLD),
        ([OLD], [NEW], "img-old cannot be renamed to newer, for img-new in ap-guangzhou bears that name"),
        ([OLD, OTHER], [], "2 images in ap-guangzhou are named golden: img-old (NORMAL), img-other (NORMAL)"),
        ([OLD, OTHER], [NEW], "2 images in ap-guangzhou are named golden"),
        ([], [NEW, OTHER], "2 images in ap-guangzhou are named newer: img-new (NORMAL), img-other (NORMAL)"),
        ([OLD], [NEW, OTHER], "2 images in ap-guangzhou are named newer"),
    ],
)
def test_which_image_is_meant(named: list[Image], renamed: list[Image], chosen: Image | str | None) -> None:
    if not isinstance(chosen, str):
        assert choose(RENAMING, named, renamed) is chosen
        return
    with pytest.raises(InputError) as refused:
        choose(RENAMING, named, renamed)
    assert str(refused.value).startswith(chosen)


# What to do about it ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "stage", "as_it_is", "to_be_changed"),
    [
        ("NORMAL", Stage.READY, Action.KEEP, Action.CHANGE),
        ("CREATING", Stage.UNFINISHED, Action.AWAIT, Action.AWAIT),
        ("IMPORTING", Stage.UNFINISHED, Action.AWAIT, Action.AWAIT),
        ("SYNCING", Stage.BUSY, Action.KEEP, Action.AWAIT),
        ("USING", Stage.BUSY, Action.KEEP, Action.AWAIT),
        ("CREATEFAILED", Stage.FAILED, Action.FAIL, Action.FAIL),
        ("IMPORTFAILED", Stage.FAILED, Action.FAIL, Action.FAIL),
    ],
)
@pytest.mark.parametrize("origin", [None, Origin("ins-1")])
def test_an_image_that_is_there(
    state: str, stage: Stage, as_it_is: Action, to_be_changed: Action, origin: Origin | None
) -> None:
    """It is never made anew, whatever it could be made from."""
    there = image(state=state)
    assert stage_of(there) is stage
    for family, action in ((None, as_it_is), ("", as_it_is), ("web", to_be_changed)):
        order = Order(REGION, image_name="golden", family=family, origin=origin)
        assert decide(order, there, (), Trail(), NOW).action is action


def test_the_table_is_whole() -> None:
    assert set(TABLE) == set(itertools.product(Stage, (False, True)))
    assert Action.CREATE not in TABLE.values()


SENT, ACCEPTED = {"sent_at": NOW - 59}, {"sent_at": NOW - 299, "accepted": True}


@pytest.mark.parametrize(
    ("trail", "action", "why"),
    [
        ({}, Action.CREATE, ""),
        (SENT, Action.AWAIT, "the request was sent and shows no effect yet"),
        ({"sent_at": NOW - 60}, Action.CREATE, ""),
        (ACCEPTED, Action.AWAIT, "the request was sent and shows no effect yet"),
        ({**ACCEPTED, "sent_at": NOW - 300}, Action.CREATE, ""),
        ({**ACCEPTED, "sent_at": 0.0, "image_id": "img-9"}, Action.AWAIT, "the image img-9 is not visible yet"),
        ({"image_id": "img-9", "seen_at": NOW - 59}, Action.AWAIT, "the image img-9 is not shown at present"),
        (
            {**ACCEPTED, "image_id": "img-9", "seen_at": NOW - 60},
            Action.FAIL,
            "the image img-9 was there and has disappeared; run again to have it made anew",
        ),
    ],
)
def test_an_image_that_is_not_there(trail: dict[str, t.Any], action: Action, why: str) -> None:
    decision = decide(MADE, None, None, Trail(**trail), NOW)
    assert (decision.action, decision.why) == (action, why)


def test_an_image_that_is_not_there_and_cannot_be_made() -> None:
    for order, why in (
        (PLAIN, "there is no custom image named golden in ap-guangzhou; the name must be exact"),
        (RENAMING, "there is no custom image named golden or newer in ap-guangzhou"),
        (Order(REGION, image_id="img-7"), "there is no image img-7 in ap-guangzhou that this account can see"),
    ):
        decision = decide(order, None, None, Trail(), NOW)
        assert (decision.action, decision.why.startswith(why)) == (Action.FAIL, True)


# What it lacks ------------------------------------------------------------------------------------------------------

THERE = image(
    image_description="d",
    image_family="f",
    tags={"a": "1", "b": "2", "QCloud-x": "3", "tencent": "4", "project": "5", "cvm-image-source": "6"},
)
SHARES = ("1", "2")


@pytest.mark.parametrize(
    ("wanted", "changes"),
    [
        ({}, {}),
        ({"purge_tags": True, "purge_shares": True}, {}),
        ({"description": "d", "family": "f", "deprecated": False, "new_name": "golden"}, {}),
        ({"description": "e"}, {"attributes": {"ImageDescription": "e"}}),
        ({"family": "g", "deprecated": True}, {"attributes": {"ImageFamily": "g", "ImageDeprecated": True}}),
        ({"new_name": "newer"}, {"attributes": {"ImageName": "newer"}}),
        ({"tags": {"a": "1"}}, {}),
        ({"tags": {"a": "2", "c": "3"}}, {"tags": {"a": "2", "c": "3"}}),
        ({"tags": {"a": "1"}, "purge_tags": True}, {"untag": ("b",)}),
        ({"tags": {}, "purge_tags": True}, {"untag": ("a", "b")}),
        ({"shared_with": ("1",)}, {}),
        ({"shared_with": ("2", "3")}, {"share": ("3",)}),
        ({"shared_with": ("2", "3"), "purge_shares": True}, {"share": ("3",), "unshare": ("1",)}),
        ({"shared_with": (), "purge_shares": True}, {"unshare": ("1", "2")}),
        ({"not_shared_with": ("1", "3")}, {"unshare": ("1",)}),
        ({"shared_with": ("3",), "not_shared_with": ("1",)}, {"share": ("3",), "unshare": ("1",)}),
    ],
)
def test_what_an_image_lacks(wanted: dict[str, t.Any], changes: dict[str, t.Any]) -> None:
    order = Order(REGION, image_name="golden", **wanted)
    found = lacks(order, THERE, SHARES)
    assert (found, bool(found)) == (Changes(**changes), bool(changes))
    then, shares = applied(THERE, found), shares_after(SHARES, found)
    assert not lacks(order, then, shares), "what has been changed lacks nothing"


def test_a_new_image_is_what_was_asked_for() -> None:
    order = Order(REGION, image_name="golden", new_name="newer", description="d", family="f", tags={"a": "1"})
    made = newborn(order, "img-1", "NORMAL")
    assert (made.image_name, made.image_state) == ("newer", "NORMAL")
    assert not lacks(order, made, ())

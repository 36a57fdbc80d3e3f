# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which instances stay, come, go or change. Pure."""

from __future__ import annotations

import typing as t
from dataclasses import replace

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._instance_order import Order
from ansible_collections.tencentcloud.cvm.plugins.module_utils._instance_plan import Plan, make_plan
from ansible_collections.tencentcloud.cvm.plugins.module_utils._instances import GROUP_TAG, Instance

TAGS = {GROUP_TAG: "web"}
ORDER = Order("ap-shanghai", "web", 2, "present", "keep", image_id="img-1")


def machine(number: int, state: str = "RUNNING", **different: t.Any) -> Instance:
    plain = Instance(
        "ap-shanghai", f"ins-{number}", "web", state, image_id="img-1", created_time=f"2026-11-0{number}", tags=TAGS
    )
    return replace(plain, **different)


UNCHANGEABLE = (
    "ins-1 has instance_type S and not L, which cannot be changed in place; "
    "terminate it, or give the new instances another name."
)
ROWS: list[tuple[str, dict[str, t.Any], list[Instance], Plan]] = [
    ("nothing there", {}, [], Plan(launch=2)),
    ("as wanted", {}, [machine(1), machine(2)], Plan()),
    ("one missing", {}, [machine(1)], Plan(launch=1)),
    ("a failed one is not counted", {}, [machine(1), machine(2, "LAUNCH_FAILED")], Plan(launch=1)),
    ("nor one being shut down", {}, [machine(1), machine(2, "SHUTDOWN")], Plan(launch=1)),
    ("nor one being terminated", {}, [machine(1), machine(2, "TERMINATING")], Plan(launch=1)),
    ("one coming up is counted", {}, [machine(1), machine(2, "PENDING")], Plan(settling=("ins-2",))),
    ("a stopped one is counted", {}, [machine(1), machine(2, "STOPPED")], Plan()),
    (
        "too many: the youngest goes",
        {},
        [machine(1), machine(2), machine(3)],
        Plan(terminate=("ins-3",), leaving=("ins-3",)),
    ),
    (
        "too many: a stopped one goes first",
        {},
        [machine(1, "STOPPED"), machine(2), machine(3)],
        Plan(terminate=("ins-1",), leaving=("ins-1",)),
    ),
    (
        "too many: one of another image goes first",
        {},
        [machine(1, image_id="img-0"), machine(2, "STOPPED"), machine(3)],
        Plan(terminate=("ins-1",), leaving=("ins-1",)),
    ),
    (
        "too many, and one cannot go yet",
        {"count": 0},
        [machine(1), machine(2, "PENDING")],
        Plan(terminate=("ins-1",), settling=("ins-2",), leaving=("ins-1", "ins-2")),
    ),
    ("none wanted, one on its way out", {"count": 0}, [machine(1, "TERMINATING")], Plan(settling=("ins-1",))),
    ("none wanted, one failed", {"count": 0}, [machine(1, "LAUNCH_FAILED")], Plan()),
    ("to be running", {"state": "running"}, [machine(1, "STOPPED"), machine(2)], Plan(start=("ins-1",))),
    ("to be stopped", {"state": "stopped"}, [machine(1, "STOPPED"), machine(2)], Plan(stop=("ins-2",))),
    (
        "on its way is left to arrive",
        {"state": "stopped"},
        [machine(1, "STARTING"), machine(2, "STOPPED")],
        Plan(settling=("ins-1",)),
    ),
    ("another name", {}, [machine(1, instance_name="web1"), machine(2)], Plan(rename=("ins-1",))),
    (
        "another name, too early",
        {},
        [machine(1, "PENDING", instance_name="web1"), machine(2)],
        Plan(settling=("ins-1",)),
    ),
    (
        "other security groups",
        {"security_group_ids": ("sg-1", "sg-2")},
        [machine(1, security_group_ids=("sg-2", "sg-1")), machine(2, security_group_ids=("sg-1",))],
        Plan(regroup=("ins-2",)),
    ),
    (
        "a security group that is named twice",
        {"security_group_ids": ("sg-1", "sg-1")},
        [machine(1, security_group_ids=("sg-1",)), machine(2, security_group_ids=("sg-1",))],
        Plan(),
    ),
    (
        "tags that lack",
        {"tags": {"a": "1"}},
        [machine(1, tags={**TAGS, "a": "1"}), machine(2)],
        Plan(retag={"ins-2": {"a": "1"}}),
    ),
    ("another image is kept", {}, [machine(1, image_id="img-0"), machine(2)], Plan()),
    (
        "another image is an error",
        {"on_image_change": "fail"},
        [machine(1, image_id="img-0"), machine(2)],
        Plan(problems=("ins-1 runs the image img-0 and not img-1; set on_image_change to replace it, or to keep it.",)),
    ),
    (
        "no image is asked for",
        {"on_image_change": "fail", "image_id": None},
        [machine(1, image_id="img-0"), machine(2)],
        Plan(),
    ),
    (
        "replace: the new ones first",
        {"on_image_change": "replace"},
        [machine(1, image_id="img-0"), machine(2, image_id="img-0")],
        Plan(launch=2, leaving=("ins-1", "ins-2")),
    ),
    (
        "replace: only what is missing of the new",
        {"on_image_change": "replace"},
        [machine(1, image_id="img-0"), machine(2, image_id="img-0"), machine(3)],
        Plan(launch=1, leaving=("ins-1", "ins-2")),
    ),
    (
        "replace: the old stay until the new have come up",
        {"on_image_change": "replace"},
        [machine(1, image_id="img-0"), machine(3), machine(4, "PENDING")],
        Plan(settling=("ins-4",), leaving=("ins-1",)),
    ),
    (
        "replace: then the old go",
        {"on_image_change": "replace"},
        [machine(1, image_id="img-0"), machine(3), machine(4)],
        Plan(terminate=("ins-1",), leaving=("ins-1",)),
    ),
    (
        "replace: new ones that are to run have to run before the old go",
        {"on_image_change": "replace", "state": "running"},
        [machine(1, image_id="img-0"), machine(3, "STOPPED"), machine(4)],
        Plan(start=("ins-3",), leaving=("ins-1",)),
    ),
    (
        "replace: new ones that are to be stopped need not",
        {"on_image_change": "replace", "state": "stopped"},
        [machine(1, image_id="img-0"), machine(3, "STOPPED"), machine(4)],
        Plan(stop=("ins-4",), terminate=("ins-1",), leaving=("ins-1",)),
    ),
    (
        "replace: a failed new one keeps the old alive",
        {"on_image_change": "replace"},
        [machine(1, image_id="img-0"), machine(3), machine(4, "LAUNCH_FAILED")],
        Plan(launch=1, leaving=("ins-1",)),
    ),
    (
        "replace may change the type as well",
        {"on_image_change": "replace", "instance_type": "L"},
        [machine(1, image_id="img-0", instance_type="S"), machine(3, instance_type="L"), machine(4, instance_type="L")],
        Plan(terminate=("ins-1",), leaving=("ins-1",)),
    ),
    (
        "replace: an old one that cannot go, before anything is launched",
        {"on_image_change": "replace"},
        [machine(1, image_id="img-0", disable_api_termination=True), machine(2)],
        Plan(
            launch=1,
            leaving=("ins-1",),
            problems=("ins-1 is protected from termination; lift the protection first.",),
        ),
    ),
    (
        "replace with none wanted",
        {"on_image_change": "replace", "count": 0},
        [machine(1, image_id="img-0")],
        Plan(terminate=("ins-1",), leaving=("ins-1",)),
    ),
    (
        "another type cannot be converged",
        {"instance_type": "L"},
        [machine(1, instance_type="S"), machine(2, instance_type="L")],
        Plan(problems=(UNCHANGEABLE,)),
    ),
    (
        "prepaid is returned when that is allowed",
        {"count": 0, "terminate_prepaid": True},
        [machine(1, instance_charge_type="PREPAID"), machine(2, "SHUTDOWN", instance_charge_type="PREPAID")],
        Plan(terminate=("ins-1",), leaving=("ins-1",)),
    ),
    (
        "and what is protected stays so",
        {"count": 0, "terminate_prepaid": True},
        [machine(1, instance_charge_type="PREPAID", disable_api_termination=True)],
        Plan(
            terminate=("ins-1",),
            leaving=("ins-1",),
            problems=("ins-1 is protected from termination; lift the protection first.",),
        ),
    ),
    (
        "prepaid is not terminated",
        {"count": 0},
        [machine(1, instance_charge_type="PREPAID")],
        Plan(
            terminate=("ins-1",),
            leaving=("ins-1",),
            problems=("ins-1 is prepaid and would be returned; set terminate_prepaid to allow that.",),
        ),
    ),
    (
        "protected is not terminated",
        {"count": 0},
        [machine(1, disable_api_termination=True)],
        Plan(
            terminate=("ins-1",),
            leaving=("ins-1",),
            problems=("ins-1 is protected from termination; lift the protection first.",),
        ),
    ),
]


@pytest.mark.parametrize(("_name", "order", "members", "plan"), ROWS, ids=[row[0] for row in ROWS])
def test_rows(_name: str, order: dict[str, t.Any], members: list[Instance], plan: Plan) -> None:
    assert make_plan(replace(ORDER, **order), members) == plan


@pytest.mark.parametrize("state", ["RUNNING", "STOPPED"])
def test_no_second_one_goes_while_the_first_looks_alive(state: str) -> None:
    """Whatever the others look like by then: a stopped one would otherwise be missed least."""
    members = [machine(1, state), machine(2, state), machine(3)]
    assert make_plan(ORDER, members, {"ins-3"}).leaving == ("ins-3",)


def test_finished_means_nothing_to_do_and_nothing_on_its_way() -> None:
    assert Plan().finished
    assert not Plan(settling=("ins-1",)).finished
    for change in ({"launch": 1}, {"start": ("i",)}, {"stop": ("i",)}, {"terminate": ("i",)}, {"rename": ("i",)},
                   {"regroup": ("i",)}, {"retag": {"i": {"a": "1"}}}):  # fmt: skip
        assert Plan(**change).changes
        assert not Plan(**change).finished


def test_the_same_decision_has_the_same_token() -> None:
    first = ORDER.request(1, ["ins-b", "ins-a"], "")
    assert first == ORDER.request(1, ["ins-a", "ins-b"], "")
    assert len(first["ClientToken"]) <= 64
    others = [
        ORDER.request(2, ["ins-a", "ins-b"], ""),
        ORDER.request(1, ["ins-a"], ""),
        ORDER.request(1, ["ins-a", "ins-b"], "another"),
        replace(ORDER, launch={"ImageId": "img-2"}).request(1, ["ins-a", "ins-b"], ""),
        replace(ORDER, region="ap-beijing").request(1, ["ins-a", "ins-b"], ""),
        replace(ORDER, name="db").request(1, ["ins-a", "ins-b"], ""),
    ]
    tokens = {request["ClientToken"] for request in [first, *others]}
    assert len(tokens) == 7


@pytest.mark.parametrize(
    ("policy", "members", "size"),
    [
        ("keep", [machine(1)], None),
        ("keep", [machine(1), machine(2, "LAUNCH_FAILED")], None),
        ("keep", [machine(1), machine(2, "STOPPED"), machine(3)], 3),
        ("replace", [machine(1, image_id="img-0")], None),
        ("replace", [machine(1, image_id="img-0"), machine(2)], None),
        ("replace", [machine(1, image_id="img-0"), machine(2, image_id="img-0"), machine(3)], 2),
        ("replace", [machine(1), machine(2)], 2),
    ],
)
def test_what_nobody_counted_is_not_ended_for_being_too_many(
    policy: str, members: list[Instance], size: int | None
) -> None:
    order = replace(ORDER, count=1, is_counted=False, on_image_change=policy)
    problems = make_plan(order, members).problems
    assert [problem.rpartition(": ")[2] for problem in problems] == (
        [] if size is None else [f"exact_count={size} keeps them all."]
    )

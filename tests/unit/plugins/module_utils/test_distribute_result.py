# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One result made of many."""

from __future__ import annotations

import typing as t

from ansible_collections.tencentcloud.cvm.plugins.module_utils._copy_order import Kind, Order
from ansible_collections.tencentcloud.cvm.plugins.module_utils._distribute_result import Part, not_tried, to_result

FULL = {"code": "ImageQuotaLimitExceeded", "message": "the region is full", "request_id": "r-1"}
STRANGER = {"code": None, "message": "a stranger bears the name", "request_id": None}


def order(name: str, kind: Kind = Kind.CROSS_REGION, region: str = "ap-home") -> Order:
    return Order(kind, region, None, name, ("ap-a", "ap-b"), copy_name=name)


def cell(name: str, region: str, error: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
    status = "failed" if error else "copied"
    return {"image_name": name, "region": region, "status": status, "image_id": f"img-{region}", "error": error}


def part(name: str, *errors: dict[str, t.Any] | None, changed: bool = True) -> Part:
    cells = [cell(name, region, error) for region, error in zip(("ap-a", "ap-b"), errors, strict=False)]
    ids = {copy["region"]: copy["image_id"] for copy in cells if not copy["error"]}
    source = {"region": "ap-home", "image_name": name, "image_id": f"img-{name}"}
    diff = {when: {copy["region"]: {"name": name} for copy in cells} for when in ("before", "after")}
    shown = {"changed": changed, "source": source, "copies": cells, "image_ids": ids, "diff": diff}
    return Part(order(name), shown)


def test_what_is_good_is_told_without_a_message() -> None:
    result = to_result([[part("one", None, None)], [part("two", None, changed=False)]], nothing_done=False)

    assert result["changed"] is True
    assert [image["changed"] for image in result["images"]] == [True, False]
    assert "failed" not in result
    assert "msg" not in result
    assert [(copy["source_image_name"], copy["region"]) for copy in result["copies"]] == [
        ("one", "ap-a"),
        ("one", "ap-b"),
        ("two", "ap-a"),
    ]
    assert result["images"][0]["image_ids"] == {"ap-a": "img-ap-a", "ap-b": "img-ap-b"}
    assert result["diff"]["after"] == {
        "ap-a": {"one": {"name": "one"}, "two": {"name": "two"}},
        "ap-b": {"one": {"name": "one"}},
    }


def test_a_reason_is_told_once_with_all_its_regions_and_the_first_code_is_the_result_s() -> None:
    result = to_result([[part("one", STRANGER, None)], [part("two", FULL, FULL)]], nothing_done=False)

    assert result["msg"] == (
        "Copying one (ap-home) to ap-a failed: a stranger bears the name. "
        "Copying two (ap-home) to ap-a, ap-b failed: ImageQuotaLimitExceeded: the region is full (request r-1). "
        "Delete custom images there or ask Tencent Cloud for a larger quota. "
        "Of 4 copies 1 are in order; a rerun does only what is missing."
    )
    assert (result["error_code"], result["request_id"]) == ("ImageQuotaLimitExceeded", "r-1")
    assert result["images"][0]["error_code"] is None
    assert result["images"][1]["msg"].startswith("Copying two (ap-home) to ap-a, ap-b failed: ")


def test_nothing_in_order_needs_no_count() -> None:
    result = to_result([[part("one", STRANGER)]], nothing_done=False)
    assert result["msg"] == "Copying one (ap-home) to ap-a failed: a stranger bears the name."


def test_an_order_that_is_refused_as_a_whole_says_so() -> None:
    result = to_result([[part("one", STRANGER, None, changed=False)]], nothing_done=True)
    assert result["msg"].endswith(" Nothing was copied anywhere: mend this, or leave those copies out.")
    assert "rerun" not in result["msg"]


def test_the_message_is_cut_after_eight_sentences_and_the_copies_are_not() -> None:
    nine = to_result([[part(f"image{number}", STRANGER)] for number in range(9)], nothing_done=False)
    eight = to_result([[part(f"image{number}", STRANGER)] for number in range(8)], nothing_done=False)

    assert nine["msg"].count("failed: ") == eight["msg"].count("failed: ") == 8
    assert nine["msg"].endswith("And 1 more, which the result's copies tell of.")
    assert "more" not in eight["msg"]
    assert len(nine["copies"]) == 9


def test_an_encrypted_copy_has_its_own_ids_and_its_own_words() -> None:
    locked = Order(Kind.ENCRYPTED, "ap-a", "img-ap-a", None, ("ap-a",), copy_name="locked", kms_key_id="key")
    made = Part(locked, {"changed": True, "copies": [cell("locked", "ap-a")], "image_ids": {"ap-a": "img-locked"}})
    failed = Part(locked, {"changed": False, "copies": [cell("locked", "ap-a", FULL)], "image_ids": {}})

    good = to_result([[part("one", None), made]], nothing_done=False)
    bad = to_result([[part("one", None), failed]], nothing_done=False)

    assert good["images"][0]["image_ids"] == {"ap-a": "img-ap-a"}
    assert good["images"][0]["encrypted_image_ids"] == {"ap-a": "img-locked"}
    assert [copy["encryption"] for copy in good["copies"]] == [None, "key"]
    assert bad["msg"].startswith("Encrypting img-ap-a (ap-a) in ap-a failed: ImageQuotaLimitExceeded")


def test_what_was_not_tried_fails_silently_for_something_else_tells_why() -> None:
    locked = Order(Kind.ENCRYPTED, "ap-a", None, "one", ("ap-a",), copy_name="locked")
    result = to_result([[part("one", STRANGER), not_tried(locked, "locked", "failed", "why")]], nothing_done=False)

    assert result["copies"][1]["error"] == {"code": None, "message": "why", "request_id": None}
    assert result["msg"] == "Copying one (ap-home) to ap-a failed: a stranger bears the name."
    planned = to_result([[part("one", None), not_tried(locked, "locked", "planned")]], nothing_done=False)
    assert (planned["copies"][1]["status"], planned.get("failed")) == ("planned", None)


def test_warnings_of_all_are_told() -> None:
    one, two = part("one", None), part("two", None)
    warned = [Part(item.order, {**item.result, "warnings": [item.order.image_name]}) for item in (one, two)]
    assert to_result([[item] for item in warned], nothing_done=False)["warnings"] == ["one", "two"]

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Many images for many regions: one result made of many. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ._advice import sentence
from ._copy_order import Kind, Order

MOST_SENTENCES = 8
"""Of what failed; the result's copies tell of all of it."""


@dataclass(frozen=True)
class Part:
    """An order and its result, in the shape that the modules of single orders return.

    :param tried: false where only something else's failure is the reason; that tells of itself
    """

    order: Order
    result: Mapping[str, t.Any]
    tried: bool = True


def not_tried(order: Order, name: str, status: str, why: str | None = None) -> Part:
    """An encrypted copy that was not asked for, because what it is made from is not there."""
    cells = [
        {
            "region": region,
            "image_id": None,
            "image_name": name,
            "state": None,
            "status": status,
            "sync_percent": None,
            "source_image_id": None,
            "error": {"code": None, "message": why, "request_id": None} if why else None,
        }
        for region in order.destinations
    ]
    return Part(order, {"changed": False, "copies": cells, "image_ids": {}}, tried=False)


def to_result(images: Sequence[Sequence[Part]], *, nothing_done: bool) -> dict[str, t.Any]:
    """What the module returns, failed or not. ``images`` holds the parts of each entry, the first with its source."""
    parts = [part for of_image in images for part in of_image]
    copies = [
        {**copy, "source_region": source["region"], "source_image_name": source["image_name"]}
        for of_image in images
        for source in [of_image[0].result["source"]]
        for copy in _copies(of_image)
    ]
    result: dict[str, t.Any] = {
        "changed": any(part.result["changed"] for part in parts),
        "images": [_image(of_image) for of_image in images],
        "copies": copies,
        "diff": {when: _diff(parts, when) for when in ("before", "after")},
    }
    warnings = [text for part in parts for text in part.result.get("warnings", ())]
    if warnings:
        result["warnings"] = warnings
    failed = [copy for copy in copies if copy["error"]]
    if failed:
        good = len(copies) - len(failed)
        rest = f" Of {len(copies)} copies {good} are in order; a rerun does only what is missing." if good else ""
        if nothing_done:
            rest = " Nothing was copied anywhere: mend this, or leave those copies out."
        result |= {"failed": True, **_failure(parts), "msg": _capped(_sentences(parts)) + rest}
    return result


def _copies(parts: Sequence[Part]) -> list[dict[str, t.Any]]:
    return [{**copy, "encryption": part.order.encryption} for part in parts for copy in part.result["copies"]]


def _image(parts: Sequence[Part]) -> dict[str, t.Any]:
    """One entry: everything that was made from one image."""
    copies = _copies(parts)
    result = {
        "changed": any(part.result["changed"] for part in parts),
        "source": parts[0].result["source"],
        "copies": copies,
        "image_ids": _ids(part for part in parts if part.order.kind is Kind.CROSS_REGION),
        "encrypted_image_ids": _ids(part for part in parts if part.order.kind is Kind.ENCRYPTED),
    }
    if any(copy["error"] for copy in copies):
        result |= {**_failure(parts), "msg": _capped(_sentences(parts))}
    return result


def _ids(parts: t.Iterable[Part]) -> dict[str, str | None]:
    return {region: image_id for part in parts for region, image_id in part.result["image_ids"].items()}


def _failure(parts: Sequence[Part]) -> dict[str, t.Any]:
    errors = [copy["error"] for part in parts for copy in part.result["copies"] if copy["error"]]
    first = next((error for error in errors if error["code"]), None)
    return {"error_code": first["code"] if first else None, "request_id": first["request_id"] if first else None}


def _sentences(parts: Sequence[Part]) -> list[str]:
    """One for each image and reason, and the regions that it holds for."""
    found = []
    for part in (part for part in parts if part.tried):
        reasons: dict[tuple[t.Any, ...], list[str]] = {}
        for copy in part.result["copies"]:
            if copy["error"]:
                error = copy["error"]
                reasons.setdefault((error["code"], error["message"], error["request_id"]), []).append(copy["region"])
        verb, where = ("Encrypting", "in") if part.order.kind is Kind.ENCRYPTED else ("Copying", "to")
        for reason, regions in reasons.items():
            found.append(sentence(f"{verb} {part.order.source_label} {where} {', '.join(regions)}", *reason))
    return found


def _capped(sentences: Sequence[str]) -> str:
    more = len(sentences) - MOST_SENTENCES
    rest = [f"And {more} more, which the result's copies tell of."] if more > 0 else []
    return " ".join([*sentences[:MOST_SENTENCES], *rest])


def _diff(parts: Sequence[Part], when: str) -> dict[str, t.Any]:
    """Region -> name of the copy -> how it was, or is."""
    found: dict[str, t.Any] = {}
    for part in parts:
        names = {copy["region"]: copy["image_name"] for copy in part.result["copies"]}
        for region, image in part.result.get("diff", {}).get(when, {}).items():
            found.setdefault(region, {})[names[region]] = image
    return found

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What many images for many regions mean: which orders, in which order."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._copy_order import Kind, same_names
from ansible_collections.tencentcloud.cvm.plugins.module_utils._distribute_order import read_entries
from ansible_collections.tencentcloud.cvm.plugins.module_utils._errors import InputError

COMMON = {
    "region": "ap-guangzhou",
    "allow_cross_border": True,
    "replace_failed": False,
    "wait": True,
    "wait_timeout": 60,
    "wait_delay": 5.0,
}
NOTHING = {
    "region": None,
    "image_id": None,
    "image_name": None,
    "destination_regions": None,
    "copy_name": None,
    "copy_description": None,
    "tags": None,
    "copy_source_tags": False,
    "encrypt_regions": None,
    "encrypted_name": None,
    "kms_key_ids": None,
}


def image(**options: t.Any) -> dict[str, t.Any]:
    return {**NOTHING, "image_name": "golden", **options}


def read(*images: dict[str, t.Any], **common: t.Any) -> list[t.Any]:
    return read_entries({**COMMON, "images": list(images), **common})


LOCKED = {"encrypted_name": "locked", "encrypt_regions": ["ap-beijing"]}
DESTINATIONS = [
    pytest.param({"destination_regions": ["ap-a", "ap-b"]}, ("ap-a", "ap-b"), [], id="plain"),
    pytest.param(
        {**LOCKED, "encrypt_regions": ["ap-a", " ap-b"], "destination_regions": ["ap-a", " ap-c "]},
        ("ap-a", "ap-c", "ap-b"),
        ["ap-a", "ap-b"],
        id="text that was split at its commas",
    ),
    pytest.param(LOCKED, ("ap-beijing",), ["ap-beijing"], id="the plain copy comes first"),
    pytest.param(
        {**LOCKED, "destination_regions": ["ap-beijing", "ap-a"]},
        ("ap-beijing", "ap-a"),
        ["ap-beijing"],
        id="not twice",
    ),
    pytest.param(
        {**LOCKED, "encrypt_regions": ["ap-guangzhou"], "destination_regions": ["ap-a"]},
        ("ap-a",),
        ["ap-guangzhou"],
        id="at home no plain copy is needed",
    ),
]


@pytest.mark.parametrize(("options", "plain", "encrypted"), DESTINATIONS)
def test_destinations(options: dict[str, t.Any], plain: tuple[str, ...], encrypted: list[str]) -> None:
    (entry,) = read(image(**options))

    assert (entry.first.kind, entry.first.region) == (Kind.CROSS_REGION, "ap-guangzhou")
    assert entry.first.destinations == plain
    assert [order.region for order in entry.later] == encrypted
    assert all(order.destinations == (order.region,) for order in entry.later)
    assert all((order.kind, order.copy_name) == (Kind.ENCRYPTED, "locked") for order in entry.later)


def test_an_image_that_is_encrypted_at_home_alone_is_one_order() -> None:
    (entry,) = read(image(encrypted_name="locked", encrypt_regions=["ap-guangzhou"], kms_key_ids={"ap-guangzhou": "k"}))

    assert (entry.first.kind, entry.first.region, entry.later) == (Kind.ENCRYPTED, "ap-guangzhou", ())
    assert (entry.first.copy_name, entry.first.encryption) == ("locked", "k")


def test_a_key_is_for_its_region_and_an_empty_one_is_the_default() -> None:
    keys = {"ap-a": "key-a", "ap-b": ""}
    (entry,) = read(image(encrypted_name="locked", encrypt_regions=["ap-a", "ap-b", "ap-c"], kms_key_ids=keys))

    assert [order.encryption for order in entry.later] == ["key-a", "default", "default"]


def test_what_is_common_and_what_is_an_image_s_own() -> None:
    tags = {"tier": 1}
    first, second = read(
        image(destination_regions=["ap-a"], tags=tags, copy_source_tags=True),
        image(
            region="ap-shanghai", image_name="", image_id="img-source01", destination_regions=["ap-a"], copy_name="x"
        ),
    )

    assert (first.first.region, second.first.region) == ("ap-guangzhou", "ap-shanghai")
    assert (first.first.tags, second.first.tags) == ({"tier": "1"}, {})
    assert (first.first.copy_source_tags, second.first.copy_source_tags) == (True, False)
    assert (second.first.image_id, second.first.image_name, second.first.copy_name) == ("img-source01", None, "x")
    assert (first.first.wait_timeout, second.first.allow_cross_border) == (60, True)


def test_every_mistake_is_told_with_the_image_that_it_is_about() -> None:
    with pytest.raises(InputError) as told:
        read(image(), image(destination_regions=["ap-a"]), image(image_name="web", encrypt_regions=["ap-a"]))

    assert str(told.value) == (
        "Image 1 of images (golden): Neither destination_regions nor encrypt_regions names a region; name at least "
        "one. Image 3 of images (web): encrypted_name is missing: encrypted copies lie beside plain ones and need a "
        "name of their own."
    )


def test_wrong_waiting_is_told_once() -> None:
    with pytest.raises(InputError) as told:
        read(image(), image(), wait_timeout=-1)
    assert str(told.value).count("wait_timeout") == 1


SAME = [
    ({}, []),
    ({("golden", "ap-a"): ["one"], ("golden", "ap-b"): ["two"]}, []),
    (
        {("golden", "ap-a"): ["one", "two"], ("golden", "ap-b"): ["one", "two"], ("web", "ap-a"): ["three"]},
        [
            (
                "Two copies would bear the name golden in ap-a, ap-b: those of one and two. "
                "Give them different names, or leave one of them out."
            )
        ],
    ),
]


@pytest.mark.parametrize(("wanted", "told"), SAME)
def test_a_region_takes_a_name_once(wanted: dict[tuple[str, str], list[str]], told: list[str]) -> None:
    assert same_names(wanted) == told

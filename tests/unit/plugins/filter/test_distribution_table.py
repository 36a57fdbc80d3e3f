# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what is where."""

from __future__ import annotations

import typing as t

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.tencentcloud.cvm.plugins.filter.distribution_table import FilterModule, distribution_table


def cell(name: str, region: str, status: str, image_id: str | None, **more: t.Any) -> dict[str, t.Any]:
    source = {"source_region": "ap-guangzhou", "source_image_name": "golden", "encryption": None, "error": None}
    return {"image_name": name, "region": region, "status": status, "image_id": image_id, **source, **more}


def test_a_line_for_each_image_and_a_column_for_each_region() -> None:
    copies = [
        cell("golden", "ap-shanghai", "copied", "img-1"),
        cell("golden", "ap-beijing", "planned", None),
        cell("locked", "ap-beijing", "present", "img-2", encryption="kms-1"),
    ]

    assert distribution_table(copies) == [
        "IMAGE   ENCRYPTED WITH  SOURCE                 ap-shanghai   ap-beijing",
        "golden  -               golden (ap-guangzhou)  copied img-1  planned",
        "locked  kms-1           golden (ap-guangzhou)  -             present img-2",
    ]


def test_what_failed_is_told_below() -> None:
    error = {"code": "ImageQuotaLimitExceeded", "message": "the region is full", "request_id": None}
    copies = [cell("golden", "ap-shanghai", "failed", None, error=error)]

    assert distribution_table(copies)[-2:] == ["", "golden in ap-shanghai: failed: the region is full"]


def test_the_same_name_of_two_sources_has_a_line_each() -> None:
    copies = [
        cell("golden", "ap-shanghai", "copied", "img-1"),
        cell("golden", "ap-beijing", "copied", "img-2", source_region="ap-chengdu"),
    ]

    assert len(distribution_table(copies)) == 3


def test_nothing_is_a_table_without_lines() -> None:
    assert distribution_table([]) == ["IMAGE  ENCRYPTED WITH  SOURCE"]


@pytest.mark.parametrize("wrong", ["text", {"copies": []}, [1], [{"region": "ap-shanghai"}]])
def test_anything_else_is_refused_in_one_sentence(wrong: t.Any) -> None:
    with pytest.raises(AnsibleFilterError, match="needs the list copies of a result of image_distribute"):
        distribution_table(wrong)


def test_it_goes_by_its_name() -> None:
    assert FilterModule().filters() == {"distribution_table": distribution_table}

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of image_distribute as a table."""

from __future__ import annotations

DOCUMENTATION = r"""
name: distribution_table
short_description: Show the copies of many images as a table
version_added: 1.0.0
description:
  - Makes a table of what M(tencentcloud.cvm.image_distribute) returns. It has a line for each name of copies, a column
    for each region, and in each field the status of the copy and its id. An encrypted copy shows the key that it is
    encrypted with.
  - Below the table, there is a line for each copy that failed, with the reason.
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
positional: _input
options:
  _input:
    description:
      - The RV(tencentcloud.cvm.image_distribute#module:copies) of a result.
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
- name: Show what is where
  ansible.builtin.debug:
    msg: "{{ distributed.copies | tencentcloud.cvm.distribution_table }}"
"""

RETURN = r"""
_value:
  description: The lines of the table, without line ends.
  type: list
  elements: str
"""

import typing as t
from collections.abc import Mapping, Sequence

from ansible.errors import AnsibleFilterError

GAP = "  "
NOTHING = "-"

Copy = Mapping[str, t.Any]


def distribution_table(copies: Sequence[Copy]) -> list[str]:
    """The lines of the table."""
    if isinstance(copies, (str, Mapping)) or not all(isinstance(copy, Mapping) and "status" in copy for copy in copies):
        raise AnsibleFilterError("distribution_table needs the list copies of a result of image_distribute.")
    regions = list(dict.fromkeys(copy["region"] for copy in copies))
    fields: dict[tuple[str, str, str], dict[str, str]] = {}
    for copy in copies:
        source = f"{copy['source_image_name']} ({copy['source_region']})"
        line = (str(copy["image_name"]), str(copy["encryption"] or ""), source)
        fields.setdefault(line, {})[copy["region"]] = _field(copy)
    head = ["IMAGE", "ENCRYPTED WITH", "SOURCE", *regions]
    body = [
        [name, key or NOTHING, source, *(there.get(region, NOTHING) for region in regions)]
        for (name, key, source), there in fields.items()
    ]
    failed = [
        f"{copy['image_name']} in {copy['region']}: {copy['status']}: {copy['error']['message']}"
        for copy in copies
        if copy["error"]
    ]
    return [*_aligned([head, *body]), *(["", *failed] if failed else [])]


def _field(copy: Copy) -> str:
    return f"{copy['status']} {copy['image_id']}" if copy["image_id"] else str(copy["status"])


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [GAP.join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


class FilterModule:
    def filters(self) -> dict[str, t.Callable[..., t.Any]]:
        return {"distribution_table": distribution_table}

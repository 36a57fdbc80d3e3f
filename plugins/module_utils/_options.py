# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Options of a module as they were given, before Ansible judges them. Pure."""

from __future__ import annotations

import typing as t
from collections.abc import Mapping

Spec = Mapping[str, Mapping[str, t.Any]]
"""An argument_spec."""

NUMBERS = ("int", "float")


def without_empty(given: Mapping[str, t.Any], spec: Spec) -> dict[str, t.Any]:
    """The options without the empty texts that surveys and controllers leave where none can be meant, at any depth.

    So go those that the environment can give instead. Where a text can be meant it stays: each module knows what an
    empty one is. So it does where a number is wanted, to be refused: a number that was left blank must not become the
    default one where machines or images end by it.
    """
    kept = {}
    for name, value in given.items():
        option = spec.get(name, {})
        if value == "" and _is_no_text(option):
            continue
        kept[name] = _without_empty_inside(value, option.get("options"))
    return kept


def _is_no_text(option: Mapping[str, t.Any]) -> bool:
    kind = option.get("type", "str")
    return "choices" in option or "fallback" in option or (kind != "str" and kind not in NUMBERS)


def _without_empty_inside(value: t.Any, spec: Spec | None) -> t.Any:
    if spec is None:
        return value
    if isinstance(value, Mapping):
        return without_empty(value, spec)
    if isinstance(value, list):
        return [_without_empty_inside(item, spec) for item in value if item != ""]
    return value


def secrets(given: Mapping[str, t.Any], spec: Spec) -> set[str]:
    """The texts of options that must never be shown.

    AnsibleModule forgets every one of them when it meets an option that should be a mapping and is none, and then shows
    them all with its refusal.
    """
    return {str(given[name]) for name, option in spec.items() if option.get("no_log") and given.get(name)}

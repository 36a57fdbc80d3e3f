# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A performance in plain lines, for whoever has to find out why it went wrong."""

from __future__ import annotations

import typing as t
from collections.abc import Iterator

from tests.emulator.journal import Entry

from .performance import Performance
from .schedule import Run, World, kinds
from .stage import Seen, planted_id
from .turns import START


def tell(performance: Performance, violations: t.Sequence[str]) -> str:
    parts = [
        ("The world", list(_world(performance.schedule.world))),
        ("The cloud", [f"{name} = {value!r}" for name, value in performance.schedule.behaviour.items()]),
        ("The faults", [_fault(fault) for fault in performance.schedule.faults]),
        ("The runs", [_run(run) for run in performance.schedule.runs]),
        ("What happened", list(_events(performance))),
        ("What was returned", [_result(seen) for seen in performance.runs]),
        ("What is wrong", list(violations)),
    ]
    lines = []
    for title, items in parts:
        lines.append(f"{title}:")
        lines += [f"  {number}. {item}" for number, item in enumerate(items, 1)] or ["  nothing"]
    return "\n".join(lines)


def _world(world: World) -> Iterator[str]:
    kind = "shared by another account, to be copied in its region" if world.shared else "our own"
    encrypted = f", to be encrypted with {world.key}" if world.key else ""
    yield f"the source is {world.source}, {kind}{encrypted}"
    for number, (region, name) in enumerate(world.there):
        yield f"{region} holds {planted_id(number)}: {kinds(world.source, world.key)[name].about}"
    if world.full:
        yield f"{world.full} has no room for another image"
    if world.owner_copies:
        yield "the owner of the source is copying it"


def _fault(fault: dict[str, t.Any]) -> str:
    """Only what the kind of fault looks at."""
    wanted = {
        "error": ("code",),
        "wrong_type": ("code",),
        "http": ("status",),
        "copy_fails": ("percent",),
        "copy_vanishes": ("percent",),
        "copy_invisible": ("seconds",),
        "copy_slow": ("seconds",),
    }.get(fault["do"], ())
    what = " ".join([fault["do"], *(f"{name}={fault[name]}" for name in wanted if name in fault)])
    where = f" to {fault['region']}" if "region" in fault else ""
    skip = f", after {fault['skip']} that pass" if fault.get("skip") else ""
    return f"{fault.get('when', 'before')} {fault['action']}{where}: {what}, {fault.get('times', 1)} time(s){skip}"


def _run(run: Run) -> str:
    options = "".join(f", {name}={value!r}" for name, value in run.options.items())
    key = f", encrypted with {run.key}" if run.key else ""
    death = f"; dies {run.kill.when} {run.kill.event} number {run.kill.nth}" if run.kill else ""
    pace = "/".join(f"{seconds:g}" for seconds in run.pace)
    return f"at {run.begins:g} s: {run.source} to {', '.join(run.regions)}{key}{options}; a call takes {pace} s{death}"


def _events(performance: Performance) -> Iterator[str]:
    """Every write, and what went wrong; reads that went well are only counted."""
    of_run = {number: seen.name for seen in performance.runs for number in seen.calls}
    reads = 0
    for entry in performance.entries:
        if entry.is_read and entry.outcome == "ok":
            reads += 1
            continue
        if reads:
            yield f"({reads} reads)"
        reads = 0
        yield _event(of_run.get(entry.number, "?"), entry)
    if reads:
        yield f"({reads} reads)"


def _event(run: str, entry: Entry) -> str:
    params = entry.params
    about = params.get("DestinationRegions") or params.get("ResourceList") or params.get("ImageIds") or ""
    dry = " (dry run)" if entry.dry_run else ""
    fault = f" [{entry.fault}]" if entry.fault else ""
    done = ", done" if entry.executed and entry.outcome != "ok" else ""
    what = f"{entry.action}{dry} {entry.region} {about} -> {entry.outcome}{done}{fault}"
    return f"{entry.moment - START:8.1f} s  {run}: {what}"


def _result(seen: Seen) -> str:
    if seen.result is None:
        return f"{seen.name} died at {seen.ended - START:.1f} s, {seen.killed}"
    copies = ", ".join(
        f"{copy['region']} {copy['status']} {copy['image_id']}" for copy in seen.result.get("copies", [])
    )
    said = f"; {seen.result['msg']}" if "msg" in seen.result else ""
    warned = "".join(f"; warning: {text_of(warning)}" for warning in seen.result.get("warnings", []))
    return f"{seen.name}: {seen.ended - START:.1f} s, changed={seen.result.get('changed')}: {copies}{said}{warned}"


def text_of(warning: t.Any) -> str:
    """A warning as ansible-core 2.18 or as 2.19 and later return it."""
    return warning if isinstance(warning, str) else str(warning["event"]["msg"])

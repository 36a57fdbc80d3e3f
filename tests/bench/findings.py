# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: all that one run of the bench has found, and whether the targets are met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .real import Reruns
from .virtual import Likeness, Score

Shape = tuple[int, int]
"""So many images for so many regions."""


@dataclass(frozen=True)
class Findings:
    """
    :param ten: the contenders with copies of some ten minutes to 16 regions
    :param documented: the same with copies of 10 to 30 minutes
    :param scaled: some of them in scaled time
    :param regions: the contenders with so many regions
    :param many: image_distribute
    :param natural: reruns against an emulator that answers at once
    :param slow: reruns against one that answers after 100 ms
    :param start: how many times as long as the SDK a process of tccli takes for a call
    :param memory: MB, by what a module did
    """

    ten: Mapping[str, Score]
    documented: Mapping[str, Score]
    scaled: Mapping[str, Score]
    regions: Mapping[int, Mapping[str, Score]]
    many: Mapping[Shape, Score]
    likeness: Likeness
    start: float
    natural: Reruns
    slow: Reruns
    memory: Mapping[str, float]


@dataclass(frozen=True)
class Verdict:
    target: str
    found: str
    met: bool


def verdicts(found: Findings) -> list[Verdict]:
    ours, script = found.ten["ours"], found.ten["script"]
    share = ours.waiting / script.waiting
    more = max(found.natural.more(16), found.slow.more(16))
    growth = found.slow.growth(4, 16)
    most, one, two = found.many[20, 10], found.many[1, 10], found.many[20, 2]
    by_images, by_regions = most.polls / one.polls, most.polls / two.polls
    memory = max(found.memory.values())
    reads = found.slow.reads[16]
    return [
        Verdict(
            "copies of ten minutes to 16 regions: wall ≤ 1.02 times the slowest copy",
            f"{ours.stretch:.3f} times",
            ours.stretch <= 1.02,
        ),
        Verdict("calls while waiting ≤ 60 % of (a)", f"{100 * share:.0f} %", share <= 0.6),
        Verdict("median delay of detection ≤ 3 virtual seconds", f"{ours.delay:.1f} s", ours.delay <= 3),
        Verdict(
            "a rerun for 16 regions ≤ 1.5 s more than a module that does nothing",
            f"{100 * more / 1.5:.0f} % of that",
            more <= 1.5,
        ),
        Verdict("a rerun for 16 regions makes exactly 1 + 16 reads", f"{reads} reads, no other call", reads == 17),
        Verdict(
            "with an API of 100 ms, a rerun's wall grows < 30 % from 4 to 16 regions",
            f"{100 * max(growth, 0.0):.0f} %",
            growth < 0.3,
        ),
        Verdict(
            "20 images to 10 regions: wall ≤ 1.1 times the slowest copy",
            f"{most.stretch:.3f} times",
            most.stretch <= 1.1,
        ),
        Verdict(
            "polls grow with the regions only",
            f"20 times the images: {by_images:.2f} times the polls; 5 times the regions: {by_regions:.2f} times",
            by_images <= 1.05 and 4.5 <= by_regions <= 5.5,
        ),
        Verdict("peak memory of a module < 80 MB", f"{memory:.0f} MB", memory < 80),
        Verdict(
            "the script by the SDK makes the very calls of tccli",
            f"{found.likeness.calls} of {found.likeness.calls} calls alike" if found.likeness.same else "they differ",
            found.likeness.same,
        ),
    ]

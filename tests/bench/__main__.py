# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""nox -e bench -- [--draws N] [--repeats N] [--only-print]"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import plot, real, report, virtual
from .contenders import CONTENDERS
from .findings import Findings, verdicts
from .stage import DOCUMENTED, REGIONS, Scaled, Stage, Stepped

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "images" / "performance.png"

SCALE = 20
COUNTS = (1, 2, 4, 8, 16)
RERUNS = (1, 4, 8, 16)
SHAPES = ((1, 10), (5, 10), (10, 10), (20, 10), (20, 5), (20, 2))


def say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


def find(draws: int, repeats: int) -> Findings:
    worlds, few = range(draws), range(min(draws, 3))
    with Stage(Stepped()) as stage:
        say(f"the contenders, in {draws} worlds of virtual time")
        ten = virtual.contest(stage, worlds)
        say("the same with the copies that Tencent Cloud documents")
        documented = virtual.contest(stage, few, DOCUMENTED)
        say("by regions")
        regions = virtual.by_regions(stage, COUNTS, few)
        say("many images")
        many = virtual.many(stage, SHAPES, few)
        say("tccli beside what stands for it")
        likeness = virtual.likeness(stage, REGIONS[:4], (0.4, 0.6))
    say("reruns, by ansible-playbook")
    natural = real.reruns(RERUNS, latency=0.0, repeats=repeats)
    slow = real.reruns(RERUNS, latency=0.1, repeats=repeats)
    memory, start = real.memory(), real.start_of_tccli()
    with Stage(Scaled(SCALE)) as stage:
        say("the contest in scaled time")
        scaled = {name: virtual.score(stage, CONTENDERS[name], [0]) for name in ("ours", "script", "packer", "poller")}
    return Findings(ten, documented, scaled, regions, many, likeness, start, natural, slow, memory)


def main() -> int:
    parser = argparse.ArgumentParser(prog="nox -e bench --", description="What copying costs.")
    parser.add_argument("--draws", type=int, default=8, help="worlds that the contenders meet; default 8")
    parser.add_argument("--repeats", type=int, default=10, help="reruns of each kind; default 10")
    parser.add_argument("--only-print", action="store_true", help="leave docs/performance.md and its picture alone")
    options = parser.parse_args()
    found = find(options.draws, options.repeats)
    text = report.measured(found)
    print(text)
    if not options.only_print:
        PAGE.write_text(report.spliced(PAGE.read_text("utf-8"), text), "utf-8")
        plot.draw(found, PICTURE)
        say(f"wrote {PAGE.relative_to(ROOT)} and {PICTURE.relative_to(ROOT)}")
    missed = [verdict.target for verdict in verdicts(found) if not verdict.met]
    for target in missed:
        say(f"missed: {target}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

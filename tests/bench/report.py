# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the findings as tables in Markdown, and their place in docs/performance.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .findings import Findings, verdicts
from .virtual import Score

BEGIN = "<!-- Measured by `nox -e bench`: do not edit from here -->"
END = "<!-- to here -->"

LABELS = {
    "ours": "**ours**",
    "script": "(a) tccli script",
    "packer": "(b) packer",
    "poller": "(c) fixed 15 s",
    "floor": "(d) floor",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The first column is text, the others are figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def spliced(page: str, measured: str) -> str:
    """The page with this in its measured part."""
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"the page does not say where to write: it needs the lines {BEGIN} and {END}")
    return f"{before}{BEGIN}\n\n{measured}\n\n{END}{after}"


def measured(found: Findings) -> str:
    parts = [
        "### The targets\n",
        table(
            ("target", "found", "met"),
            ((verdict.target, verdict.found, "yes" if verdict.met else "**no**") for verdict in verdicts(found)),
        ),
        "\n### Copies of 9 to 11 minutes to 16 regions\n",
        _contest(found.ten),
        "\n### Copies of 10 to 30 minutes, as Tencent Cloud documents them\n",
        _contest(found.documented),
        "\n### Calls while waiting, by regions\n",
        table(
            ("regions", *map(str, found.regions)),
            (
                (label, *(f"{scores[name].waiting:.0f}" for scores in found.regions.values()))
                for name, label in LABELS.items()
            ),
        ),
        "\n### Many images in one task\n",
        table(
            ("images, regions", "wall ÷ slowest copy", "polls", "median delay"),
            (
                (f"{images}, {regions}", f"{score.stretch:.3f}", f"{score.polls:.0f}", f"{score.delay:.1f} s")
                for (images, regions), score in found.many.items()
            ),
        ),
        "\n### Reruns, as multiples of a task that does nothing\n",
        table(
            ("regions", *map(str, found.slow.reads)),
            (
                ("reads", *map(str, found.slow.reads.values())),
                (
                    "emulator at its own speed",
                    *(f"{found.natural.times(count):.1f} times" for count in found.slow.reads),
                ),
                ("API of 100 ms", *(f"{found.slow.times(count):.1f} times" for count in found.slow.reads)),
            ),
        ),
        "\n### Peak memory\n",
        table(("process", "MB"), ((name, f"{size:.0f}") for name, size in found.memory.items())),
        "\n### Checks of the harness\n",
        *_checks(found),
    ]
    return "\n".join(parts)


def _contest(scores: Mapping[str, Score]) -> str:
    whole = scores["script"].waiting
    return table(
        ("", "wall ÷ slowest copy", "calls while waiting", "of (a)", "median delay", "longest delay", "calls in all"),
        (
            (
                label,
                f"{scores[name].stretch:.3f}",
                f"{scores[name].waiting:.0f}",
                f"{100 * scores[name].waiting / whole:.0f} %",
                f"{scores[name].delay:.1f} s",
                f"{scores[name].longest_delay:.1f} s",
                f"{scores[name].calls:.0f}",
            )
            for name, label in LABELS.items()
        ),
    )


def _checks(found: Findings) -> Iterable[str]:
    scaled = ", ".join(f"{LABELS[name]} {score.stretch:.3f}" for name, score in found.scaled.items())
    yield (
        f"* tccli itself and the SDK in its place made the same {found.likeness.calls} calls, with the same parameters "
        f"at the same virtual moments: {'yes' if found.likeness.same else '**no**'}."
    )
    yield (
        f"* A process of tccli took {found.start:.0f} times as long as the same call by the SDK. In scaled time that "
        "start would be measured, and not the script."
    )
    yield f"* In scaled time, where what a contender computes itself counts twentyfold, wall ÷ slowest copy: {scaled}."

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The findings as one picture."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from PIL import Image

from .findings import Findings

STYLES = {
    "ours": ("ours", "#0052d9", "o"),
    "script": ("(a) tccli script", "#d9480f", "s"),
    "packer": ("(b) packer", "#7b7b7b", "^"),
    "poller": ("(c) fixed 15 s", "#2b8a3e", "D"),
    "floor": ("(d) floor", "#000000", "x"),
}


def draw(found: Findings, path: Path) -> None:
    mpl.rcParams.update({"font.size": 9, "axes.grid": True, "grid.alpha": 0.3, "axes.spines.top": False})
    figure = Figure(figsize=(9.6, 7.2), layout="constrained")
    (calls, delays), (polls, reruns) = figure.subplots(2, 2)
    _calls(calls, found)
    _delays(delays, found)
    _polls(polls, found)
    _reruns(reruns, found)
    drawn = io.BytesIO()
    for axes in (calls, polls, reruns):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    figure.savefig(drawn, dpi=90)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Few colours are enough, and make the file a third as large.
    Image.open(drawn).convert("RGB").quantize(64).save(path, optimize=True)


def _calls(axes: Axes, found: Findings) -> None:
    for name, (label, colour, marker) in STYLES.items():
        counts = [scores[name].waiting for scores in found.regions.values()]
        axes.plot(list(found.regions), counts, color=colour, marker=marker, label=label)
    axes.set(title="Calls while waiting for copies of ten minutes", xlabel="regions", ylabel="calls", ylim=(0, None))
    axes.legend(frameon=False)


def _delays(axes: Axes, found: Findings) -> None:
    for name, (label, colour, marker) in STYLES.items():
        score = found.ten[name]
        axes.plot(max(score.delay, 0.1), score.waiting, color=colour, marker=marker, linestyle="", markersize=8)
        axes.annotate(label, (max(score.delay, 0.1), score.waiting), (7, 5), textcoords="offset points", color=colour)
    axes.set(title="What earlier news costs, 16 regions", xlabel="median delay of detection, virtual s", ylabel="calls")
    axes.set(xscale="log", yscale="log", xlim=(0.08, 400), ylim=(10, 4000))


def _polls(axes: Axes, found: Findings) -> None:
    by_images = {images: score.polls for (images, regions), score in found.many.items() if regions == 10}
    by_regions = {regions: score.polls for (images, regions), score in found.many.items() if images == 20}
    images, regions = sorted(by_images), sorted(by_regions)
    axes.plot(
        images, [by_images[count] for count in images], color="#0052d9", marker="o", label="images, for 10 regions"
    )
    axes.plot(
        regions, [by_regions[count] for count in regions], color="#d9480f", marker="s", label="regions, 20 images"
    )
    axes.set(
        title="Polls of image_distribute", xlabel="images or regions", ylabel="polls", xlim=(0, None), ylim=(0, None)
    )
    axes.legend(frameon=False)


def _reruns(axes: Axes, found: Findings) -> None:
    for reruns, colour, label in (
        (found.slow, "#0052d9", "API of 100 ms"),
        (found.natural, "#7b7b7b", "emulator at its own speed"),
    ):
        counts = list(reruns.reads)
        axes.plot(counts, [reruns.times(count) for count in counts], color=colour, marker="o", label=label)
    axes.axhline(1, color="#000000", linestyle=":", label="a task that does nothing")
    axes.set(
        title="A rerun, as a multiple of a task that does nothing", xlabel="regions", ylabel="times", ylim=(0, None)
    )
    axes.legend(frameon=False)

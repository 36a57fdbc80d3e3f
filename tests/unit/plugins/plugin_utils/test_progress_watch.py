# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what a module tells, with real files and a real thread."""

from __future__ import annotations

import queue
import threading
from pathlib import Path

import pytest
from ansible_collections.tencentcloud.cvm.plugins.module_utils._progress import VARIABLE as FILE
from ansible_collections.tencentcloud.cvm.plugins.module_utils._progress import Sight, Told, teller, to_line
from ansible_collections.tencentcloud.cvm.plugins.plugin_utils._progress_watch import SWITCH, switched_off, watch


@pytest.mark.parametrize(
    ("value", "off"),
    [("0", True), ("false", True), (" No ", True), ("off", True), ("1", False), ("", False), ("yes", False)],
)
def test_the_switch(value: str, *, off: bool) -> None:
    assert switched_off({SWITCH: value}) is off


def test_without_the_switch_it_is_on() -> None:
    assert not switched_off({})


def test_what_is_told_is_shown_while_the_module_runs(tmp_path: Path) -> None:
    """A line is shown before the run is over, one that is cut in two as well, and garbage is passed over."""
    path, over, shown = tmp_path / "told", threading.Event(), queue.Queue[str]()
    path.touch()
    tell = teller({FILE: str(path)}, lambda plain: plain)
    watcher = threading.Thread(target=watch, args=(path, "h", over, shown.put))
    watcher.start()
    try:
        tell(Told(3, (Sight("ap-tokyo", "golden", state="SYNCING", percent=7),)))
        assert shown.get(timeout=5) == "[h] ap-tokyo golden: SYNCING 7 %, 3s elapsed, remaining unknown"
        line = to_line(Told(9, (Sight("ap-tokyo", "golden", status="copied"),)))
        with path.open("a", encoding="utf-8") as file:
            file.write("this is not JSON\n" + line[:20])
            file.flush()
            with pytest.raises(queue.Empty):
                shown.get(timeout=0.6)
            file.write(line[20:])
        assert shown.get(timeout=5) == "[h] ap-tokyo golden: copied, took 9s"
    finally:
        over.set()
        watcher.join(5)
    assert not watcher.is_alive()


def test_what_is_told_last_is_shown_before_the_end(tmp_path: Path) -> None:
    path, over, shown = tmp_path / "told", threading.Event(), list[str]()
    golden = Sight("ap-tokyo", "golden")
    path.write_text(to_line(Told(0, (golden,))) + to_line(Told(9, (Sight("ap-tokyo", "golden", status="copied"),))))
    over.set()

    watch(path, "h", over, shown.append)

    assert shown == ["[h] ap-tokyo golden: copied, took 9s"]


def test_nobody_to_show_it_to_is_no_trouble(tmp_path: Path) -> None:
    path, over = tmp_path / "told", threading.Event()
    over.set()

    def broken(_line: str) -> None:
        raise BrokenPipeError

    watch(path, "h", over, broken)
    path.write_text(to_line(Told(0, (Sight("r", "n"),))) + to_line(Told(1, (Sight("r", "n", status="copied"),))))
    watch(path, "h", over, broken)

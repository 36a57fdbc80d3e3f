# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Showing what a module tells while it runs.

The module runs once, from beginning to end, just as without this: what it knows of its own writes, which keeps it from
copying twice, lives in its process, and its result is the result. A thread reads what it tells meanwhile from a file,
which works where the module runs on this machine: with the connection ``local``, as whoever may write the file.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import threading
import time
import typing as t
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ansible import constants
from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display

from ..module_utils._progress import VARIABLE, from_line
from ._progress_board import Board, due, heard

SWITCH = "ANSIBLE_TENCENTCLOUD_PROGRESS"
LOOK_SECONDS = 0.25
"""Between two looks at the file."""

Show = Callable[[str], None]


def switched_off(environ: Mapping[str, str]) -> bool:
    """Whether the user wants no lines. An empty variable counts as unset."""
    return environ.get(SWITCH, "").strip().lower() in BOOLEANS_FALSE


@contextlib.contextmanager
def shown(action: ActionBase, task_vars: Mapping[str, t.Any]) -> Iterator[None]:
    """Show the progress of the module that the action runs meanwhile."""
    if not _can_be_shown(action) or switched_off(os.environ):
        yield
        return
    try:
        # The folder is this run's own, nobody else may enter it, and Ansible removes it whatever happens.
        descriptor, name = tempfile.mkstemp(prefix="progress-", dir=constants.DEFAULT_LOCAL_TMP)  # type: ignore[attr-defined]
    except OSError:
        yield
        return
    os.close(descriptor)
    try:
        with _told_to_write(action, name), _watched(Path(name), str(task_vars.get("inventory_hostname", ""))):
            yield
    finally:
        Path(name).unlink(missing_ok=True)


def _can_be_shown(action: ActionBase) -> bool:
    """An asynchronous module outlives the action, and a remote one writes nothing that could be read here."""
    task = action._task  # noqa: SLF001 - what Ansible gives to its action plugins
    is_local = action._connection.transport == "local"  # noqa: SLF001
    return is_local and not (task.no_log or task.async_val or task.check_mode)


@contextlib.contextmanager
def _told_to_write(action: ActionBase, path: str) -> Iterator[None]:
    """By the environment, so that the module's arguments remain those of the task, in its result too."""
    task = action._task  # noqa: SLF001
    before = task.environment
    task.environment = [*(before if isinstance(before, list) else [before] if before else []), {VARIABLE: path}]
    try:
        yield
    finally:
        task.environment = before


@contextlib.contextmanager
def _watched(path: Path, host: str) -> Iterator[None]:
    over = threading.Event()
    watcher = threading.Thread(target=watch, args=(path, host, over, Display().display), daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def watch(path: Path, host: str, over: threading.Event, show: Show) -> None:
    """Show what the file tells until it is over, and then how it ended."""
    board, rest = Board(host), b""
    try:
        with path.open("rb", buffering=0) as file:
            while True:
                last = over.wait(LOOK_SECONDS)
                *lines, rest = (rest + file.read()).split(b"\n")
                now = time.monotonic()
                for told in filter(None, map(from_line, lines)):
                    board = heard(board, told, now)
                board, news = due(board, now, over=last)
                for line in news:
                    show(line)
                if last:
                    return
    except OSError:  # Without the file, or without anybody to show it to, there is nothing to do here.
        return

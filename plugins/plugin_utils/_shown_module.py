# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The action plugin of every module that waits: the module itself, shown while it runs."""

from __future__ import annotations

import typing as t

from ansible.plugins.action.normal import ActionModule as RunModule

from ._progress_watch import shown


class ActionModule(RunModule):
    """What Ansible does for a module that has no action plugin, and no more."""

    def run(self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
        with shown(self, task_vars or {}):
            result: dict[str, t.Any] = RunModule.run(self, tmp, task_vars)
        return result

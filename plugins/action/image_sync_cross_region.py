# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module of this name, shown while it waits."""

from __future__ import annotations

from ..plugin_utils._shown_module import ActionModule

__all__ = ["ActionModule"]

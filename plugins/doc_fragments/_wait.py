# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""The options about waiting for copies."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  wait:
    description:
      - Whether to wait until the result is reached. Without it the module returns as soon as the work is known to be
        under way; another run resumes it. While the source is busy with another copy nothing can be started, so that is
        waited for in any case.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait, for everything together. Tencent Cloud gives 10 to 30 minutes for a copy; large images take
        longer.
      - When the time is over the module fails, but the cloud goes on. Run again to go on waiting.
    type: int
    default: 3600
  wait_delay:
    description:
      - The longest time between two looks, in seconds. Looks are closer together at the start and near the end.
    type: float
    default: 15
"""

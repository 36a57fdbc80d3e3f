# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""How modules behave: the attributes table of their documentation."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options: {}
attributes:
  check_mode:
    description: Can run in C(check_mode) and return changed status prediction without modifying target.
  diff_mode:
    description:
      - Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation indicates no change.
"""

    # Writing modules with full support.
    FULL = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - The API itself is asked whether it would accept the request (its C(DryRun)). Nothing is written.
  diff_mode:
    support: full
  idempotent:
    support: full
"""

    # Modules that only read.
    INFO = r"""
options: {}
attributes:
  check_mode:
    support: full
    details:
      - This module does not modify anything.
  diff_mode:
    support: N/A
    details:
      - This module does not modify anything.
  idempotent:
    support: full
    details:
      - This module does not modify anything.
"""

    ACTION_GROUP = r"""
options: {}
attributes:
  action_group:
    description: Use C(group/tencentcloud.cvm.all) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - tencentcloud.cvm.all
"""

    # Modules that wait, and whose action plugin of the same name shows it.
    PROGRESS = r"""
options: {}
attributes:
  action:
    description: Indicates this has a corresponding action plugin so some parts of the options can be executed on the
      controller.
    support: full
    details:
      - The action plugin runs the module once, with the same arguments and the same result, and shows meanwhile how far
        the work is, one line a region at every change and at least every 15 seconds.
      - It shows nothing where the connection is not C(local), where C(become) makes a user of the module who may not
        write the files of this one, with C(no_log), with C(async), in check mode, and with
        C(ANSIBLE_TENCENTCLOUD_PROGRESS=0) in the environment of Ansible itself.
  async:
    description: Supports being used with the C(async) keyword.
    support: full
"""

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What the copy modules have in common."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  copy_name:
    description:
      - Name of the copy, at most 60 characters. The default is the name of the source.
      - It is the name under which an existing copy is looked for.
    type: str
  copy_description:
    description:
      - Description of the copy, at most 256 characters. If unset, the description is left as it is.
    type: str
  tags:
    description:
      - Tags that the copy shall carry. Other tags of the copy are left alone.
      - The tag C(cvm-image-source) is always set besides, for it is by this that a copy is known again.
    type: dict
  copy_source_tags:
    description:
      - Whether the copy shall also carry the tags of the source. O(tags) go before them.
    type: bool
    default: false
  replace_failed:
    description:
      - Whether a copy that failed (state C(CREATEFAILED) or C(IMPORTFAILED)) is deleted with its snapshots and made
        again. Otherwise it is reported and left alone.
    type: bool
    default: false
  state:
    description:
      - With V(present) the copy exists. What bears the name already is compared with the source before anything is
        done.
      - With V(absent) it does not. Only images that carry the provenance of a copy of this source are deleted; anything
        else of that name is refused. The source itself is never touched and need not exist any more.
    type: str
    choices: [present, absent]
    default: present
  delete_snapshots:
    description:
      - With O(state=absent), whether the snapshots of the copy are deleted with it. Snapshots that stay are billed.
      - Once the copy is gone, snapshots of it that are still there are named in a warning. That needs permission for
        C(cbs:DescribeSnapshots), and O(wait).
    type: bool
    default: true
notes:
  - Copying is free. The snapshots of a copy are billed in its region for as long as they exist.
  - A copy is known again by its tag C(cvm-image-source), C(<source region>/<source image id>). An image without that
    tag is taken for a copy only if its name, operating system, architecture and size are those of the source and it is
    not older.
"""

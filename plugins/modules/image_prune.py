#!/usr/bin/python
# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_prune
short_description: Delete old images that nothing uses
version_added: 1.0.0
description:
  - In one or many regions, deletes the custom images of a family or of a pattern of names, except for the newest and
    for all that something still needs. Deleting is for good. Check mode tells what would go, and how many GiB of
    snapshots with it.
  - Each image is kept for the first of these reasons that holds. It is in O(protected_image_ids) (C(protected)). With
    O(only_copies), it has no provenance (C(not_ours)). It is being made, copied or imported (C(in_progress)). An
    instance of the region, in whatever state, was launched from it (C(used_by_instance)). A version of a launch
    template of the region names it (C(used_by_launch_template)). A copy of it is being made in one of the regions
    (C(being_copied)). It is younger than O(minimum_age_days) (C(too_young)). It is among the newest (C(newest)). It is
    shared with other accounts (C(shared)). Whatever is left goes as C(surplus) or, if it never became an image, as
    C(failed).
  - The newest are counted in each region, among the finished images that O(only_copies) lets be deleted, so that a
    failed image never pushes out a good one. Images that are kept for another reason count as well.
  - A copy is as old as the image that it was copied from, as long as that can still be seen; otherwise it is as old as
    itself. Since a late copy of a source that is gone would look newer than it is, as many of the newest whose age is
    certain are kept beside, so that at times more than O(keep) stay, and never the wrong ones.
  - What an instance uses is looked up once more right before the deletion. If anything that an image could be kept for
    cannot be read in a region, nothing is deleted there, and the module fails after it has pruned the other regions.
  - Launch configurations of Auto Scaling, and whatever else names an image id, are not looked at. Name such images in
    O(protected_image_ids).
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
extends_documentation_fragment:
  - tencentcloud.cvm._attributes
  - tencentcloud.cvm._attributes.full
  - tencentcloud.cvm._attributes.action_group
  - tencentcloud.cvm._connection
options:
  regions:
    description:
      - The regions to prune. The default is O(region) alone. One that this account does not have is an error before
        anything is deleted.
    type: list
    elements: str
  family:
    description:
      - Only images of exactly this image family. Copies that Tencent Cloud makes are not known to carry the family of
        their source; mean those by O(name_regex).
      - Exactly one of O(family) and O(name_regex) is needed.
    type: str
  name_regex:
    description:
      - Only images whose whole name matches this regular expression (of Python).
      - If it has capture groups, images are grouped by what those capture, and O(keep) counts in each group.
        V(golden-(web|db\)-.*) keeps so many of the one and so many of the other; V(golden-(?:web|db\)-.*) so many of
        both together.
      - A pattern that matches every name is refused.
    type: str
  keep:
    description:
      - How many of the newest images stay, in each region and group. V(0) deletes all that nothing else keeps.
    type: int
    required: true
  minimum_age_days:
    description:
      - Images that are in the region for less than so many days stay; fractions are possible.
    type: float
    default: 0
  only_copies:
    description:
      - Whether only images that carry the tag C(cvm-image-source) may be deleted, as every copy does that this
        collection makes. With V(false), any custom image of the account that the pattern means.
    type: bool
    default: true
  protected_image_ids:
    description:
      - Images that stay in any case.
    type: list
    elements: str
  delete_shared:
    description:
      - Whether images that are shared with other accounts may be deleted. Their sharing is cancelled for good; those
        accounts lose the image at once, and what they launched or copied from it stays.
    type: bool
    default: false
  delete_snapshots:
    description:
      - Whether the snapshots behind the images are deleted as well. With V(false) they stay, and are billed.
    type: bool
    default: true
  wait:
    description:
      - Whether to wait until the images are gone, and to look whether their snapshots are. Without it the module
        returns when the deletions are accepted; one whose answer was lost is waited for in any case.
    type: bool
    default: true
  wait_timeout:
    description:
      - Seconds to wait, for everything together. When they are over the module fails, but the cloud goes on.
    type: int
    default: 600
  wait_delay:
    description:
      - The longest time between two looks, in seconds.
    type: float
    default: 15
seealso:
  - module: tencentcloud.cvm.image_info
  - module: tencentcloud.cvm.image_sync_cross_region
"""

EXAMPLES = r"""
- name: Keep the three newest copies of each golden image in two regions
  tencentcloud.cvm.image_prune:
    regions: [ap-shanghai, ap-beijing]
    name_regex: golden-(web|db)-.*
    keep: 3
    minimum_age_days: 14

- name: See what could go at the source, where the images are no copies
  tencentcloud.cvm.image_prune:
    region: ap-guangzhou
    family: golden-web
    keep: 5
    only_copies: false
  check_mode: true
  register: pruning

- name: How much would that save?
  ansible.builtin.debug:
    msg: "{{ pruning.freed_gib }} GiB, by the images {{ pruning.deleted }}"
"""

RETURN = r"""
images:
  description:
    - Every image that is meant, region by region in the order asked, in each by group, and the newest first. Regions in
      RV(errors) are left out.
  returned: when the options could be understood
  type: list
  elements: dict
  contains:
    region:
      description: Region the image is in.
      type: str
      returned: always
      sample: ap-shanghai
    image_id:
      description: Id of the image.
      type: str
      returned: always
      sample: img-o1dcopy1
    image_name:
      description: Name of the image.
      type: str
      returned: always
      sample: golden-web-2026-10
    image_family:
      description: Image family.
      type: str
      returned: always
      sample: ""
    image_state:
      description: State of the image, as it was before.
      type: str
      returned: always
      sample: NORMAL
    created_time:
      description: When the image was made in its region, in UTC.
      type: str
      returned: always
      sample: "2026-10-21T08:00:00Z"
    source:
      description: Region and id of the image that it was copied from, by its provenance.
      type: str
      returned: always
      sample: ap-guangzhou/img-go1dweb0
    group:
      description: What the capture groups of O(name_regex) hold, joined by C(/), or the family.
      type: str
      returned: always
      sample: web
    image_size:
      description: Size in GiB.
      type: int
      returned: always
      sample: 50
    snapshot_gib:
      description: GiB of the snapshots behind the image.
      type: int
      returned: always
      sample: 50
    freed_gib:
      description: GiB of those that went with it, or would.
      type: int
      returned: always
      sample: 50
    status:
      description:
        - C(kept); C(deleted), in check mode C(planned); C(absent) if somebody else deleted it meanwhile; C(failed) or
          C(timed_out), and then RV(images[].error) says why.
      type: str
      returned: always
      sample: deleted
    reason:
      description: Why it was kept, or why it was to go; the words are those of the description above.
      type: str
      returned: always
      sample: surplus
    used_by:
      description:
        - What keeps it, instances as C(ins-...), versions of launch templates as C(lt-...:1), accounts as their number.
          Of a deleted image, the accounts that lost it.
      type: list
      elements: str
      returned: always
      sample: [ins-st9uo200]
    remaining_snapshots:
      description: Snapshots that are still there although they should have gone with the image. They are billed.
      type: list
      elements: str
      returned: always
      sample: []
    error:
      description: Why it could not be deleted, with C(code), C(message) and C(request_id); else null.
      type: dict
      returned: always
      sample: null
deleted:
  description: Region to the ids of the images that were deleted, or in check mode would be.
  returned: when the options could be understood
  type: dict
  sample: {ap-shanghai: [img-o1dcopy1]}
freed_gib:
  description: GiB of the snapshots that went with the images, or would. A snapshot that another image needs stays.
  returned: when the options could be understood
  type: int
  sample: 50
freed_gib_by_region:
  description: The same for each region.
  returned: when the options could be understood
  type: dict
  sample: {ap-shanghai: 50}
errors:
  description: Regions of which something could not be read, so that nothing was deleted there, and why.
  returned: when the options could be understood
  type: dict
  sample: {}
error_code:
  description: Code of the error that the API answered.
  returned: on failure
  type: str
  sample: AuthFailure.UnauthorizedOperation
request_id:
  description: Id of the request that failed; Tencent Cloud's support asks for it.
  returned: on failure
  type: str
  sample: 71e69b56-32be-4412-ab45-49eded6a87be
"""

from typing import Any

from ..module_utils._module import Task, run_module, wait_arguments
from ..module_utils._prune import prune
from ..module_utils._prune_order import read_order

ARGUMENTS: dict[str, Any] = {
    "regions": {"type": "list", "elements": "str"},
    "family": {"type": "str"},
    "name_regex": {"type": "str"},
    "keep": {"type": "int", "required": True},
    "minimum_age_days": {"type": "float", "default": 0.0},
    "only_copies": {"type": "bool", "default": True},
    "protected_image_ids": {"type": "list", "elements": "str"},
    "delete_shared": {"type": "bool", "default": False},
    "delete_snapshots": {"type": "bool", "default": True},
    **wait_arguments(timeout=600),
}


def body(task: Task) -> dict[str, Any]:
    return prune(read_order(task.params), task.client, check_mode=task.check_mode)


def main() -> None:
    run_module(body, ARGUMENTS)


if __name__ == "__main__":
    main()

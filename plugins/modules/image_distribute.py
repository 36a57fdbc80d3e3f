#!/usr/bin/python
# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image_distribute
short_description: Copy many custom images to many regions
version_added: 1.0.0
description:
  - Makes sure that copies of several custom images exist in several regions, plain ones and encrypted ones, with
    C(SyncImages).
  - All copies are started first and then waited for together, so that it takes as long as the slowest of them. Each
    region is read once for all images, so that waiting costs requests by the number of regions and not of copies.
  - For each copy the rules are those of M(tencentcloud.cvm.image_sync_cross_region). A copy that fails never stops the
    others, and a rerun does only what is missing.
  - A mistake in what was asked for stops all of it before anything is written, and every such mistake is named. These
    are a source that does not exist or cannot be copied, a region that does not exist, a border that may not be
    crossed, and two copies that would bear the same name in the same region.
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
extends_documentation_fragment:
  - tencentcloud.cvm._attributes
  - tencentcloud.cvm._attributes.full
  - tencentcloud.cvm._attributes.action_group
  - tencentcloud.cvm._attributes.progress
  - tencentcloud.cvm._connection
  - tencentcloud.cvm._wait
options:
  region:
    description:
      - Region of the source images that do not name their own.
      - If unset, E(TENCENTCLOUD_REGION) is used.
  images:
    description:
      - The images, and where copies of each shall exist. The same source may be named more than once, for copies of
        different names.
    type: list
    elements: dict
    required: true
    suboptions:
      region:
        description:
          - Region of the source image. The default is O(region).
        type: str
      image_id:
        description:
          - Id of the source image. Exactly one of O(images[].image_id) and O(images[].image_name) is required.
        type: str
      image_name:
        description:
          - Exact name of the source image. It is an error if several own images of its region bear it.
        type: str
      destination_regions:
        description:
          - The regions that shall hold a copy. Regions that are not listed are left alone, whatever they hold.
        type: list
        elements: str
      copy_name:
        description:
          - Name of the copies, at most 60 characters. The default is the name of the source.
        type: str
      copy_description:
        description:
          - Description of the copies, at most 256 characters. If unset, the description is left as it is.
        type: str
      tags:
        description:
          - Tags that the copies shall carry. Other tags of the copies are left alone.
          - The tag C(cvm-image-source) is always set besides, for it is by this that a copy is known again.
        type: dict
      copy_source_tags:
        description:
          - Whether the copies shall also carry the tags of the source. O(images[].tags) go before them.
        type: bool
        default: false
      encrypt_regions:
        description:
          - The regions that shall hold an encrypted copy.
          - Tencent Cloud encrypts within a region only. Elsewhere than in the region of the source, the plain copy is
            made first, whether or not O(images[].destination_regions) lists the region, and the encrypted one is made
            from that. The plain one stays, and its snapshots are billed as well.
          - The encrypted copies of plain copies are started together when no plain copy is waited for any more.
        type: list
        elements: str
      encrypted_name:
        description:
          - Name of the encrypted copies, at most 60 characters. Required with O(images[].encrypt_regions).
          - It must differ from the name of the plain ones.
        type: str
      kms_key_ids:
        description:
          - Region to KMS key id, for the regions of O(images[].encrypt_regions) whose copies shall be encrypted with a
            key of your choice. Elsewhere it is the default key of CBS.
        type: dict
  allow_cross_border:
    description:
      - Whether copies between the Chinese mainland and the rest of the world, or in and out of the finance regions, may
        be tried. Tencent Cloud refuses them unless its support has opened them for the account.
    type: bool
    default: false
  replace_failed:
    description:
      - Whether a copy that failed (state C(CREATEFAILED) or C(IMPORTFAILED)) is deleted with its snapshots and made
        again. Otherwise it is reported and left alone.
    type: bool
    default: false
notes:
  - Copying is free. The snapshots of a copy are billed in its region for as long as they exist.
  - Where a region has room for some of the copies only, those of the images listed first are made.
  - O(wait_timeout) is for all copies together. With O(images[].encrypt_regions) it has to last for two copies, one
    after the other.
  - Without O(wait), encrypted copies whose plain copy is not ready yet are left to a further run; they are V(planned).
  - A source whose region does not answer fails alone; its copies are V(failed).
seealso:
  - module: tencentcloud.cvm.image_sync_cross_region
  - module: tencentcloud.cvm.image_copy_encrypted
  - name: SyncImages
    description: The API action that copies images.
    link: https://www.tencentcloud.com/document/product/213/33267
"""

EXAMPLES = r"""
- name: Have two images in three more regions
  tencentcloud.cvm.image_distribute:
    region: ap-guangzhou
    images:
      - image_name: golden-web-2026-11
        destination_regions: [ap-shanghai, ap-beijing, ap-chengdu]
        tags:
          team: web
      - image_name: golden-db-2026-11
        destination_regions: [ap-shanghai, ap-beijing, ap-chengdu]
  register: golden

- name: Have an image encrypted in two regions, in one of them with a key of our own
  tencentcloud.cvm.image_distribute:
    images:
      - region: ap-guangzhou
        image_id: img-go1dweb1
        encrypt_regions: [ap-shanghai, ap-beijing]
        encrypted_name: golden-web-2026-11-encrypted
        kms_key_ids:
          ap-shanghai: 23e80852-1e38-11e9-b129-5cb9019b4b01
"""

RETURN = r"""
images:
  description: One item an entry of O(images), in the order asked.
  returned: when the options could be understood
  type: list
  elements: dict
  contains:
    changed:
      description: Whether anything was changed for this image, or would be.
      type: bool
      returned: always
      sample: true
    source:
      description: The source image, or what is known of it.
      returned: always
      type: dict
      contains:
        region:
          description: Region the image is in.
          type: str
          returned: always
          sample: ap-guangzhou
        image_id:
          description: Id of the image.
          type: str
          returned: always
          sample: img-go1dweb1
        image_name:
          description: Name of the image.
          type: str
          returned: always
          sample: golden-web-2026-11
        image_state:
          description: State of the image.
          type: str
          returned: when the image exists
          sample: NORMAL
        image_type:
          description: Whose image it is, C(PRIVATE_IMAGE), C(PUBLIC_IMAGE) or C(SHARED_IMAGE).
          type: str
          returned: when the image exists
          sample: PRIVATE_IMAGE
        created_time:
          description: When the image was made, in UTC.
          type: str
          returned: when the image exists
          sample: "2026-11-20T08:00:00Z"
        os_name:
          description: Operating system.
          type: str
          returned: when the image exists
          sample: Ubuntu Server 24.04 LTS 64bit
        platform:
          description: Platform, such as C(Ubuntu) or C(Windows).
          type: str
          returned: when the image exists
          sample: Ubuntu
        architecture:
          description: Architecture.
          type: str
          returned: when the image exists
          sample: x86_64
        image_size:
          description: Size in GiB.
          type: int
          returned: when the image exists
          sample: 50
        image_source:
          description: How the image came to be.
          type: str
          returned: when the image exists
          sample: CREATE_IMAGE
        image_creator:
          description: Account that made the image.
          type: str
          returned: when the image exists
          sample: "100000000001"
        image_description:
          description: Description.
          type: str
          returned: when the image exists
          sample: ""
        image_family:
          description: Image family.
          type: str
          returned: when the image exists
          sample: ""
        image_deprecated:
          description: Whether the image is marked as deprecated.
          type: bool
          returned: when the image exists
          sample: false
        license_type:
          description: Licence of the operating system.
          type: str
          returned: when the image exists
          sample: TencentCloud
        is_support_cloudinit:
          description: Whether the image supports cloud-init.
          type: bool
          returned: when the image exists
          sample: true
        sync_percent:
          description: How far a copy has come, while it is being made.
          type: int
          returned: when the image exists
          sample: 40
        snapshot_set:
          description: The snapshots behind the image, each with C(snapshot_id), C(disk_usage) and C(disk_size) in GiB.
          type: list
          elements: dict
          returned: when the image exists
          sample: [{snapshot_id: snap-1a2b3c4d, disk_usage: SYSTEM_DISK, disk_size: 50}]
        tags:
          description: Tags of the image.
          type: dict
          returned: when the image exists
          sample: {team: web}
    copies:
      description: One item a copy, the plain ones first. Each is as in RV(copies), without what names the source.
      returned: always
      type: list
      elements: dict
      sample: []
    image_ids:
      description:
        - Region to image id, for every plain copy that can be used.
        - In check mode a copy that is only planned has no id yet; its value is then none.
      returned: always
      type: dict
      sample: {ap-shanghai: img-y0stvqti}
    encrypted_image_ids:
      description: Region to image id, for every encrypted copy that can be used.
      returned: always
      type: dict
      sample: {ap-shanghai: img-1ocked01}
    msg:
      description: What failed, in a sentence each.
      returned: when something of this image failed
      type: str
      sample: "Copying golden-web-2026-11 (ap-guangzhou) to ap-beijing failed: ..."
    error_code:
      description: Code of the first error that the API answered, or none.
      returned: when something of this image failed
      type: str
      sample: ImageQuotaLimitExceeded
    request_id:
      description: Id of the request that failed; Tencent Cloud's support asks for it, or none.
      returned: when something of this image failed
      type: str
      sample: 71e69b56-32be-4412-ab45-49eded6a87be
copies:
  description: One item a copy, of all images.
  returned: when the options could be understood
  type: list
  elements: dict
  contains:
    source_region:
      description: Region of the source.
      type: str
      returned: always
      sample: ap-guangzhou
    source_image_name:
      description: Name of the source, as far as it is known.
      type: str
      returned: always
      sample: golden-web-2026-11
    encryption:
      description: Of an encrypted copy its KMS key id, or C(default); of a plain one none.
      type: str
      returned: always
      sample: default
    region:
      description: The destination.
      type: str
      returned: always
      sample: ap-shanghai
    image_id:
      description: Id of the copy; none while there is no copy.
      type: str
      returned: always
      sample: img-y0stvqti
    image_name:
      description: Name of the copy.
      type: str
      returned: always
      sample: golden-web-2026-11
    state:
      description: State of the copy as it was last seen.
      type: str
      returned: always
      sample: NORMAL
    status:
      description:
        - What became of the destination. C(planned) (check mode would copy), C(copied), C(present) (it was there),
          C(resumed) (it was being made, and was waited for), C(adopted) (it was there without a mark and has been
          marked), C(replaced), C(failed), C(timed_out), C(conflict), C(removed) or C(absent).
      type: str
      returned: always
      sample: copied
    sync_percent:
      description: How far the copy had come when it was last seen.
      type: int
      returned: always
      sample: 40
    source_image_id:
      description: Id of what it is made from; of an encrypted copy that may be the plain one beside it.
      type: str
      returned: always
      sample: img-go1dweb1
    error:
      description: Why the destination failed, with C(code), C(message) and C(request_id); none if it did not.
      type: dict
      returned: always
      sample: {code: ImageQuotaLimitExceeded, message: the region holds 500 of 500 custom images, request_id: null}
error_code:
  description: Code of the first error that the API answered, or none.
  returned: on failure, when the options could be understood
  type: str
  sample: ImageQuotaLimitExceeded
request_id:
  description: Id of the request that failed; Tencent Cloud's support asks for it, or none.
  returned: on failure, when the options could be understood
  type: str
  sample: 71e69b56-32be-4412-ab45-49eded6a87be
"""

from typing import Any

from ..module_utils._distribute import distribute_images
from ..module_utils._distribute_order import read_entries
from ..module_utils._module import Task, run_module, wait_arguments

IMAGE_ARGUMENTS: dict[str, Any] = {
    "region": {"type": "str"},
    "image_id": {"type": "str"},
    "image_name": {"type": "str"},
    "destination_regions": {"type": "list", "elements": "str"},
    "copy_name": {"type": "str"},
    "copy_description": {"type": "str"},
    "tags": {"type": "dict"},
    "copy_source_tags": {"type": "bool", "default": False},
    "encrypt_regions": {"type": "list", "elements": "str"},
    "encrypted_name": {"type": "str"},
    "kms_key_ids": {"type": "dict", "no_log": False},
}
ARGUMENTS: dict[str, Any] = {
    **wait_arguments(timeout=3600),
    "images": {"type": "list", "elements": "dict", "required": True, "options": IMAGE_ARGUMENTS},
    "allow_cross_border": {"type": "bool", "default": False},
    "replace_failed": {"type": "bool", "default": False},
}


def body(task: Task) -> dict[str, Any]:
    return distribute_images(read_entries(task.params), task.client, check_mode=task.check_mode, tell=task.tell)


def main() -> None:
    run_module(body, ARGUMENTS)


if __name__ == "__main__":
    main()

#!/usr/bin/python
# Copyright: tencentcloud.cvm contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: caller_info
short_description: Tell whose API key it is
version_added: 1.0.0
description:
  - Asks STS (C(GetCallerIdentity)) which account, and which user or role of it, the API key belongs to.
  - The account id is what M(tencentcloud.cvm.image) shares images with.
author:
  - tencentcloud.cvm contributors (@tencentcloud-ansible)
extends_documentation_fragment:
  - tencentcloud.cvm._attributes
  - tencentcloud.cvm._attributes.info
  - tencentcloud.cvm._attributes.action_group
  - tencentcloud.cvm._connection
options: {}
notes:
  - O(region) may be left out here; every region gives the same answer.
seealso:
  - module: tencentcloud.cvm.image
"""

EXAMPLES = r"""
- name: Whose key is it?
  tencentcloud.cvm.caller_info:
    secret_id: "{{ partner_secret_id }}"
    secret_key: "{{ partner_secret_key }}"
  register: partner

- name: Share the golden image with that account
  tencentcloud.cvm.image:
    region: ap-guangzhou
    image_name: golden-web-2026-11
    shared_with: ["{{ partner.account_id }}"]
"""

RETURN = r"""
account_id:
  description: Id of the main account (uin), which owns the resources.
  returned: success
  type: str
  sample: "100000000001"
user_id:
  description: Id of the user; of a role, its id and the name of the session.
  returned: success
  type: str
  sample: "100000000001"
principal_id:
  description: Id of the account, or of the user, whose key it is, or which assumed the role.
  returned: success
  type: str
  sample: "100000000001"
type:
  description: Kind of the caller, such as C(CAMUser) or C(CAMRole).
  returned: success
  type: str
  sample: CAMUser
arn:
  description: The caller, as policies name it.
  returned: success
  type: str
  sample: qcs::cam::uin/100000000001:uin/100000000001
error_code:
  description: Code of the error that the API answered.
  returned: on failure
  type: str
  sample: AuthFailure.SecretIdNotFound
request_id:
  description: Id of the request that failed; Tencent Cloud's support asks for it.
  returned: on failure
  type: str
  sample: 71e69b56-32be-4412-ab45-49eded6a87be
"""

from typing import Any

from ..module_utils._caller import identify
from ..module_utils._module import Task, run_module

ARGUMENTS: dict[str, Any] = {}


def body(task: Task) -> dict[str, Any]:
    return {"changed": False, **identify(task.client)}


def main() -> None:
    run_module(body, ARGUMENTS)


if __name__ == "__main__":
    main()

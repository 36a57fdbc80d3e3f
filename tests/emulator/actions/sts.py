# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""sts: who calls, and temporary keys."""

from __future__ import annotations

import re
import typing as t

from ..call import Call
from ..clock import iso
from ..errors import ApiError
from ..world import TemporaryKey

Answer = dict[str, t.Any]

_ROLE = re.compile(r"qcs::cam::uin/(?P<uin>\d+):roleName/(?P<role>[\w.@-]+)")


def get_caller_identity(call: Call) -> Answer:
    uin = call.account.uin
    if call.caller:
        return {
            "Type": "CAMRole",
            "AccountId": uin,
            "UserId": f"{call.caller.role}:{call.caller.session}",
            "PrincipalId": call.caller.issued_to or uin,
            "Arn": f"qcs::sts:{uin}:assumed-role/{call.caller.role}",
        }
    return {
        "Type": "CAMUser",
        "AccountId": uin,
        "UserId": uin,
        "PrincipalId": uin,
        "Arn": f"qcs::cam::uin/{uin}:uin/{uin}",
    }


def assume_role(call: Call) -> Answer:
    found = _ROLE.fullmatch(call.params["RoleArn"])
    owner = call.world.accounts.get(found["uin"]) if found else None
    role = owner.roles.get(found["role"]) if owner and found else None
    if owner is None or role is None:
        raise ApiError("ResourceNotFound.RoleNotFound", f"The role {call.params['RoleArn']} is not found.")
    if call.account.uin not in role.trusted:
        raise ApiError("UnauthorizedOperation", f"{call.account.uin} may not assume {role.name}.")
    if role.external_id is not None and call.get("ExternalId") != role.external_id:
        raise ApiError("UnauthorizedOperation", f"The external id of {role.name} is missing or wrong.")
    expires = call.now + call.get("DurationSeconds", 7200)
    key = TemporaryKey(
        secret_id=call.world.new_id("AKIDtemporary", 12).replace("-", ""),
        secret_key=call.world.new_id("key", 24),
        token=call.world.new_id("token", 32),
        account=owner.uin,
        role=role.name,
        expires=expires,
        session=call.params["RoleSessionName"],
        issued_to=call.account.uin,
    )
    call.world.temporary_keys[key.secret_id] = key
    return {
        "Credentials": {"Token": key.token, "TmpSecretId": key.secret_id, "TmpSecretKey": key.secret_key},
        "ExpiredTime": int(expires),
        "Expiration": iso(expires),
    }


ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "AssumeRole": assume_role,
    "GetCallerIdentity": get_caller_identity,
}

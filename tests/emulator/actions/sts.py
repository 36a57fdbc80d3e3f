# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""sts: who calls, and temporary keys."""

from __future__ import annotations

import typing as t

from ..call import Call
from ..clock import iso
from ..errors import ApiError
from ..world import Account, Role

Answer = dict[str, t.Any]


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
    found = call.world.role(call.params["RoleArn"])
    if found is None:
        raise ApiError("ResourceNotFound.RoleNotFound", f"The role {call.params['RoleArn']} is not found.")
    owner, role = found
    if call.account.uin not in role.trusted:
        raise ApiError("UnauthorizedOperation", f"{call.account.uin} may not assume {role.name}.")
    if role.external_id is not None and call.get("ExternalId") != role.external_id:
        raise ApiError("UnauthorizedOperation", f"The external id of {role.name} is missing or wrong.")
    return _lend(call, owner, role, call.account.uin)


def assume_role_with_web_identity(call: Call) -> Answer:
    """Nobody signs this: the token says who asks."""
    found = call.world.role(call.params["RoleArn"])
    if found is None or found[1].provider_id != call.params["ProviderId"]:
        raise ApiError("UnauthorizedOperation", f"{call.params['RoleArn']} does not trust {call.params['ProviderId']}.")
    owner, role = found
    if call.params["WebIdentityToken"] != role.web_token:
        raise ApiError("InvalidParameter.WebIdentityTokenError", "The WebIdentityToken is not valid.")
    return _lend(call, owner, role, call.params["ProviderId"])


def _lend(call: Call, owner: Account, role: Role, issued_to: str) -> Answer:
    expires = call.now + call.get("DurationSeconds", 7200)
    key = call.world.lend_key(owner, role, expires, call.params["RoleSessionName"], issued_to)
    return {
        "Credentials": {"Token": key.token, "TmpSecretId": key.secret_id, "TmpSecretKey": key.secret_key},
        "ExpiredTime": int(expires),
        "Expiration": iso(expires),
    }


ACTIONS: dict[str, t.Callable[[Call], Answer]] = {
    "AssumeRole": assume_role,
    "AssumeRoleWithWebIdentity": assume_role_with_web_identity,
    "GetCallerIdentity": get_caller_identity,
}

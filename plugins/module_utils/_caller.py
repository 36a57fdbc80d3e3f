# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""Whose key it is."""

from __future__ import annotations

from ._client import STS, STS_REGION, Client


def identify(client: Client) -> dict[str, str]:
    """What STS says of the key, in snake_case. It knows the same in every region."""
    answer = client.in_region(client.region or STS_REGION).call("GetCallerIdentity", service=STS)
    return {
        "account_id": str(answer.get("AccountId") or ""),
        "user_id": str(answer.get("UserId") or ""),
        "principal_id": str(answer.get("PrincipalId") or ""),
        "type": str(answer.get("Type") or ""),
        "arn": str(answer.get("Arn") or ""),
    }

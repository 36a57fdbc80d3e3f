# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# This file is private to the collection: it may change at any time.
"""What an API key is, and the places it can come from. Descriptions only: nobody is asked here."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Credential:
    """An API key. It never shows itself in a repr.

    :param source: where it came from, for messages
    :param expires: the moment, in seconds since the epoch, from which the API refuses it; None is never
    """

    secret_id: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    source: str = ""
    expires: float | None = None

    def secrets(self) -> list[str]:
        """What must never appear in output."""
        return [value for value in (self.secret_key, self.token) if value]


@dataclass(frozen=True)
class Login:
    """The temporary key that ``tccli auth login`` or ``tccli sso login`` keeps in a profile's file.

    :param command: the login that makes it anew
    """

    profile: str
    path: Path
    command: str


@dataclass(frozen=True)
class CvmRole:
    """The key of a CAM role bound to the CVM instance that this runs on.

    :param role: None takes the one that is bound
    :param service: where the metadata service is
    """

    role: str | None
    service: str


@dataclass(frozen=True)
class WebIdentity:
    """The key of a CAM role, in exchange for the OIDC token that a TKE cluster gives its pods."""

    region: str
    provider_id: str
    token_file: Path
    role_arn: str
    session_name: str


@dataclass(frozen=True)
class AssumedRole:
    """The key of a CAM role, assumed with another key."""

    base: Source
    role_arn: str
    session_name: str
    duration: int
    external_id: str | None = None


Source: t.TypeAlias = "Credential | Login | CvmRole | WebIdentity | AssumedRole"

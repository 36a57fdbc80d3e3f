# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""make cloud: the emulator as a place to rehearse. What it prints is a shell script: paste it, or source it."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.emulator import Emulator
from tests.emulator import __main__ as emulator

PREFIXES = ("TENCENTCLOUD", "TENCENTCLOUD_TARGET")
"""Of the variables for the key of the first account, and of the second."""

REAL = (
    *("TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN", "TENCENTCLOUD_ASSUME_ROLE_ARN"),
    *("TENCENTCLOUD_TARGET_TOKEN", "TENCENTCLOUD_TARGET_ASSUME_ROLE_ARN", "TENCENTCLOUD_TARGET_ENDPOINT"),
)
"""What a shell may hold besides real keys, and what does not go with the emulator's."""


def exports(cloud: Emulator, time_scale: float) -> None:
    """The lines that make a shell, and what runs in it, use this cloud."""
    lines = [
        f"# A local Tencent Cloud, in which {time_scale:g} seconds pass in one.",
        f"unset {' '.join(REAL)}",
        # A proxy would look for 127.0.0.1 at home.
        'export NO_PROXY="127.0.0.1,${no_proxy:-${NO_PROXY:-}}"',
        'export no_proxy="$NO_PROXY"',
        f"export TENCENTCLOUD_ENDPOINT={cloud.url}",
    ]
    for number, account in enumerate(cloud.world.accounts.values()):
        secret_id, secret_key = map(shlex.quote, next(iter(account.credentials.items())))
        lines.append(f"# account {account.name} ({account.uin}): {secret_id} {secret_key}")
        if number < len(PREFIXES):
            lines.append(f"export {PREFIXES[number]}_SECRET_ID={secret_id}")
            lines.append(f"export {PREFIXES[number]}_SECRET_KEY={secret_key}")
    lines.append("# Ready. Run these lines in the shell of your playbooks; Ctrl-C stops the cloud.")
    print(*lines, sep="\n", flush=True)


if __name__ == "__main__":
    sys.exit(emulator.main(exports, "make cloud ARGS=..."))

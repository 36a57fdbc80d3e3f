# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""python -m tests.emulator [--port N] [--seed FILE] [--time-scale N]"""

from __future__ import annotations

import argparse
import signal
import sys
import typing as t
from pathlib import Path

from . import SEEDS, Emulator, ScaledClock, schema
from .actions import HANDLERS


def coverage() -> str:
    """What is emulated, of what the official description lists."""
    lines = []
    for service in schema.services().values():
        done = sorted(action for name, action in HANDLERS if name == service.name)
        lines.append(f"{service.name} {service.version}: {len(done)} of {len(service.official_actions)}")
        lines += [f"  {action}" for action in done]
    return "\n".join(lines)


def introduce(emulator: Emulator, _time_scale: float) -> None:
    """Where it is, and a line for each key."""
    print(f"Tencent Cloud emulator at {emulator.url}", flush=True)
    for account in emulator.world.accounts.values():
        for secret_id, secret_key in account.credentials.items():
            print(f"account {account.name} ({account.uin}): {secret_id} {secret_key}", flush=True)


def main(introduced: t.Callable[[Emulator, float], None] = introduce, program: str = "python -m tests.emulator") -> int:
    """Run it until it is stopped; ``introduced`` says where it is and how fast its time goes."""
    parser = argparse.ArgumentParser(prog=program, description="A local Tencent Cloud API.")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--seed", type=Path, default=SEEDS / "demo.yml", help="what the cloud holds at the start")
    parser.add_argument("--time-scale", type=float, default=60.0, help="virtual seconds a real second; default 60")
    parser.add_argument("--actions", action="store_true", help="list the emulated actions and stop")
    options = parser.parse_args()
    if options.actions:
        print(coverage())
        return 0
    try:
        emulator = Emulator(options.seed, ScaledClock(options.time_scale), options.port)
    except (OSError, ValueError, OverflowError) as error:
        print(f"The emulator cannot start with --seed {options.seed} --port {options.port}: {error}", file=sys.stderr)
        return 2
    with emulator:
        introduced(emulator, options.time_scale)
        # Whoever stops it by SIGTERM wants to hear of bugs as well.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            emulator.wait()
        except KeyboardInterrupt:
            print("stopped")
    for bug in emulator.bugs():
        print(f"The emulator met a bug of its own: {bug}", file=sys.stderr)
    return 1 if emulator.bugs() else 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mutate the pure core and see whether its pure tests notice: `nox -e mutation`.

Works on a copy in .cache. A mutant that survives fails the session, unless EQUIVALENT says why nothing can notice it.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPY = ROOT / ".cache" / "mutation"
NAME = Path("ansible_collections", "tencentcloud", "cvm")
UTILS = Path("plugins", "module_utils")
MUTATED = ("_copy_plan.py", "_retry.py", "_wait.py")
TESTS = ("test_copy_plan.py", "test_copy_plan_tables.py", "test_retry.py", "test_wait.py")

EQUIVALENT: dict[tuple[str, str], str] = {}
"""(function, changed line) -> why the change changes nothing."""


def lay_out() -> None:
    """Only what is mutated, what that imports, and its tests: so nothing else can notice, and it is quick."""
    shutil.rmtree(COPY, ignore_errors=True)
    shutil.copytree(ROOT / UTILS, COPY / NAME / UTILS, ignore=shutil.ignore_patterns("__pycache__"))
    (COPY / "tests").mkdir()
    for test in TESTS:
        shutil.copy(ROOT / "tests/unit" / UTILS / test, COPY / "tests")
    mutated = "".join(f"\n    {NAME / UTILS / name}" for name in MUTATED)
    options = f"[mutmut]\nsource_paths={NAME}\nonly_mutate={mutated}\ntests_dir=tests\n"
    (COPY / "setup.cfg").write_text(options)


def mutmut(*arguments: str) -> str:
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=COPY, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"mutmut {' '.join(arguments)} failed:\n{done.stdout}")
    return done.stdout


def changed_line(mutant: str) -> tuple[str, str]:
    """The function and the line of a mutant, which name it for longer than its number does."""
    added = re.findall(r"^\+(?!\+\+)\s*(.*)$", mutmut("show", mutant), re.MULTILINE)
    function = re.sub(r"^.*\.xǁ?|__mutmut_\d+$", "", mutant).lstrip("_").replace("ǁ", ".")
    return function, " ".join(added)


def main() -> int:
    lay_out()
    mutmut("run")
    results = re.findall(r"^\s*(\S+__mutmut_\d+): (.+)$", mutmut("results", "--all", "true"), re.MULTILINE)
    survivors = {mutant: changed_line(mutant) for mutant, fate in results if fate != "killed"}
    argued = {mutant for mutant, line in survivors.items() if line in EQUIVALENT}
    for mutant in sorted(set(survivors) - argued):
        print(f"{mutant}: {survivors[mutant]}")
    for line in sorted(set(EQUIVALENT) - set(survivors.values())):
        print(f"no longer a survivor: {line}")
    killed = len(results) - len(survivors)
    print(f"mutation: {killed} of {len(results)} killed, {len(argued)} argued equivalent")
    return 0 if results and len(argued) == len(survivors) and set(EQUIVALENT) <= set(survivors.values()) else 1


if __name__ == "__main__":
    sys.exit(main())

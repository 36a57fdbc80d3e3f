# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every guide, followed to the letter by somebody who has a key of the emulated cloud, and another one's."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import typing as t
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.emulator import Emulator

from .conftest import user_environment, user_shell
from .following import Step, follow, steps
from .held import ACME, PARTNER, own

ROOT = Path(__file__).resolve().parents[2]
GUIDES = ROOT / "docs" / "guides"
SECRETS = ("acme-demo-key", "partner-demo-key")


def copied_to(cloud: Emulator) -> list[list[str]]:
    return [entry.params["DestinationRegions"] for entry in cloud.journal.effects("SyncImages")]


def keys_told_apart(_cloud: Emulator, outputs: list[str]) -> None:
    first, who, defaults = outputs
    assert f'"account_id": "{ACME}"' in first
    assert re.findall(r'"type": "(\w+)"', who) == ["CAMUser", "CAMUser", "CAMRole"]
    assert "ok=2 " in defaults


def copied_once(cloud: Emulator, outputs: list[str]) -> None:
    first, again, stranger = outputs
    assert ('"status": "copied"' in first, '"cvm-image-source": "ap-guangzhou/img-go1dweb1"' in first) == (True, True)
    assert ('"status": "present"' in again, '"changed": false' in again) == (True, True)
    assert ('"status": "conflict"' in stranger, "img-strange1" in stranger) == (True, True)
    assert copied_to(cloud) == [["ap-chengdu"]]


def one_region_first(cloud: Emulator, outputs: list[str]) -> None:
    assert copied_to(cloud) == [["ap-chengdu"], ["ap-chongqing"]]
    assert [entry.region for entry in cloud.journal.effects("RunInstances")] == ["ap-chengdu", "ap-chongqing"]
    changed = dict(re.findall(r"^(ap-\w+) .*changed=(\d+)", outputs[-1], re.MULTILINE))
    assert changed["ap-chengdu"] == "0" != changed["ap-chongqing"]


def given_and_taken_back(cloud: Emulator, _outputs: list[str]) -> None:
    for region in ("ap-guangzhou", "ap-chengdu"):
        assert "golden-web-2026-11" in own(cloud, region, PARTNER)
    assert cloud.world.images["img-go1dweb1"].shared_with == {}


def shown(cloud: Emulator, outputs: list[str]) -> None:
    line = re.compile(r"^\[localhost\] ap-chengdu golden-web-2026-11: ", re.MULTILINE)
    assert [bool(line.search(output)) for output in outputs] == [True, False, False]
    assert copied_to(cloud) == [["ap-chengdu"], ["ap-chongqing"]]


STORIES: dict[str, Callable[[Emulator, list[str]], None]] = {
    "accounts": given_and_taken_back,
    "authentication": keys_told_apart,
    "identity": copied_once,
    "progress": shown,
    "regions": one_region_first,
}


def steps_of(guide: str) -> list[Step]:
    """With keys of the demo world in place of placeholders."""
    text = (GUIDES / f"{guide}.md").read_text("utf-8")
    return steps(text.replace("your-secret-id", "AKIDacmedemo0001").replace("your-secret-key", SECRETS[0]))


def test_every_guide_is_listed_and_followed() -> None:
    names = {path.stem for path in GUIDES.glob("*.md")} - {"README"}
    assert set(re.findall(r"\]\(([\w-]+)\.md\)", (GUIDES / "README.md").read_text("utf-8"))) == names
    assert {name for name in names if steps_of(name)} == {*STORIES, "rehearse"}


@pytest.mark.parametrize("guide", sorted(STORIES))
def test_guide(guide: str, cloud: Emulator, tmp_path: Path) -> None:
    environment = user_environment(cloud, tmp_path)
    partner = cloud.options("partner")
    environment |= {f"TENCENTCLOUD_TARGET_{name.upper()}": partner[name] for name in ("secret_id", "secret_key")}
    if guide == "authentication":
        del environment["TENCENTCLOUD_SECRET_ID"], environment["TENCENTCLOUD_SECRET_KEY"]
    exported = ""
    outputs = []
    for step in steps_of(guide):
        output = follow(step if step.name else replace(step, text=exported + step.text), environment, tmp_path)
        if output is not None:
            outputs.append(output)
            exported += "".join(line for line in step.text.splitlines(True) if line.startswith("export "))

    STORIES[guide](cloud, outputs)
    assert not [secret for secret in SECRETS if secret in "".join(outputs)]


@dataclass
class Started:
    """A cloud in another process: the script that it has printed, and where to ask it what happened."""

    script: str

    def tells(self, what: str) -> list[dict[str, t.Any]]:
        (url,) = re.findall(r"^export TENCENTCLOUD_ENDPOINT=(\S+)$", self.script, re.MULTILINE)
        with urllib.request.urlopen(f"{url}/_emulator/{what}") as answer:
            told: list[dict[str, t.Any]] = json.load(answer)
            return told


@contextmanager
def made(command: str, folder: Path) -> Iterator[Started]:
    """`make cloud` in a terminal of its own, ended by Ctrl-C. What CI has installed is taken for installed."""
    nox = os.environ.get("CVM_NOX", ".venv/bin/nox")
    line = command.strip().replace("make ", f"make -o .venv/ready NOX={shlex.quote(nox)} ", 1)
    # Where a job runs in the background, Ctrl-C is ignored, and so it would be by what the job starts.
    terminal = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp('bash', sys.argv[1:])"
    with subprocess.Popen(
        [sys.executable, "-c", terminal, "bash", "-c", f"exec {line}"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        script = ""
        for printed in process.stdout:
            script += printed
            if printed.startswith("# Ready"):
                break
        try:
            assert "# Ready" in script, script + process.communicate()[1]
            yield Started(script)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            rest, errors = process.communicate(timeout=60)
    assert "Traceback" not in rest + errors, errors
    assert process.returncode in (-signal.SIGINT, 128 + signal.SIGINT), errors
    assert rest == "stopped\n", rest


def test_a_rehearsal(tmp_path: Path) -> None:
    """Each cloud of the guide runs until the next one is started, or until the end of the page."""
    (tmp_path / "tencentcloud.cvm").symlink_to(ROOT)
    # What a shell may hold before, and what the lines that the cloud prints must see to.
    environment = user_shell(tmp_path) | {"TENCENTCLOUD_TOKEN": "of-a-real-key", "http_proxy": "http://127.0.0.1:9"}
    clouds: list[tuple[str, list[Step]]] = []
    for step in steps_of("rehearse"):
        if step.text.startswith("make "):
            clouds.append((step.text, []))
        else:
            clouds[-1][1].append(step)
    outputs, copies = [], []
    for command, then in clouds:
        with made(command, tmp_path) as cloud:
            for step in then:
                given = step if step.name else replace(step, text=cloud.script + step.text)
                outputs.append(follow(given, environment, tmp_path) or "")
            copies += [(entry["region"], entry["fault"]) for entry in cloud.tells("journal") if is_copy(entry)]
            assert cloud.tells("bugs") == []

    assert (tmp_path / "report.html").is_file()
    for_tokyo, for_both, for_jakarta = (("ap-singapore", fault) for fault in ("", "after cut", ""))
    assert copies == [for_tokyo, for_both, for_jakarta]
    *_others, failed, mended, state = outputs
    assert re.findall(r'"status": "(\w+)"', failed) == ["copied", "failed"]
    assert re.findall(r'"status": "(\w+)"', mended) == ["present", "replaced"]
    assert "ap-jakarta" in state


def is_copy(entry: dict[str, t.Any]) -> bool:
    return bool(entry["action"] == "SyncImages" and entry["executed"] and not entry["params"].get("DryRun"))

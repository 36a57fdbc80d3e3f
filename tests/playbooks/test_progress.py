# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Progress as a user sees it: what ansible-playbook prints, and when."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import typing as t
from pathlib import Path

import pytest

from tests.emulator import SEEDS, Emulator, ScaledClock

from .conftest import Play, user_environment

SYNC, SHARED, ENCRYPTED = (
    f"tencentcloud.cvm.{name}" for name in ("image_sync_cross_region", "image_copy_shared", "image_copy_encrypted")
)
GOLDEN = "golden-web-2026-11"
PARTNER = "partner-base-2026-11"
ACME = "100000000001"
BUSY = "InvalidParameterValue.InvalidImageState"
LINE = re.compile(r"^\[(\S+)\] (ap-\S+) (\S+): (.*)$", re.MULTILINE)
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}"}
RESULT = {"ansible.builtin.debug": {"msg": "RESULT {{ result | to_json | b64encode }}"}}


def playbook(folder: Path, *plays: dict[str, t.Any]) -> str:
    """Plays whose modules have the source region by module_defaults, which must reach them through the plugins."""
    defaults = {"group/tencentcloud.cvm.all": {"region": "ap-guangzhou"}}
    path = folder / "progress.yml"
    common = {"hosts": "localhost", "gather_facts": False, "module_defaults": defaults}
    path.write_text(json.dumps([{**common, **play} for play in plays]), "utf-8")
    return str(path)


def inventory(folder: Path, hosts: dict[str, dict[str, t.Any]]) -> str:
    path = folder / "hosts.yml"
    path.write_text(json.dumps({"all": {"hosts": hosts}}), "utf-8")
    return str(path)


def lines_of(output: str, host: str = "localhost") -> list[tuple[str, str]]:
    """(region, what the line says) of every progress line of a host."""
    return [(region, what) for name, region, _image, what in LINE.findall(output) if name == host]


def results(output: str) -> list[dict[str, t.Any]]:
    return [json.loads(base64.b64decode(text)) for text in re.findall(r"RESULT ([\w+/=]+)", output)]


def statuses(result: dict[str, t.Any]) -> list[str]:
    return [copy["status"] for copy in result["copies"]]


def ended(lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """(region, status) of the lines that say how it ended."""
    return [(region, what.partition(",")[0]) for region, what in lines if ", took " in what]


def test_lines_come_while_the_copy_is_being_made(tmp_path: Path) -> None:
    """They are held against the cloud as they arrive. Hosts under strategy free, one that is delegated; loops."""
    hosts = {"web-a": LOCAL, "web-b": {"ansible_connection": "ssh", "ansible_host": "192.0.2.1"}, "web-c": LOCAL}
    there = {"delegate_to": "web-c", "when": "inventory_hostname == 'web-b'"}
    book = playbook(
        tmp_path,
        {
            "hosts": "web-a,web-b",
            "strategy": "ansible.builtin.free",
            "tasks": [
                {SYNC: {"image_name": GOLDEN, "destination_regions": "{{ item }}"}, "register": "result"}
                | {"loop": [["ap-chengdu", "ap-shanghai"], ["ap-chengdu"]], "when": "inventory_hostname == 'web-a'"},
                {SHARED: {"image_name": PARTNER, "copy_name": "base"}, "register": "result"} | there,
            ],
        },
    )
    with Emulator(SEEDS / "demo.yml", ScaledClock(200)) as cloud:
        live: list[bool] = []
        output = ""
        command = ["ansible-playbook", "-i", inventory(tmp_path, hosts), book]
        # As in a terminal or under ansible-runner; into a pipe Python writes in blocks.
        environment = {**user_environment(cloud, tmp_path), "PYTHONUNBUFFERED": "1"}
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                output += line
                if (match := LINE.match(line)) and "SYNCING" in line:
                    now, named = cloud.clock.now(), cloud.world.own_images(ACME, match[2])
                    live.append(any(image.timeline.at(now) == "SYNCING" and image.name == match[3] for image in named))
        assert cloud.journal.bugs == []
        assert len(cloud.journal.effects("SyncImages")) == 2
    assert process.returncode == 0, output
    # The last look may be over by the time its line is read.
    assert live.count(True) >= len(live) - 3 >= 3, output
    mine, theirs = lines_of(output, "web-a"), lines_of(output, "web-b")
    assert sorted(ended(mine)) == [("ap-chengdu", "copied"), ("ap-shanghai", "copied")], output
    assert ended(theirs) == [("ap-guangzhou", "copied")], output
    assert lines_of(output, "web-c") == []
    for lines in (mine, theirs):
        percents = [int(percent) for _region, what in lines for percent in re.findall(r"SYNCING (\d+) %", what)]
        assert len(set(percents)) >= 3, output
        assert any(re.search(r" \d+ %, \d+s elapsed, about \d+s left$", what) for _region, what in lines), output
    # With strategy free the banner may come late, but the result never before the lines.
    assert output.index("took") < output.index("changed: [web-a]")


def test_the_result_is_that_of_the_module(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """The same with and without lines: of a copy, of one that is there, of a failure, in check mode; and no_log."""

    def tasks(suffix: str) -> list[dict[str, t.Any]]:
        asked = {"image_name": GOLDEN, "copy_name": f"golden-{suffix}", "destination_regions": ["ap-chengdu"]}
        again = {SYNC: asked, "register": "result"}
        wrong = {**asked, "destination_regions": ["ap-chengduu", "ap-chongqing"]}
        return [
            step
            for task in (
                {**again, "check_mode": True, "diff": True},
                {**again, "diff": True},
                again,
                {SYNC: wrong, "register": "result", "ignore_errors": True},
                {SYNC: {**asked, "surplus": 1}, "register": "result", "ignore_errors": True},
                {
                    ENCRYPTED: {"image_name": GOLDEN, "copy_name": f"locked-{suffix}"},
                    "register": "result",
                    "no_log": suffix == "on",
                },
            )
            for step in (task, RESULT)
        ]

    on = play(playbook(tmp_path, {"tasks": tasks("on")}))
    off = play(playbook(tmp_path, {"tasks": tasks("off")}), ANSIBLE_TENCENTCLOUD_PROGRESS="0")

    assert (on.code, off.code) == (0, 0), on.output + off.output
    assert ended(lines_of(on.output)) == [("ap-chengdu", "copied")], on.output
    assert lines_of(off.output) == []
    assert "locked-on:" not in on.output

    def comparable(output: str, suffix: str) -> list[str]:
        text = [json.dumps(result, sort_keys=True).replace(f"-{suffix}", "") for result in results(output)]
        return [re.sub(r"img-\w{8}|snap-\w{8}|[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}", "ID", one) for one in text]

    assert len(results(on.output)) == 6
    assert comparable(on.output, "on") == comparable(off.output, "off")
    changed = [result["changed"] for result in results(on.output)]
    assert changed == [True, True, False, False, False, True]
    assert statuses(results(on.output)[1]) == ["copied"]
    assert statuses(results(on.output)[2]) == ["present"]


def test_a_task_that_is_timed_out_was_shown_and_is_taken_up_by_the_next_run(
    cloud: Emulator, play: Play, tmp_path: Path
) -> None:
    cloud.add_faults({"do": "error", "code": BUSY, "action": "SyncImages", "times": None})
    task = {SYNC: {"image_name": GOLDEN, "destination_regions": ["ap-shanghai"]}, "register": "result"}

    cut = play(playbook(tmp_path, {"tasks": [{**task, "timeout": 6, "ignore_errors": True}, RESULT]}))

    assert results(cut.output)[0]["timedout"]["period"] == 6, cut.output
    assert lines_of(cut.output)[0][1].startswith(f"{BUSY}: ")
    assert ended(lines_of(cut.output)) == []
    cloud.world.faults.clear()
    again = play(playbook(tmp_path, {"tasks": [task]}))
    assert again.code == 0, again.output
    assert len([image for image in cloud.world.own_images(ACME, "ap-shanghai") if image.name == GOLDEN]) == 1


def test_until_async_and_become_work(cloud: Emulator, play: Play, tmp_path: Path) -> None:
    """What is not finished is resumed by the next try; async shows nothing."""
    sync = {"image_name": GOLDEN, "destination_regions": ["ap-chengdu"], "wait_timeout": 1}
    tasks = [
        {SYNC: sync, "register": "result", "become": True, "until": "result is not failed", "retries": 9, "delay": 0},
        RESULT,
        {SHARED: {"image_name": PARTNER, "copy_name": "base"}, "async": 300, "poll": 1, "register": "result"},
        RESULT,
    ]

    played = play(
        playbook(tmp_path, {"tasks": tasks}),
        ANSIBLE_ASYNC_DIR=str(tmp_path / "async"),
        ANSIBLE_BECOME_EXE=become(tmp_path),
    )

    assert played.code == 0, played.output
    tried, asynchronous = results(played.output)
    assert tried["attempts"] > 1
    (status,) = statuses(tried)
    assert status in ("resumed", "adopted"), "it was there between two tries, if not within one"
    assert (statuses(asynchronous), asynchronous["changed"]) == (["copied"], True)
    lines = lines_of(played.output)
    assert [what for _region, what in lines if what.startswith("timed_out after ")], played.output
    assert ended(lines) == ([("ap-chengdu", "resumed")] if status == "resumed" else [])
    assert len(cloud.journal.effects("SyncImages")) == 2


def become(folder: Path) -> str:
    """A stand-in for sudo, which is not everywhere: it runs the command, whose last argument is for a shell."""
    path = folder / "as-root"
    path.write_text('#!/bin/sh\nfor last; do :; done\nexec /bin/sh -c "$last"\n')
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize("value", ["", "1"])
def test_an_empty_switch_counts_as_unset(play: Play, tmp_path: Path, value: str) -> None:
    """And a task says nothing where there is nothing to wait for: the second one here."""
    task = {SYNC: {"image_name": GOLDEN, "destination_regions": ["ap-chengdu"]}}
    played = play(playbook(tmp_path, {"tasks": [task, task]}), ANSIBLE_TENCENTCLOUD_PROGRESS=value)
    assert ended(lines_of(played.output)) == [("ap-chengdu", "copied")], played.output

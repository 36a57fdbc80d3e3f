# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a controller runs its job templates: ansible-runner, injected credentials, answers; and what is asked of each."""

from __future__ import annotations

import json
import re
import shutil
import typing as t
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import ansible_runner

from tests.emulator import Emulator
from tests.playbooks.held import PARTNER, own, running

from . import rules
from .ground import ROOT, definitions, operator_shell

GOLDEN = "golden-web-2026-11"
LINE = re.compile(r"\[(\S+)\] (ap-\S+) (\S+): (.*)")

MADE = definitions()
TEMPLATES = {template["name"].partition(": ")[2]: template for template in MADE["controller_setup_job_templates"]}
TYPES = {made["name"]: made for made in MADE["controller_setup_credential_types"]}
KEYS = {
    "Tencent Cloud": {"secret_id": "AKIDacmedemo0001", "secret_key": "acme-demo-key"},
    "Tencent Cloud (target account)": {"secret_id": "AKIDpartnerdemo1", "secret_key": "partner-demo-key"},
}
ROLE = {
    "assume_role_arn": "qcs::cam::uin/100000000001:roleName/image-publisher",
    "assume_role_session_name": "controller",
    "assume_role_session_duration": "3600",
    "assume_role_external_id": "acme-external",
}
PLACES = ["ap-chengdu", "ap-chongqing"]
# Two of the regions, the canary among them, for the sake of time.
HOSTS = {
    item["region"]: {"copy_and_launch_region": item["region"], "copy_and_launch_instance_zone": item["zone"]}
    for item in MADE["controller_setup_regions"]
    if item["region"] in PLACES
}


@dataclass(frozen=True)
class Done:
    """A job that has ended."""

    status: str
    output: str
    events: list[dict[str, t.Any]] = field(repr=False)

    @property
    def changed(self) -> int:
        return sum(int(count) for count in re.findall(r"changed=(\d+)", self.output))


@dataclass(frozen=True)
class Launcher:
    """Launches job templates, one after the other, against one emulator."""

    cloud: Emulator
    folder: Path

    keys: dict[str, dict[str, str]]
    hosts: dict[str, dict[str, str]]

    def launch(self, name: str, answers: dict[str, t.Any], **prompts: str) -> Done:
        """Launch a template; ``prompts`` are limit, job_tags and job_type."""
        template = TEMPLATES[name]
        for prompt in prompts:
            asked = {"job_tags": "ask_tags_on_launch"}.get(prompt, f"ask_{prompt}_on_launch")
            assert template.get(asked), f"{name} does not ask for {prompt}"
        project = self.folder / "project"
        if not project.exists():
            shutil.copytree(ROOT / "playbooks", project / "playbooks")
        run = ansible_runner.run(
            private_data_dir=str(self.folder),
            project_dir=str(project),
            playbook=template["playbook"],
            inventory=inventory(self.hosts),
            extravars=rules.extra_vars(template["survey"], answers, template.get("extra_vars", {})),
            envvars={**operator_shell(self.folder), **self.injected(template)},
            limit=prompts.get("limit"),
            tags=prompts.get("job_tags", template.get("job_tags")),
            cmdline="--check" if prompts.get("job_type", template.get("job_type")) == "check" else None,
            quiet=True,
        )
        events = list(run.events)
        secrets = {key["secret_key"] for key in KEYS.values()}
        assert not [secret for secret in secrets if secret in json.dumps(events)]
        return Done(run.status, "\n".join(event["stdout"] for event in events if event["stdout"]), events)

    def injected(self, template: dict[str, t.Any]) -> dict[str, str]:
        """What the credentials of the job set: the key, where the emulator is, and nothing in all other fields."""
        environment: dict[str, str] = {}
        for kind in list(TYPES)[: 2 if template.get("two_accounts") else 1]:
            environment |= rules.injected(TYPES[kind], {**self.keys[kind], "endpoint": self.cloud.url})
        return environment


def inventory(hosts: dict[str, dict[str, str]]) -> dict[str, t.Any]:
    """As the controller gives it to a job: its groups, with their hosts and variables."""
    groups = {
        group["name"]: {
            "hosts": {name: hosts[name] for name in group["hosts"] if name in hosts},
            "vars": group["variables"],
        }
        for group in MADE["controller_setup_groups"]
    }
    plain: dict[str, t.Any] = json.loads(json.dumps({"all": {"hosts": hosts, "children": groups}}))
    return plain


def proposed(template: dict[str, t.Any], answers: dict[str, t.Any]) -> dict[str, t.Any]:
    """The answers as the controller's page sends them: what it proposes, and blanks for what nobody has filled in."""
    proposals = {question["variable"]: question.get("default", "") for question in template["survey"]}
    lists = {
        question["variable"]: question.get("default", "").splitlines()
        for question in template["survey"]
        if question["type"] == "multiselect"
    }
    return {**proposals, **lists, **answers}


# What is done of each template: with the fewest answers, all others blank, and with an answer to every question.


@dataclass(frozen=True)
class Case:
    few: dict[str, t.Any]
    full: dict[str, t.Any]
    after: Callable[[Emulator, Done], None]
    prompts: dict[str, str] = field(default_factory=dict)
    before: Callable[[Emulator], None] = lambda _cloud: None


def nothing_written(cloud: Emulator, _done: Done) -> None:
    assert cloud.journal.writes() == []


def launched(cloud: Emulator, _done: Done) -> None:
    assert running(cloud, "ap-chengdu") == [GOLDEN]
    assert not cloud.journal.calls(region="ap-chongqing")


def assert_progress(done: Done) -> None:
    """Lines are events of their own, of their task, and come before its result."""
    lines = [event for event in done.events if event["event"] == "verbose" and LINE.fullmatch(event["stdout"])]
    assert lines, done.output
    for event in lines:
        (result,) = [
            other
            for other in done.events
            if other["event"] == "runner_on_ok" and other["event_data"].get("task_uuid") == event["parent_uuid"]
        ]
        assert event["counter"] < result["counter"]
    assert any("SYNCING" in event["stdout"] for event in lines), done.output
    assert {match[1] for event in lines if (match := LINE.fullmatch(event["stdout"]))} == {"localhost"}


def slow_copies(cloud: Emulator) -> None:
    """Slow enough to be seen on their way."""
    cloud.world.behaviour.copy_minutes = (30.0, 30.0)


def distributed(cloud: Emulator, done: Done) -> None:
    for region in PLACES:
        assert GOLDEN in own(cloud, region)
    assert_progress(done)


def taken_over(cloud: Emulator, _done: Done) -> None:
    names = [name for name in own(cloud, "ap-guangzhou") if name in ("partner-base-2026-11", "base")]
    assert len(names) == 1


def shared(cloud: Emulator, _done: Done) -> None:
    assert own(cloud, "ap-guangzhou", PARTNER).keys() & {GOLDEN, "theirs"}
    assert cloud.world.images["img-go1dweb1"].shared_with == {}


def encrypted(cloud: Emulator, _done: Done) -> None:
    copies = [image for image in cloud.world.images.values() if image.name == "locked"]
    assert [bool(image.encrypted_with) for image in copies] == [True]


def old_copies(cloud: Emulator) -> None:
    """Last month's copy in Chengdu, which nothing uses."""
    cloud.plant(
        images=[
            {
                "account": "acme",
                "region": "ap-chengdu",
                "id": "img-o1dcopy9",
                "name": "golden-web-2026-09",
                "age_days": 60,
                "tags": {"cvm-image-source": "ap-guangzhou/img-go1dweb9"},
            }
        ]
    )


def only_shown(cloud: Emulator, done: Done) -> None:
    nothing_written(cloud, done)
    assert "img-o1dcopy9" in done.output


def reported(_cloud: Emulator, done: Done) -> None:
    assert f"| {GOLDEN} |" in done.output
    assert done.changed == 2


LAUNCH = {
    "copy_and_launch_image_id": "img-go1dweb1",
    "copy_and_launch_image_name": "",
    "copy_and_launch_source_region": "ap-guangzhou",
    "copy_and_launch_copy_name": "golden",
    "copy_and_launch_instance_name": "web",
    "copy_and_launch_replace_failed": "true",
    "copy_and_launch_allow_cross_border": "true",
}
CHANGE = {"copy_and_launch_instance_on_image_change": "replace"}
NAMED = {"copy_and_launch_image_name": GOLDEN}
CASES = {
    "preflight": Case(NAMED, {**LAUNCH, **CHANGE}, nothing_written, {"limit": "ap-chengdu"}),
    "copy and launch": Case(
        NAMED, {**LAUNCH, **CHANGE, "copy_and_launch_copy_name": GOLDEN}, launched, {"limit": "ap-chengdu"}
    ),
    "roll out": Case(
        NAMED,
        {
            **LAUNCH,
            "copy_and_launch_copy_name": GOLDEN,
            "roll_out_batches": "100%",
            "roll_out_soak_minutes": 0,
        },
        launched,
        {"limit": "canary"},
    ),
    "distribute images": Case(
        {"distribute_images_names": f"{GOLDEN}\n", "distribute_images_regions": PLACES},
        {
            "distribute_images_names": f"{GOLDEN}, img-go1dweb0",
            "distribute_images_source_region": "ap-guangzhou",
            "distribute_images_regions": PLACES,
            "distribute_images_replace_failed": "true",
            "distribute_images_allow_cross_border": "true",
        },
        distributed,
        before=slow_copies,
    ),
    "copy from a partner": Case(
        {"copy_shared_image_id": "img-partner1"},
        {
            "copy_shared_image_id": "",
            "copy_shared_image_name": "partner-base-2026-11",
            "copy_shared_region": "ap-guangzhou",
            "copy_shared_copy_name": "base",
            "copy_shared_destinations": ["ap-chengdu"],
        },
        taken_over,
    ),
    "share with another account": Case(
        {"share_and_copy_image_name": GOLDEN},
        {
            "share_and_copy_image_name": "",
            "share_and_copy_image_id": "img-go1dweb1",
            "share_and_copy_region": "ap-guangzhou",
            "share_and_copy_copy_name": "theirs",
            "share_and_copy_destination_regions": ["ap-chengdu"],
            "share_and_copy_unshare": "true",
            "share_and_copy_replace_failed": "true",
            "share_and_copy_allow_cross_border": "true",
        },
        shared,
    ),
    "encrypted copy": Case(
        {"copy_encrypted_image_name": GOLDEN, "copy_encrypted_copy_name": "locked"},
        {
            "copy_encrypted_image_name": "",
            "copy_encrypted_image_id": "img-go1dweb1",
            "copy_encrypted_source_region": "ap-guangzhou",
            "copy_encrypted_region": "ap-chengdu",
            "copy_encrypted_copy_name": "locked",
            "copy_encrypted_kms_key_id": "kms-acme0001",
        },
        encrypted,
    ),
    "prune images": Case(
        {"prune_images_regions": PLACES, "prune_images_name_regex": "golden-web-.*"},
        {
            "prune_images_regions": ["ap-chengdu"],
            "prune_images_name_regex": "golden-web-.*",
            "prune_images_keep": 0,
            "prune_images_minimum_age_days": 0,
        },
        only_shown,
        before=old_copies,
    ),
    "report": Case(
        {"report_regions": ["ap-guangzhou", "ap-chengdu"]},
        {
            "report_regions": ["ap-chengdu"],
            "report_source_region": "ap-guangzhou",
            "report_image_names": GOLDEN,
            "report_name_regex": "",
        },
        reported,
    ),
}

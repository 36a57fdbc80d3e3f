# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several jobs that belong together: the nodes of the workflow, and slices."""

from __future__ import annotations

from dataclasses import replace

from tests.playbooks.held import running

from .jobs import CASES, GOLDEN, HOSTS, MADE, NAMED, PLACES, TEMPLATES, Launcher, proposed


def test_the_nodes_of_the_workflow(launcher: Launcher) -> None:
    """Each with its own prompts: the copies first, the canary next, the rest last; nothing is done twice."""
    cloud = launcher.cloud
    nodes = MADE["controller_setup_workflow"]["nodes"]
    asked = proposed({"survey": MADE["controller_setup_workflow"]["survey"]}, NAMED)
    seen: dict[str, list[str]] = {}
    for node in nodes:
        if node["unified_job_template"]["type"] == "workflow_approval":
            continue
        name = node["unified_job_template"]["name"].partition(": ")[2]
        prompts = {prompt: node[prompt] for prompt in ("limit", "job_tags") if prompt in node}
        answers = proposed(TEMPLATES[name], {**asked, **node.get("extra_data", {})})
        before = len(cloud.journal.effects())
        done = launcher.launch(name, answers, **prompts)
        assert done.status == "successful", f"{node['identifier']}\n{done.output}"
        effects = [entry for entry in cloud.journal.effects()[before:] if entry.action != "TagResources"]
        seen[node["identifier"]] = sorted({f"{entry.action} {entry.region}" for entry in effects})
    assert seen == {
        "preflight": [],
        "distribute": ["SyncImages ap-guangzhou"],
        "canary": ["RunInstances ap-chengdu"],
        "rest": [f"RunInstances {region}" for region in sorted(HOSTS) if region != "ap-chengdu"],
    }


def test_slices_after_the_copies_touch_their_own_regions_only(launcher: Launcher) -> None:
    """A slice is a job with some of the hosts. Both launch, and neither copies."""
    name = "distribute images"
    CASES[name].before(launcher.cloud)
    copies = launcher.launch(name, proposed(TEMPLATES[name], CASES[name].few))
    assert copies.status == "successful", copies.output
    CASES[name].after(launcher.cloud, copies)
    before = len(launcher.cloud.journal.effects("SyncImages"))
    for region in PLACES:
        job = replace(launcher, hosts={region: HOSTS[region]})
        done = job.launch("copy and launch", proposed(TEMPLATES["copy and launch"], NAMED))
        assert done.status == "successful", done.output
        assert running(launcher.cloud, region) == [GOLDEN]
    assert len(launcher.cloud.journal.effects("SyncImages")) == before
    launches = [entry.region for entry in launcher.cloud.journal.effects("RunInstances")]
    assert launches == PLACES

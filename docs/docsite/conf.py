# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx makes the site. Its source is a copy of the tree, and what antsibull-docs adds to that: `nox -e docs`."""

from __future__ import annotations

import posixpath
import re
import typing as t
from pathlib import Path

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.parsers import Parser

GALAXY = yaml.safe_load((Path(__file__).resolve().parents[2] / "galaxy.yml").read_text("utf-8"))

project = "tencentcloud.cvm"
project_copyright = "tencentcloud.cvm contributors"
version = release = GALAXY["version"]
html_title = f"{project} {release}"
extensions = ["myst_parser", "sphinx_antsibull_ext"]
source_suffix = {".md": "markdown", ".rst": "restructuredtext", ".yml": "playbook"}
include_patterns = [
    "*.md",
    "collections/tencentcloud/cvm/*.rst",
    "collections/environment_variables.rst",
    "docs/**.md",
    "playbooks/*.yml",
    "roles/*/README.md",
    "tests/emulator/README.md",
]
exclude_patterns = ["docs/docsite"]

# Whatever refers to nothing is an error. Nothing is fetched.
nitpicky = True
default_role = "any"
myst_heading_anchors = 4

html_theme = "furo"
html_favicon = "favicon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_use_index = False


ANSIBLE = "https://docs.ansible.com/projects/ansible/latest"
SETTINGS = f"{ANSIBLE}/reference_appendices/config.html"
OF_ANSIBLE = {
    "action_plugins": f"{ANSIBLE}/plugins/action.html#action-plugins",
    "ansible_configuration_settings": f"{SETTINGS}#ansible-configuration-settings",
    "common_return_values": f"{ANSIBLE}/reference_appendices/common_return_values.html#common-return-values",
    "list_of_collections": f"{ANSIBLE}/collections/index.html#list-of-collections",
}
"""What antsibull-docs refers to in Ansible's own documentation."""


def of_ansible(_app: Sphinx, _env: BuildEnvironment, node: nodes.Element, text: nodes.Node) -> nodes.reference | None:
    """Link to Ansible's documentation."""
    target = node["reftarget"]
    url = f"{SETTINGS}#envvar-{target}" if node["reftype"] == "envvar" else OF_ANSIBLE.get(target)
    return nodes.reference("", "", text, refuri=url, internal=False) if url else None


def fitted(app: Sphinx, name: str, text: list[str]) -> None:
    """What fits elsewhere and not on this site.

    The theme shows the contents of a page at its side, and does not stand them in it. Files that are no playbooks are
    for downloading. And where the README of a role refers to its argument specification, there is a page for it here.
    """
    if name.startswith("collections/"):
        text[0] = re.sub(r"^\.\. contents::\n(?:   .*\n)+", "", text[0], flags=re.MULTILINE)
        return
    if found := re.fullmatch(r"roles/(\w+)/README", name):
        page = f"../../collections/tencentcloud/cvm/{found[1]}_role.rst"
        text[0] = text[0].replace("(meta/argument_specs.yml)", f"({page})")

    def linked(link: re.Match[str]) -> str:
        page = posixpath.normpath(posixpath.join(posixpath.dirname(name), link["path"]))
        return link[0] if page in app.env.found_docs else f"](path:{link['path']}.yml)"

    text[0] = re.sub(r"\]\((?P<path>[\w./-]+)\.yml\)", linked, text[0])


class PlaybookParser(Parser):
    """A page for a playbook: its name, and the file, whose comment on top says all there is to say."""

    supported: t.ClassVar = ("playbook",)

    def parse(self, inputstring: str, document: nodes.document) -> None:
        name = f"{project}.{Path(document['source']).stem}"
        section = nodes.section(ids=[nodes.make_id(name)], names=[name])
        section += nodes.title(name, name)
        text = inputstring.partition("---\n")[2]
        section += nodes.literal_block(text, text, language="yaml")
        document += section


def setup(app: Sphinx) -> None:
    app.add_source_parser(PlaybookParser)
    app.connect("missing-reference", of_ansible)
    app.connect("source-read", fitted)

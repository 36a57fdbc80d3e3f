# SPDX-FileCopyrightText: tencentcloud.cvm contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine room: every check is a session here. `nox --list` names them, `nox` runs what `make test` runs."""

from __future__ import annotations

import configparser
import contextlib
import hashlib
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import typing as t
import zipfile
from pathlib import Path

import antsibull_nox
import nox

ROOT = Path(__file__).resolve().parent
CACHE = ROOT / ".cache"
SITE = CACHE / "site"
REQUIREMENTS = ROOT / "tests" / "requirements"
NAME = Path("ansible_collections", "tencentcloud", "cvm")
THIS_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
# The newest release of each other ansible-core, and a Python that it runs on.
OTHER_CORES = {"2.18": "3.11", "2.20": "3.12", "2.21": "3.13"}
OTHER_PYTHONS = ("3.12", "3.13")
# ansible-test asks for the one that belongs to its release: the first up to 2.19, the second from 2.20 on.
GET_PIP_VERSIONS = ("24_2", "25_2")
# What a user runs or reads; anything else in the tarball is a hole in galaxy.yml's build_ignore.
PRODUCT = {
    *("FILES.json", "MANIFEST.json", "COPYING", "README.md", "README.ko.md", "CHANGELOG.md", "requirements.txt"),
    *("LICENSES", "changelogs", "docs", "meta", "playbooks", "plugins", "roles"),
}

nox.options.reuse_venv = "yes"
nox.options.download_python = "never"
nox.options.error_on_external_run = True
# At home a Python that is not there skips its session; in CI that would pass for green.
nox.options.error_on_missing_interpreters = "CI" in os.environ


# --- The ground that every session stands on


def isolate() -> None:
    """Keep what sessions write below the clone, and what they test away from the caller's settings and credentials."""
    home = CACHE / "home"
    config = os.environ.pop("XDG_CONFIG_HOME", None) or Path.home() / ".config"
    pyenv = os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv"
    pip_configs = [
        Path.home() / ".pip/pip.conf",
        Path(config, "pip/pip.conf"),
        Path(os.environ.get("PIP_CONFIG_FILE", os.devnull)),
    ]
    for name in list(os.environ):
        if re.match(r"ANSIBLE_|TENCENTCLOUD_|TCCLI_|PYTHONPATH$|GIT_(DIR|WORK_TREE|INDEX_FILE)$", name):
            del os.environ[name]
    # What is installed here is compiled when it is first imported; a hundred processes shall not do so again and again.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    no_proxy = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    os.environ |= {
        "HOME": str(home),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "XDG_CACHE_HOME": str(CACHE),
        "PIP_CACHE_DIR": str(CACHE / "pip"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "VIRTUALENV_OVERRIDE_APP_DATA": str(CACHE / "virtualenv"),
        **dict.fromkeys(("no_proxy", "NO_PROXY"), f"{no_proxy},127.0.0.1" if no_proxy else "127.0.0.1"),
    }
    if not sys.stdout.isatty():
        os.environ.setdefault("NO_COLOR", "1")
    # The shims of pyenv hide the Pythons that are not selected.
    for path in Path(pyenv).glob("versions/3.*/bin"):
        os.environ["PATH"] += f":{path}"
    keep_pip_settings(pip_configs, home / ".config/pip/pip.conf")


def keep_pip_settings(configs: list[Path], into: Path) -> None:
    """Put the caller's pip settings where ansible-test lets pip see them: it hides PIP_*, but not HOME."""
    parser = configparser.RawConfigParser()
    parser.read(configs)
    if not parser.has_section("global"):
        parser.add_section("global")
    for name, value in os.environ.items():
        if name.startswith("PIP_") and name != "PIP_CONFIG_FILE":
            parser.set("global", name.removeprefix("PIP_").lower().replace("_", "-"), value)
    into.parent.mkdir(parents=True, exist_ok=True)
    mine = into.with_suffix(f".{os.getpid()}")  # sessions run side by side, and none may read half a file
    mine.touch(mode=0o600)  # the address of a private index may hold a password
    with mine.open("w") as file:
        parser.write(file)
    mine.replace(into)


isolate()


def install(session: nox.Session, requirements: str) -> None:
    """Install tests/requirements/<requirements>.txt, unless this environment holds just that."""
    wanted = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(REQUIREMENTS.glob("*.txt")))).hexdigest()
    stamp = Path(session.virtualenv.location, "installed")
    if not stamp.exists() or stamp.read_text() != wanted:
        # Most of what is installed is never imported: not compiling it saves half of the time.
        session.install("--no-compile", "-r", str(REQUIREMENTS / f"{requirements}.txt"))
        stamp.write_text(wanted)


def replace_link(link: Path, target: str | Path) -> None:
    """Make a link in one stroke: sessions run side by side."""
    mine = link.with_name(f"{link.name}.{os.getpid()}")
    mine.symlink_to(target)
    mine.replace(link)


def linked_tree() -> Path:
    """Make the working tree importable under its collection's name, as pytest, mypy and ansible-lint need it."""
    link = ROOT / ".build" / NAME
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        replace_link(link, "../../..")
    return ROOT / ".build"


def copied_tree(session: nox.Session) -> Path:
    """Copy what git has or would add to a path that ansible-test accepts: it follows links, and wants a repository."""
    tree = CACHE / "tree" / session.name / NAME
    # The environments that ansible-test has made outlive the copy that they were made in.
    output, kept = tree / "tests" / "output", CACHE / "output" / session.name
    kept.parent.mkdir(parents=True, exist_ok=True)
    if output.exists():
        output.rename(kept)
    shutil.rmtree(tree, ignore_errors=True)
    git = ["git", "-c", "safe.directory=*"]
    listing = [*git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(listing, cwd=ROOT, check=False, stdout=subprocess.PIPE, text=True)
    if listed.returncode:
        session.error("This needs a git clone: git says which files belong to the collection")
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():  # what is deleted and not yet committed is listed too
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name, follow_symlinks=False)
    if kept.exists():
        kept.rename(output)
    subprocess.run([*git, "init", "--quiet"], cwd=tree, check=True)
    return tree


def build_collection(session: nox.Session, into: Path) -> Path:
    """Build the tarball, see that it holds the product alone, and return its path."""
    shutil.rmtree(into, ignore_errors=True)
    tree = str(copied_tree(session))
    session.run("ansible-galaxy", "collection", "build", "--output-path", str(into), tree, silent=True)
    (tarball,) = into.glob("*.tar.gz")
    with tarfile.open(tarball) as archive:
        strangers = {name.split("/")[0] for name in archive.getnames()} - PRODUCT
    if strangers:
        session.error(f"The tarball would ship {', '.join(sorted(strangers))}: see build_ignore in galaxy.yml")
    return tarball


def as_a_user(session: nox.Session) -> dict[str, str]:
    """Build the collection, install it into an empty path, and return the environment in which Ansible finds it."""
    tarball = build_collection(session, CACHE / "dist" / session.name)
    path = CACHE / "installed" / session.name
    shutil.rmtree(path, ignore_errors=True)
    env = {"ANSIBLE_COLLECTIONS_PATH": str(path), "CVM_COLLECTION_TARBALL": str(tarball)}
    install = ("ansible-galaxy", "collection", "install", "--offline", "-p", str(path), str(tarball))
    session.run(*install, env=env, silent=True)
    return env


def with_awx(session: nox.Session, collections: str) -> str:
    """Put awx.awx on a path of collections. It is taken out of the package ansible, which is not installed."""
    requirement = REQUIREMENTS / "controller-collection.txt"
    (version,) = re.findall(r"^ansible==(\S+)$", requirement.read_text(), re.MULTILINE)
    path = CACHE / f"awx-of-ansible-{version}"
    if not path.exists():
        download = Path(session.create_tmp(), "download")
        session.run(
            "python", "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(download), "-r", str(requirement)
        )
        (wheel,) = download.glob("*.whl")
        mine = path.with_name(f"{path.name}.{os.getpid()}")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(
                mine, [name for name in archive.namelist() if name.startswith("ansible_collections/awx/")]
            )
        wheel.unlink()
        mine.rename(path)
    return f"{collections}:{path}"


def build_site(session: nox.Session, tree: Path) -> None:
    """Build the site from a copied tree, to which the pages of all modules, roles and plugins are added."""
    pages = ("collection", "--use-current", "--fail-on-error", "--no-add-antsibull-docs-version", "--dest-dir", ".")
    session.run(
        "antsibull-docs", *pages, ".".join(NAME.parts[1:]), env={"ANSIBLE_COLLECTIONS_PATH": str(tree.parents[2])}
    )
    shutil.copy(tree / "docs/docsite/index.md", tree)
    shutil.rmtree(SITE, ignore_errors=True)
    strict = ("--fail-on-warning", "--keep-going", "--fresh-env", "--quiet")
    session.run("sphinx-build", *strict, "--conf-dir", "docs/docsite", "--doctree-dir", "../doctrees", ".", str(SITE))
    session.log(f"Built {SITE.relative_to(ROOT)}/index.html")


def pytest(session: nox.Session, tests: str, *options: str, **env: str) -> None:
    """Run pytest on these tests, or on those that are named behind `--`."""
    named = any(Path(argument.partition("::")[0]).exists() for argument in session.posargs)
    linked = str(linked_tree())
    session.run(
        *("python", "-m", "pytest", "--strict-markers", "-ra"),
        *("-o", f"cache_dir={CACHE / 'pytest'}", f"--basetemp={session.create_tmp()}"),
        *(f"--junit-xml={CACHE / 'report' / session.name}.xml", *options, *session.posargs),
        *([] if named else [tests]),
        env={"PYTHONPATH": linked, "ANSIBLE_COLLECTIONS_PATH": linked} | env,
    )


def this_nox(session: nox.Session) -> str:
    """How to run this nox once more, for the test of `make cloud`."""
    return f"{sys.executable} -m nox --envdir {Path(session.virtualenv.location).parent}"


def found_browser(session: nox.Session) -> str:
    """Return the path of a Chromium or Chrome; if there is none, install Debian's first where that is possible."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

    def look() -> str | None:
        return next(filter(None, map(shutil.which, names)), None)

    if not look() and os.geteuid() == 0 and shutil.which("apt-get"):
        session.log("Installing chromium with apt-get")
        packages = ("chromium", "fonts-dejavu-core")
        for command in (("update",), ("install", "--yes", "--no-install-recommends", *packages)):
            session.run("apt-get", "-qq", *command, external=True, silent=True, success_codes=range(256))
    path = look()
    if not path:
        session.error("This needs a browser on the PATH: install Chromium (on Debian: apt install chromium) or Chrome")
    return path


@contextlib.contextmanager
def running_emulator(session: nox.Session) -> t.Iterator[dict[str, str]]:
    """Run the emulator with its demo world; yield what the integration targets need to know of it."""
    options = ("--port", "0", "--time-scale", "600", "--seed", "tests/emulator/seeds/demo.yml")
    command = (f"{session.bin}/python", "-m", "tests.emulator", *options)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            # It prints its URL, and then one line for the credentials of each account.
            said = "".join(itertools.islice(process.stdout or (), 3))
            url = re.search(r"http://127\.0\.0\.1:\d+", said)
            accounts = re.findall(r"^account .*: (\S+) (\S+)$", said, re.MULTILINE)
            if not url or len(accounts) != 2:
                session.error(f"The emulator did not print its URL and two accounts, but: {said!r}")
            (ours, our_key), (theirs, their_key) = accounts
            yield {
                "tencentcloud_endpoint": url.group(),
                "tencentcloud_secret_id": ours,
                "tencentcloud_secret_key": our_key,
                "tencentcloud_target_secret_id": theirs,
                "tencentcloud_target_secret_key": their_key,
            }
        finally:
            process.terminate()
            process.communicate()
    if process.returncode:
        session.error("The emulator met bugs of its own; it names them above")


def ansible_test(session: nox.Session, tree: Path, *args: str) -> None:
    """Run ansible-test in a copied tree."""
    cache = CACHE / "home/.ansible/test/cache"
    cache.mkdir(parents=True, exist_ok=True)
    for version in GET_PIP_VERSIONS:
        mine = cache / f"get_pip_{version}.{os.getpid()}"
        shutil.copy(ROOT / "tests/tools/get_pip.py", mine)
        mine.replace(cache / f"get_pip_{version}.py")
    (pip,) = Path(session.virtualenv.location).glob("lib/python*/site-packages/pip")
    replace_link(cache / "pip", pip)
    with session.chdir(tree):
        session.run("ansible-test", *args)


def run_sanity(session: nox.Session, requirements: str, python: str) -> None:
    """Run ansible-test sanity with nothing ignored."""
    if ignored := [str(path) for path in ROOT.glob("tests/sanity/ignore-*.txt") if path.read_text().strip()]:
        session.error(f"Mend what sanity finds instead of ignoring it in {', '.join(ignored)}")
    install(session, requirements)
    ansible_test(session, copied_tree(session), "sanity", "--python", python, *session.posargs)


# --- What `make test` runs, the quick ones first


@nox.session
def lint(session: nox.Session) -> None:
    """Format, habits and complexity of Python, YAML, and the licence of every file (ruff, yamllint, reuse)."""
    install(session, "lint")
    session.run("ruff", "format", "--check", ".")
    session.run("ruff", "check", ".")
    session.run("yamllint", "--strict", ".")
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    session.run("reuse", "lint", "--lines", env=trusted)


@nox.session
def types(session: nox.Session) -> None:
    """Types of the plugins, the tests and this file (mypy, strict)."""
    install(session, "types")
    session.run("mypy", str(linked_tree().relative_to(ROOT) / NAME / "plugins"), "tests", "noxfile.py")


@nox.session
def docs(session: nox.Session) -> None:
    """Documentation of plugins and roles, changelog fragments, and the site (antsibull, Sphinx with -W)."""
    install(session, "docs")
    tree = copied_tree(session)
    with session.chdir(tree):
        session.run("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "all", ".")
        session.run("antsibull-changelog", "lint")
        build_site(session, tree)


@nox.session
def ansible_lint(session: nox.Session) -> None:
    """Roles, playbooks and targets (ansible-lint, production profile)."""
    install(session, "ansible-lint")
    session.run("ansible-lint", env={"ANSIBLE_COLLECTIONS_PATH": str(linked_tree())})


# The session extra-checks: unwanted files, trailing whitespace, and whether the action group, the modules and their
# documentation agree. antsibull-nox can do more, but with Docker (ansible-test) or with the newest of every tool.
antsibull_nox.load_antsibull_nox_toml()


@nox.session
def sanity(session: nox.Session) -> None:
    """Ansible's own rules for collections (ansible-test sanity, ansible-core 2.19)."""
    run_sanity(session, "ansible-core", THIS_PYTHON)


@nox.session
def units(session: nox.Session) -> None:
    """Unit tests: pure code, and whole modules in process against the emulator."""
    install(session, "pytest")
    pytest(session, "tests/unit", "-n", "2")


@nox.session
def contract(session: nox.Session) -> None:
    """The emulator as the official SDK and the official CLI see it."""
    install(session, "contract")
    pytest(session, "tests/contract", "-n", "2")


@nox.session
def integration(session: nox.Session) -> None:
    """The integration targets against the emulator (ansible-test integration)."""
    install(session, "demo")
    tree = copied_tree(session)
    shutil.copy(REQUIREMENTS / "sdk.txt", tree / "tests/integration/requirements.txt")
    with running_emulator(session) as config:
        (tree / "tests/integration/integration_config.yml").write_text(json.dumps(config))
        ansible_test(session, tree, "integration", "--venv", "--python", THIS_PYTHON, *session.posargs)


@nox.session
def playbooks(session: nox.Session) -> None:
    """The playbooks and what the documentation tells to type, run from the installed tarball."""
    install(session, "pytest")
    pytest(session, "tests/playbooks", "-n", "2", CVM_NOX=this_nox(session), **as_a_user(session))


@nox.session(requires=["docs"])
def browser(session: nox.Session) -> None:
    """The report and the site in a real browser: a Chromium or Chrome from the PATH, or Debian's (playwright)."""
    install(session, "browser")
    # The browser keeps its profile in the session's temporary folder, which pytest would empty under it.
    pages = f"--basetemp={session.create_tmp()}/pages"
    env = {"CVM_BROWSER": found_browser(session), "CVM_SITE": str(SITE)}
    pytest(session, "tests/browser", pages, **env, **as_a_user(session))


@nox.session
def controller(session: nox.Session) -> None:
    """What a controller is set up with, its jobs by ansible-runner, and the execution environment (ansible-builder)."""
    install(session, "controller")
    env = as_a_user(session)
    env["ANSIBLE_COLLECTIONS_PATH"] = with_awx(session, env["ANSIBLE_COLLECTIONS_PATH"])
    pytest(session, "tests/controller", "-n", "2", "--dist", "loadfile", **env)


@nox.session
def build(session: nox.Session) -> None:
    """The tarball in dist/, and what Galaxy would say to it (galaxy-importer)."""
    install(session, "galaxy")
    tarball = build_collection(session, ROOT / "dist")
    with session.chdir(session.create_tmp()):
        env = {"GALAXY_IMPORTER_RUN_ANSIBLE_LINT": "false"}  # a session of its own
        said = session.run("python", "-m", "galaxy_importer.main", str(tarball), env=env, silent=True)
    if complaints := re.findall("^(?:WARNING|ERROR): .*", str(said), re.MULTILINE):
        session.error("\n".join(["Galaxy would complain:", *complaints]))
    session.log(f"Built {tarball.relative_to(ROOT)}")


@nox.session
def demo(session: nox.Session) -> None:
    """Copy images and launch machines in an emulated cloud, twice: the second run changes nothing."""
    install(session, "demo")
    session.run("python", "tests/demo.py", *session.posargs, env=as_a_user(session))


# --- On request


@nox.session(default=False)
def cloud(session: nox.Session) -> None:
    """Run the emulator in the foreground, to rehearse on: `nox -e cloud -- --port 8000`, or `make cloud`."""
    install(session, "emulator")
    session.run("python", "tests/cloud.py", *session.posargs)


@nox.session(default=False)
def chaos(session: nox.Session) -> None:
    """A thousand randomized schedules of faults, kills and concurrent runs: `nox -e chaos -- --schedules 5000`."""
    install(session, "pytest")
    pytest(session, "tests/chaos", "-n", "2")


@nox.session(default=False)
def mutation(session: nox.Session) -> None:
    """Whether the pure tests notice every change of the plan, the waiting and the retry rules (mutmut)."""
    install(session, "mutation")
    session.run("python", "tests/tools/mutation.py", *session.posargs)


@nox.session(default=False)
def bench(session: nox.Session) -> None:
    """What copying costs, beside tccli, packer and a fixed poller: writes docs/performance.md and its picture."""
    install(session, "bench")
    env = as_a_user(session)
    session.run(
        "python", "-m", "tests.bench", *session.posargs, env={"PYTHONPATH": env["ANSIBLE_COLLECTIONS_PATH"], **env}
    )


@nox.session(default=False)
def changelog(session: nox.Session) -> None:
    """Write CHANGELOG.md for the version in galaxy.yml from the fragments, which it removes."""
    install(session, "docs")
    session.run("antsibull-changelog", "release", *session.posargs)


@nox.session(default=False, name="controller-live")
def controller_live(session: nox.Session) -> None:
    """The controller that CONTROLLER_HOST names: set up twice, every job template launched, its events read."""
    if missing := [name for name in ("CONTROLLER_HOST", "CVM_CONTROLLER_ENDPOINT") if not os.environ.get(name)]:
        session.error(f"Set {' and '.join(missing)}: see CONTRIBUTING.md")
    install(session, "controller")
    env = as_a_user(session)
    env["ANSIBLE_COLLECTIONS_PATH"] = with_awx(session, env["ANSIBLE_COLLECTIONS_PATH"])
    pytest(session, "tests/controller_live", **env)


@nox.session(default=False, name="units-oldest-sdk")
def units_oldest_sdk(session: nox.Session) -> None:
    """Unit tests with the oldest SDK that requirements.txt allows."""
    install(session, "pytest")
    for name, oldest in re.findall(r"^([\w-]+)>=(\S+)$", (ROOT / "requirements.txt").read_text(), re.MULTILINE):
        session.install("--no-compile", f"{name}=={oldest}")
    pytest(session, "tests/unit", "-n", "2")


@nox.session(default=False, name="units-newest-sdk")
def units_newest_sdk(session: nox.Session) -> None:
    """Unit tests with the newest SDK there is."""
    install(session, "pytest")
    session.install("--no-compile", "--upgrade", "tencentcloud-sdk-python-common")
    pytest(session, "tests/unit", "-n", "2")


@nox.session(default=False, name="playbooks-2.18", python=OTHER_CORES["2.18"])
def playbooks_on_the_oldest_core(session: nox.Session) -> None:
    """As playbooks, with ansible-core 2.18, the oldest that meta/runtime.yml allows."""
    install(session, "pytest")
    session.install("--no-compile", "-r", str(REQUIREMENTS / "ansible-core-2.18.txt"))
    pytest(session, "tests/playbooks", "-n", "2", CVM_NOX=this_nox(session), **as_a_user(session))


def sanity_of(core: str, python: str) -> None:
    """Make the session `sanity-<core>`; it is skipped where that Python is not installed."""

    @nox.session(default=False, name=f"sanity-{core}", python=python)
    def sanity_of_other_core(session: nox.Session) -> None:
        run_sanity(session, f"ansible-core-{core}", python)

    sanity_of_other_core.__doc__ = f"As sanity, with ansible-core {core} on Python {python}."


for core, python in OTHER_CORES.items():
    sanity_of(core, python)


def units_on(python: str) -> None:
    """Make the session `units-<python>`; it is skipped where that Python is not installed."""

    @nox.session(default=False, name=f"units-{python}", python=python)
    def units_on_other_python(session: nox.Session) -> None:
        install(session, "pytest")
        pytest(session, "tests/unit", "-n", "2")

    units_on_other_python.__doc__ = f"As units, on Python {python}."


for python in OTHER_PYTHONS:
    units_on(python)

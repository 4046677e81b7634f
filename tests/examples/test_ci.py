"""The GitHub Action and the GitLab job: valid, and their scripts run as a runner would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import parse

import pytest
from ruamel.yaml import YAML

from tests.small_tree import ENVIRONMENT, LINE, MMU, RULE, git, make

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / "action.yml"
GITLAB = ROOT / "examples" / "gitlab-ci.yml"

# A `python3` whose environments hold this project; it must be asked to install, too.
PYTHON = """\
#!/bin/sh
[ "$1 $2" = "-m venv" ] || exit 3
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho "$@" >>"%s/installed"\\n' "$3" >"$3/bin/pip"
printf '#!/bin/sh\\nexec {python} -m linter.cli "$@"\\n' >"$3/bin/rmilint"
chmod +x "$3/bin/pip" "$3/bin/rmilint"
"""


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text())


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("ci") / "tree")


@pytest.mark.parametrize(
    ("file", "schema"), [(ACTION, "vendor.github-actions"), (GITLAB, "vendor.gitlab-ci")]
)
def test_they_are_valid(file: Path, schema: str) -> None:
    program = Path(sys.executable).with_name("check-jsonschema")
    command = [str(program), "--builtin-schema", schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("revisions", "status"), [("HEAD~2..HEAD", 1), ("HEAD~1..HEAD", 0)])
def test_the_action_annotates_the_commits(
    tree: Path, tmp_path: Path, revisions: str, status: int
) -> None:
    """By bash and with the options that GitHub's runner gives it for `shell: bash`."""
    (step,) = read(ACTION)["runs"]["steps"]
    # inputs reach the script as variables: text in it would be run
    assert "${{" not in step["run"]
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python3"
    python.write_text(PYTHON.format(python=sys.executable))
    python.chmod(0o755)
    environment = {
        "PATH": f"{python.parent}{os.pathsep}{ENVIRONMENT['PATH']}",
        "PYTHONPATH": str(ROOT),
        "RUNNER_TEMP": str(tmp_path / "a folder"),
        "GITHUB_ACTION_PATH": str(ROOT),
        "RANGE": revisions,
        "OPTIONS": read(ACTION)["inputs"]["options"]["default"],
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=tree,
        env=ENVIRONMENT | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (status, "")
    place = f"file={MMU},line={LINE},col=3,endColumn=15,title={RULE}"
    assert done.stdout.startswith(f"::error {place}::" if status else "") is True
    assert len(done.stdout.splitlines()) == status
    installed = (tmp_path / "a folder" / "rmilint" / "installed").read_text()
    assert installed == f"install --quiet {ROOT}\n"


def test_the_gitlab_job_leaves_a_report(tree: Path, tmp_path: Path) -> None:
    job = read(GITLAB)["rmilint"]
    install, lint = job["script"]
    assert install.startswith("pip install ")
    bin_ = tmp_path / "bin"
    bin_.mkdir()
    (bin_ / "rmilint").write_text(f'#!/bin/sh\nexec {sys.executable} -m linter.cli "$@"\n')
    (bin_ / "rmilint").chmod(0o755)
    environment = {
        "PATH": f"{bin_}{os.pathsep}{ENVIRONMENT['PATH']}",
        "PYTHONPATH": str(ROOT),
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": git(tree, "rev-parse", "HEAD~2").strip(),
        "CI_COMMIT_SHA": git(tree, "rev-parse", "HEAD").strip(),
    }
    done = subprocess.run(["sh", "-c", lint], cwd=tree, env=ENVIRONMENT | environment, timeout=60)
    assert done.returncode == 1
    report = tree / job["artifacts"]["reports"]["junit"]
    root = parse(report).getroot()
    report.unlink()
    assert root is not None
    assert (root.attrib["tests"], root.attrib["failures"]) == ("2", "1")
    assert [suite.attrib["name"] for suite in root] == [
        "[PATCH 1/2] KVM: arm64: Log what a pool does",
        "[PATCH 2/2] KVM: arm64: Limit the pools",
    ]

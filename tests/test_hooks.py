"""Git runs all that `make check` does, and nothing else."""

import re
from pathlib import Path

import yaml

HERE = Path(__file__).parent.parent


def hooks() -> list[dict[str, object]]:
    config = yaml.safe_load((HERE / ".pre-commit-config.yaml").read_text("utf-8"))
    return [hook for repo in config["repos"] for hook in repo["hooks"]]


def test_the_hooks_run_every_check_of_make_check() -> None:
    checks = re.search(r"^check: (.+)$", (HERE / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert checks
    assert [hook["entry"] for hook in hooks()] == [f"make --silent {c}" for c in checks[1].split()]


def test_the_tests_alone_wait_for_a_push() -> None:
    assert [hook["id"] for hook in hooks() if hook.get("stages") == ["pre-push"]] == ["tests"]

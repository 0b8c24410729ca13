"""What type checkers and editors know: the stubs are up to date, right uses pass, and mistakes are found."""

import os
import re
from pathlib import Path

import pytest
from stubs.content import stubs

ROOT = Path(__file__).parent.parent


def test_stubs_are_what_the_registry_makes():
    made = stubs()
    stale = [path for path, text in made.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    assert not stale, f"run `make stubs`: it changes {', '.join(path.name for path in stale)}"
    written = {path for package in ("autograd", "nn", "optim") for path in (ROOT / package).rglob("*.pyi")}
    assert written == set(made)


@pytest.fixture(scope="module")
def reported():
    """The errors that mypy finds in the script and in the mistakes: the code of each, by file and line."""
    api = pytest.importorskip("mypy.api", reason="types are checked with mypy")
    os.environ["MYPYPATH"] = str(ROOT)
    try:
        files = [str(ROOT / "tests" / name) for name in ("typed_script.py", "typed_mistakes.py")]
        text, problems, _ = api.run(["--config-file", str(ROOT / "pyproject.toml"), "--no-pretty", *files])
    finally:
        del os.environ["MYPYPATH"]
    assert not problems
    return re.findall(r"([^/\n]+):(\d+): error: .*\[([\w-]+)\]$", text, re.MULTILINE)


def test_a_script_passes(reported):
    assert [found for found in reported if found[0] != "typed_mistakes.py"] == []


def test_mistakes_are_found(reported):
    lines = (ROOT / "tests" / "typed_mistakes.py").read_text().splitlines()
    expected = [(str(i), line.partition("  # ")[2]) for i, line in enumerate(lines, 1) if "  # " in line]
    assert [found[1:] for found in reported if found[0] == "typed_mistakes.py"] == expected

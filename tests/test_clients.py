"""Libraries that are built on PyTorch give its numbers with this package in its place, as far as they are installed."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from clients import compare

CLIENTS = compare.names()


@pytest.mark.parametrize("name", CLIENTS)
def test_what_pytorch_gave_is_there(name):
    kept = json.loads((compare.NUMBERS / f"{name}.json").read_text())
    assert kept["torch"] and len(kept["numbers"]) > 10
    # A library is compared with itself: of one that is installed in another version the numbers may be others.
    assert f"{name.replace('_', '-').lower()}=={kept['library']}" in LISTED


LISTED = {line.replace("_", "-").lower() for line in (compare.HERE / "libraries.txt").read_text().split()}


@pytest.mark.parametrize("name", [name for name in CLIENTS if compare.installed(name)])
def test_a_library_that_is_installed_gives_them(name, tmp_path, monkeypatch):
    # A PyTorch that can't be imported stands before the one that may be installed.
    (tmp_path / "torch.py").write_text("raise ImportError('this is PyTorch')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode
    assert compare.difference(compare.run(name), compare.recorded(name)) < compare.TOLERANCE


@pytest.mark.parametrize(
    ("ours", "theirs", "apart"),
    [
        ([1.0, "a"], [1.0, "a"], 0.0),
        ([1.0], [1.0, 2.0], float("inf")),
        (["a"], ["b"], float("inf")),
        ([1000.0, float("nan")], [1001.0, float("nan")], 1 / 1001),
        ([float("nan")], [0.0], float("inf")),
    ],
)
def test_difference(ours, theirs, apart):
    assert compare.difference(ours, theirs) == pytest.approx(apart)

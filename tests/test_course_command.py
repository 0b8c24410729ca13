"""``python -m autograd course``: what is copied, what is kept, and where the notebooks are found."""

import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

import autograd
from autograd.cli import course, main

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "mine" / "course"


def test_everything_is_copied(folder, capsys):
    assert main(["course", str(folder)]) == 0
    copied = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert copied == {
        path.relative_to(ROOT / "notebooks").as_posix()
        for pattern in course.COPIED
        for path in (ROOT / "notebooks").glob(pattern)
    }
    assert {path.name for path in NOTEBOOKS} | {"README.md"} <= copied
    assert (folder / course.FIRST).read_bytes() == (ROOT / "notebooks" / course.FIRST).read_bytes()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{len(NOTEBOOKS)} notebooks and their solutions are in {folder}"
    assert lines[1].startswith(f"begin with {folder / course.FIRST}")
    assert lines[-1].startswith("to open it: jupyter ")


def test_what_was_changed_is_kept_unless_it_is_to_go(folder, capsys):
    main(["course", str(folder)])
    first = folder / course.FIRST
    original = first.read_bytes()
    first.write_text("mine")
    (folder / NOTEBOOKS[1].name).unlink()
    (folder / "notes.txt").write_text("mine")
    capsys.readouterr()
    assert main(["course", str(folder)]) == 0
    assert f"since they were changed: {course.FIRST} (--force" in capsys.readouterr().out
    assert first.read_text() == "mine"
    assert (folder / NOTEBOOKS[1].name).exists()
    assert main(["course", str(folder), "--force"]) == 0
    assert "since they were changed" not in capsys.readouterr().out
    assert first.read_bytes() == original
    assert (folder / "notes.txt").read_text() == "mine"


def test_a_file_in_the_way_is_named(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["course", str(tmp_path / "file")]) == 2
    assert f"can't write to {tmp_path / 'file'}: " in capsys.readouterr().err


@pytest.mark.parametrize("installed", [["jupyterlab", "notebook"], ["notebook"], []])
@pytest.mark.parametrize("terminal", [True, False])
@pytest.mark.parametrize("options", [[], ["--no-open"]])
def test_jupyter_is_opened_on_a_terminal(installed, terminal, options, folder, capsys, monkeypatch):
    opened = []
    monkeypatch.setattr(course, "find_spec", lambda name: name in (*installed, *course.NEEDED))
    monkeypatch.setattr(course, "open_in", lambda jupyter, folder: opened.append((jupyter, folder)))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: terminal, raising=False)
    assert main(["course", str(folder), *options]) == 0
    said = capsys.readouterr().out
    opens = bool(installed) and terminal and not options
    assert opened == ([(installed[0], folder)] if opens else [])
    assert ("to open it: jupyter " in said) is not opens
    assert ('not installed yet: jupyter (pip install "chalkgrad[course]"' in said) is not bool(installed)


JUPYTER = """
import os, pathlib, signal, sys, time
if sys.platform != "win32":
    time.sleep(0.3)
    os.kill(os.getppid(), signal.SIGINT)
    time.sleep(0.3)
pathlib.Path("opened").write_text(sys.argv[1])
"""


def test_jupyter_runs_in_the_folder_until_it_ends_though_ctrl_c_is_pressed(tmp_path):
    (tmp_path / "jupyter_of_the_test.py").write_text(JUPYTER)
    course.open_in("jupyter_of_the_test", tmp_path)
    assert (tmp_path / "opened").read_text() == course.FIRST


@pytest.mark.parametrize("place", ["checkout", "environment", "target"])
def test_notebooks_are_found_where_they_are_installed(place, tmp_path, monkeypatch, capsys):
    packages = tmp_path / "lib" / "python" / "site-packages"
    monkeypatch.setattr(autograd, "__file__", str(packages / "autograd" / "__init__.py"))
    monkeypatch.setattr(sysconfig, "get_path", lambda name, scheme: str(tmp_path / scheme))
    assert main(["course", str(tmp_path / "copy")]) == 2
    assert "the notebooks were not installed with this package" in capsys.readouterr().err
    shared = Path("share", "chalkgrad", "notebooks")
    found = {
        "checkout": packages / "notebooks",
        "environment": tmp_path / sysconfig.get_default_scheme() / shared,
        "target": packages / shared,
    }[place]
    found.mkdir(parents=True)
    (found / course.FIRST).write_text("{}")
    assert course.where_notebooks_are() == found


def test_a_wheel_brings_what_is_copied():
    data = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["data-files"]
    for place, patterns in data.items():
        inside = Path(place).relative_to("share/chalkgrad")
        assert all(Path(pattern).parent == inside for pattern in patterns)
    patterns = {Path(pattern).relative_to("notebooks").as_posix() for found in data.values() for pattern in found}
    assert patterns == set(course.COPIED)

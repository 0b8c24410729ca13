"""The notebooks: their code runs from the top, and they are committed with the outputs of a run."""

import contextlib
import io
import os
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="notebooks are read with nbformat")

FOLDER = Path(__file__).parent.parent / "notebooks"
PATHS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def notebook(request):
    return nbformat.read(request.param, as_version=4)


def test_there_are_notebooks():
    assert [path.name for path in PATHS] == ["01_neuron.ipynb", "02_backprop_step_by_step.ipynb"]


def test_the_code_runs_from_the_top(notebook):
    names = {"__name__": "__main__"}
    printed = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(cell.source, names)
            printed.append(out.getvalue())
    committed = [
        "".join(output.text for output in cell.outputs if output.output_type == "stream")
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]
    # The last digits of a difference quotient are the processor's own.
    assert [text.count("\n") for text in printed] == [text.count("\n") for text in committed]


def test_outputs_are_those_of_one_run_without_errors(notebook):
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert not [output for cell in cells for output in cell.outputs if output.output_type == "error"]


def test_the_player_and_a_picture_are_in_it(notebook):
    data = [output.data for cell in notebook.cells for output in cell.get("outputs", []) if "data" in output]
    assert any("image/svg+xml" in one and "text/html" not in one for one in data)
    (player,) = [one for one in data if "text/html" in one]
    assert player["text/html"].startswith('<iframe sandbox="allow-scripts" srcdoc="')
    assert "image/svg+xml" in player


def test_they_are_small():
    for path in PATHS:
        assert os.path.getsize(path) < 400_000


def test_every_notebook_is_linked_from_the_readme():
    readme = (FOLDER.parent / "README.md").read_text()
    for path in PATHS:
        assert f"(notebooks/{path.name})" in readme

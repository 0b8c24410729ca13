"""The notebooks: they run from the top with the solutions of their exercises, and the checks say what is wrong.

They are committed with the outputs of a run in which nothing was answered yet.
"""

import contextlib
import io
import linecache
import os
import re
from pathlib import Path

import pytest

import autograd

nbformat = pytest.importorskip("nbformat", reason="notebooks are read with nbformat")

FOLDER = Path(__file__).parent.parent / "notebooks"
PATHS = sorted(FOLDER.glob("[0-9]*.ipynb"))
RUN_WITH = ("IPython", "matplotlib", "mlxtend", "names", "vega_datasets")
# The first line of a cell that is to be answered, or that checks the answer.
MARK = re.compile(r"# (Exercise|Check) (\d+\.\d+)$")

for_each = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)


def code_of(path):
    return [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]


def mark_of(cell):
    """("Exercise", "3.1") or ("Check", "3.1"), and a pair of empty words for any other cell."""
    found = MARK.match(cell.source.partition("\n")[0])
    return found.groups() if found else ("", "")


def solutions_of(path):
    """For each exercise its solution and, by the words that are said of them, typical wrong answers."""
    right, wrong = {}, {}
    file = FOLDER / "solutions" / f"{path.stem}.py"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    for head, _, body in (part.partition("\n") for part in re.split(r"^# %% ", text, flags=re.MULTILINE)[1:]):
        number, _, words = head.partition(" wrong: ")
        if words:
            wrong.setdefault(number, []).append((words, body))
        else:
            right[number] = body
    return right, wrong


def printed_by(output):
    """What a cell has printed, or returned as text, as far as words go: numbers are the processor's own."""
    return re.sub(r"\s+", " ", re.sub(r"[-+]?\d[\d.]*(e[-+]?\d+)?", "0", output)).strip()


def show_nothing(*args, **options):
    """What stands for ``display`` and for the ``show`` of plots."""


class Session:
    """A notebook's own names, in which its cells are run."""

    def __init__(self, path):
        self.path = path
        self.names = {"__name__": "__main__", "display": show_nothing}

    def run(self, source, what):
        """Run a cell and return what it printed."""
        out, name = io.StringIO(), f"{self.path.name}, {what}"
        # A player shows the lines that computed.
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        with contextlib.redirect_stdout(out):
            exec(compile(source, name, "exec"), self.names)
        return out.getvalue()


@pytest.fixture
def plots(monkeypatch):
    """Figures are drawn where nobody sees them."""
    for name in RUN_WITH:
        pytest.importorskip(name)
    import IPython.display
    import matplotlib
    import matplotlib.pyplot

    backend = matplotlib.get_backend()
    matplotlib.use("Agg")
    monkeypatch.setattr(matplotlib.pyplot, "show", show_nothing)
    monkeypatch.setattr(IPython.display, "display", show_nothing)
    with matplotlib.rc_context():
        yield matplotlib.pyplot
    matplotlib.pyplot.close("all")
    matplotlib.use(backend)


@for_each
def test_it_runs_and_its_checks_know_right_from_wrong(path, plots, monkeypatch):
    monkeypatch.chdir(FOLDER)
    session, (right, wrong) = Session(path), solutions_of(path)
    for place, cell in enumerate(code_of(path), 1):
        plots.close("all")
        kind, number = mark_of(cell)
        if kind == "Exercise":
            # Nothing was answered, and so nothing drawn, in the run whose outputs are committed.
            state = autograd.get_rng_state()
            session.run(right[number], f"solution {number}")
        elif kind == "Check":
            lines = session.run(cell.source, f"check {number}").splitlines()
            assert lines, number
            assert [line for line in lines if not line.startswith("Right")] == [], number
            for words, answer in wrong[number]:
                session.run(answer, f"solution {number} wrong: {words}")
                said = session.run(cell.source, f"check {number} of {words}").splitlines()
                assert any(line.startswith("Wrong") and words in line for line in said), (number, words, said)
            session.run(right[number], f"solution {number}")
            assert session.run(cell.source, f"check {number}").splitlines() == lines, f"check {number} can't run again"
            autograd.set_rng_state(state)
        else:
            printed = session.run(cell.source, f"cell {place}")
            committed = "".join(output.text for output in cell.outputs if output.output_type == "stream")
            assert printed_by(printed) == printed_by(committed), f"cell {place} printed otherwise when it was committed"


@for_each
def test_exercises_are_numbered_and_have_solutions(path):
    marks = [mark for mark in map(mark_of, code_of(path)) if mark[0]]
    numbers = [f"{int(path.stem[:2])}.{place + 1}" for place in range(len(marks) // 2)]
    assert marks == [(kind, number) for number in numbers for kind in ("Exercise", "Check")]
    assert 3 <= len(numbers) <= 5
    right, wrong = solutions_of(path)
    assert list(right) == numbers
    assert {number: len(answers) > 1 for number, answers in wrong.items()} == dict.fromkeys(numbers, True)
    told = [cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "markdown"]
    asked = re.findall(r"^### Exercise (\d+\.\d+): \S", "\n".join(told), re.MULTILINE)
    assert asked == numbers


@for_each
def test_it_is_committed_unanswered(path):
    for cell in code_of(path):
        kind, number = mark_of(cell)
        if kind == "Exercise":
            assert "..." in cell.source, number
        elif kind == "Check":
            lines = "".join(output.text for output in cell.outputs).splitlines()
            assert lines, number
            assert [line for line in lines if not line.startswith("Not answered yet")] == [], number


@for_each
def test_outputs_are_those_of_one_run_without_errors(path):
    cells = code_of(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    assert not [output.text for output in outputs if output.get("name") == "stderr"]
    assert nbformat.read(path, as_version=4).metadata.kernelspec.name == "python3"
    assert os.path.getsize(path) < 2_000_000
    # A player names the files whose lines it shows.
    assert not re.search(r"/(home|tmp|root|Users|site-packages)/", path.read_text(encoding="utf-8"))


def test_there_are_notebooks():
    assert [path.stem[:2] for path in PATHS] == [f"{place:02}" for place in range(1, 13)]


def test_the_player_and_a_picture_are_in_the_first_two():
    for path in PATHS[:2]:
        data = [output.data for cell in code_of(path) for output in cell.outputs if "data" in output]
        assert any("image/svg+xml" in one and "text/html" not in one for one in data)
        (player,) = [one for one in data if "text/html" in one]
        assert player["text/html"].startswith('<iframe sandbox="allow-scripts" srcdoc="')
        assert "image/svg+xml" in player


def test_some_are_run_and_others_not(tmp_path, monkeypatch):
    pytest.importorskip("nbclient")
    monkeypatch.syspath_prepend(str(FOLDER))
    import run

    assert run.chosen([]) == PATHS
    assert run.chosen(["02"]) == PATHS[1:2]
    assert run.chosen(["01_neuron", "x.ipynb"]) == [PATHS[0], Path("x.ipynb")]
    with pytest.raises(SystemExit, match="no notebook begins with '99'"):
        run.chosen(["99"])


def sections():
    """The parts of the folder's README by their titles."""
    parts = re.split(r"^## (.*)\n", (FOLDER / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True)) | {"": parts[0]}


def rows_of(part):
    """The rows of the table in a part of the README, without its head."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in part.splitlines() if line[:2] == "| "]
    return rows[1:]


LINK = re.compile(r"\[([^\]]*)\]\((\d\d_\w+)\.ipynb(?:#((?:[^()]|\([^()]*\))*))?\)")
MAP, DIFFERENCES = map(rows_of, sections()["From the cheat sheet to the notebooks"].split("\n### "))


def headings_of(path):
    """What a notebook's headings say, without what marks code."""
    cells = nbformat.read(path, as_version=4).cells
    told = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return {line.replace("`", "") for line in re.findall(r"^#+ (.*)$", told, re.MULTILINE)}


@pytest.mark.parametrize("row", [*MAP, *DIFFERENCES], ids=lambda row: row[0])
def test_what_a_row_of_the_map_leads_to_is_there(row):
    links = LINK.findall(row[1])
    assert len(links) == row[1].count("](") > 0
    for text, stem, anchor in links:
        anchors = {heading.replace(" ", "-") for heading in headings_of(FOLDER / f"{stem}.ipynb")}
        assert anchor in anchors or not anchor
        assert text.replace("`", "").replace(" ", "-") in (stem[:2], f"{stem[:2]}-{anchor}")


def test_the_cheat_sheet_is_there_from_its_beginning_to_its_end():
    assert len(MAP) == 60
    numbered = [row[0].split(" ")[0] for row in MAP if row[0][0].isdigit()]
    assert numbered == [
        *("1.1.", "1.2.", "1.2.1.", "1.2.2.", "1.2.3.", "1.2.4.", "1.3.", "1.4.", "1.5.", "1.5.1.", "1.5.2."),
        *("1.6.", "1.6.1.", "1.6.2."),
    ]


def test_the_readme_has_a_row_for_each_notebook():
    parts = sections()
    listed = [LINK.search(row[0])[2] for row in rows_of(parts[""])]
    assert listed == [path.stem for path in PATHS]
    assert [row[0] for row in rows_of(parts["For a teacher"])] == [stem[:2] for stem in listed]


@for_each
def test_the_readme_calls_it_by_its_title(path):
    title = re.match(r"# (.*)", nbformat.read(path, as_version=4).cells[0].source)[1]
    assert f"| [{path.stem[:2]} {title}]({path.name}) |" in sections()[""]

"""Runs notebooks of this folder from the top and writes their outputs into them; the first error ends it.

``python notebooks/run.py 04 05`` runs those that begin so, ``python notebooks/run.py`` all of them.
"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parent


def chosen(words):
    """The notebooks whose names begin with one of the words, or that they are the paths of; without words, all."""
    paths = []
    for word in words or [""]:
        found = [Path(word)] if word.endswith(".ipynb") else sorted(FOLDER.glob(f"{word}*.ipynb"))
        if not found:
            sys.exit(f"no notebook begins with {word!r}")
        paths += found
    return paths


def run(path):
    """The notebook at ``path``, run in this folder."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata = {}
    NotebookClient(notebook, timeout=120, kernel_name="python3", record_timing=False).execute(cwd=str(FOLDER))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    # What differs from machine to machine is no part of it.
    notebook.metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return notebook


def joined(outputs):
    """Outputs in which text that was printed in pieces, as it happened to arrive, is one."""
    found = []
    for output in outputs:
        if found and output.output_type == found[-1].output_type == "stream" and output.name == found[-1].name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


if __name__ == "__main__":
    for path in chosen(sys.argv[1:]):
        nbformat.write(run(path), path)
        print(path)

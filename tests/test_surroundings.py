"""The command line where the output shows few characters, is closed, or where docstrings and HOME are missing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = "import autograd\nw = autograd.tensor(2., requires_grad=True)\n(w * 3).tanh().backward()\n"
SURROUNDINGS = {
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "the C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a dumb terminal": {"TERM": "dumb"},
    "no home": {"HOME": None},
    "no docstrings": {"PYTHONOPTIMIZE": "2"},
}
COMMANDS = ("--help", "demo --help", "step --help", "warmup --help", "step SCRIPT", "step --save PAGE SCRIPT")


@pytest.fixture
def prepared(tmp_path):
    """A command line with files for its placeholders."""
    (tmp_path / "neuron.py").write_text(SCRIPT)
    files = {"SCRIPT": tmp_path / "neuron.py", "PAGE": tmp_path / "page.html", "OUT": tmp_path / "out"}
    return lambda line: [sys.executable, "-m", "autograd", *[str(files.get(word, word)) for word in line.split()]]


def environment(changes):
    made = {**os.environ, **changes}
    return {name: value for name, value in made.items() if value is not None}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_every_command_prints(name, prepared):
    for line in COMMANDS:
        done = subprocess.run(prepared(line), capture_output=True, env=environment(SURROUNDINGS[name]))
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.strip()


def test_what_the_output_lacks_is_escaped(prepared):
    done = subprocess.run(prepared("step SCRIPT"), capture_output=True, env=environment(SURROUNDINGS["cp1252"]))
    # cp1252 has the multiplication sign and no subscripts.
    assert "v\\u2081 = w × 3" in done.stdout.decode("cp1252")


def test_a_training_prints_without_docstrings_and_in_ascii(prepared):
    changes = SURROUNDINGS["ascii"] | SURROUNDINGS["no docstrings"]
    command = prepared("demo --model temperature --epochs 1 --out OUT")
    done = subprocess.run(command, capture_output=True, env=environment(changes))
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"task     Many to one") and b"\\xb0F" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix shell")
@pytest.mark.parametrize(
    ("line", "redirection", "code"),
    [
        ("step SCRIPT", ">&-", 0),
        ("step SCRIPT", "2>&-", 0),
        ("step SCRIPT", "<&-", 0),
        ("demo --epochs x", "2>&-", 2),
        ("--help", ">&-", 0),
        ("step SCRIPT", "| head -1 >&2; exit ${PIPESTATUS[0]}", None),
        ("demo --help", "| true; exit ${PIPESTATUS[0]}", None),
    ],
)
def test_streams_that_are_closed(line, redirection, code, prepared):
    done = subprocess.run(["bash", "-c", f'"$0" "$@" {redirection}', *prepared(line)], capture_output=True, text=True)
    # Whether the reader leaves before all is written is up to the system.
    assert done.returncode in ((0, 1) if code is None else (code,))
    assert "Traceback" not in done.stderr and "Exception" not in done.stderr
    assert not done.stdout or redirection in ("2>&-", "<&-")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no disk that is always full")
@pytest.mark.parametrize("buffered", ["", "1"])
def test_output_on_a_full_disk_is_one_line(buffered, prepared):
    with open("/dev/full", "w") as full:
        environ = os.environ | {"PYTHONUNBUFFERED": buffered}
        done = subprocess.run(prepared("step SCRIPT"), stdout=full, stderr=subprocess.PIPE, text=True, env=environ)
    assert done.returncode == 1
    assert done.stderr == "python -m autograd: can't write the output: No space left on device\n"

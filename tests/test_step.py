"""Traces in a terminal: as text, by key, and the command that runs a script for it."""

import io
import os
import re
import select
import signal
import subprocess
import sys
import time

import pytest

import autograd
from autograd.cli import main
from autograd.seeing import screen
from autograd.seeing.keys import SEQUENCES
from autograd.seeing.transcript import headline

SCRIPT = """
import sys
import autograd, nn, optim
autograd.manual_seed(0)
model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
optimizer = optim.SGD(model.parameters(), lr=0.1)
x = autograd.randn(4, 2)
loss = (model(x) ** 2).mean()
loss.backward()
optimizer.step()
print("the script says", sys.argv[1:])
"""


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "train.py"
    path.write_text(SCRIPT)
    return path


@pytest.fixture
def trace():
    a, b = autograd.Scalar(2.0, label="a"), autograd.Scalar(-3.0, label="b")
    return autograd.trace(a * b + a, names={})


def test_as_text_where_the_output_is_no_terminal(trace, capsys):
    trace.print()
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [" 1/12  forward: mul makes v₁", "       v₁ = a × b", "       = 2 × (-3) = -6"]
    assert "∂L/∂a ← ∂L/∂a + Δ" in [line.strip() for line in lines]
    assert "1 + (-3) = -2" in [line.strip() for line in lines]
    assert len([line for line in lines if re.match(r"\s*\d+/12  ", line)]) == 12 == len(trace.steps)


def test_the_numbers_of_small_arrays_are_written(capsys):
    x = autograd.tensor([[1.0, -2.0], [0.5, 4.0]], requires_grad=True)
    trace = autograd.trace((x * 2).sum(), names={"x": x}, check=False)
    trace.print()
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert lines[lines.index("v₁ = x × 2") + 2 :][:2] == ["2  -4", "1   8"]
    assert "-4" in str(screen._numbers(trace.record["arrays"][trace.record["nodes"]["n3"]["value"]]))


def test_what_the_output_lacks_is_escaped(trace, monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii"))
    trace.print()
    sys.stdout.flush()
    assert b"v\\u2081 = a \\xd7 b" in written.getvalue()


def test_every_step_has_a_screen(trace):
    from rich.console import Console

    for number, step in enumerate(trace.steps):
        console = Console(width=100, record=True, file=io.StringIO())
        console.print(screen.screen_of(trace.record, number))
        text = console.export_text()
        assert step["formula"] in text
        assert step["numbers"] in text
        assert headline(trace.record, step) in text


def test_arrays_are_coloured_cells():
    from rich.console import Console

    x = autograd.tensor([[1.0, -1.0], [0.0, float("nan")]], requires_grad=True)
    trace = autograd.trace((x * 2).sum(), names={"x": x})
    console = Console(width=100, record=True, file=io.StringIO())
    console.print(screen.screen_of(trace.record, 0))
    colours = set(re.findall(r"background-color: (#\w+)", console.export_html()))
    assert {"#c0392b", "#2166ac", "#282828", "#a04fd8"} <= colours


def test_keys_move(trace, monkeypatch):
    shown = []
    monkeypatch.setattr(screen, "screen_of", lambda record, number: shown.append(number) or str(number))
    screen.play_by_key(trace.record, ["right", " ", "left", "end", "right", "home", "left", "x", "q", "right"])
    assert shown == [0, 1, 2, 1, 11, 11, 0, 0, 0]


def test_names_of_keys():
    assert SEQUENCES["\x1b[C"] == "right"
    assert set(screen.MOVES) - {" ", "n", "p"} <= set(SEQUENCES.values())


def test_the_command_plays_a_script(script, capsys):
    assert main(["step", str(script), "--flag", "3"]) == 0
    out = capsys.readouterr().out
    assert "the script says ['--flag', '3']" in out
    assert "SGD moves 2.bias" in out
    assert "train.py:8  loss = (model(x) ** 2).mean()" in out
    assert "loss = mean(v₄)" in out
    assert sys.argv[0] != str(script)


@pytest.mark.parametrize("suffix", ["html", "json"])
def test_the_command_saves(suffix, script, tmp_path, capsys):
    target = tmp_path / f"steps.{suffix}"
    assert main(["step", "--save", str(target), str(script)]) == 0
    assert "train.py" in target.read_text()
    assert str(target) in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere.py"], "no such file: nowhere.py"),
        (["--save", "x.txt", __file__], "must end with .html or .json"),
        (["--save", "/nowhere/x.json", "SCRIPT"], "can't write /nowhere/x.json"),
        ([], "required"),
    ],
)
def test_bad_input(arguments, message, script, capsys):
    arguments = [str(script) if argument == "SCRIPT" else argument for argument in arguments]
    assert main(["step", *arguments]) == 2
    assert message in capsys.readouterr().err


def test_a_script_without_gradients(tmp_path, capsys):
    path = tmp_path / "empty.py"
    path.write_text("print('nothing')")
    assert main(["step", str(path)]) == 2
    assert "computed nothing with a gradient" in capsys.readouterr().err


def test_a_script_that_is_none(tmp_path, capsys):
    path = tmp_path / "wrong.py"
    path.write_text("x = 1\ndef f(:")
    assert main(["step", str(path)]) == 2
    assert capsys.readouterr().err == f"python -m autograd step: {path}, line 2: invalid syntax\n"
    (tmp_path / "importing.py").write_text("import wrong")
    with pytest.raises(SyntaxError):
        main(["step", str(tmp_path / "importing.py")])


@pytest.mark.parametrize(
    "words, own",
    [
        (["--save", "{}"], []),
        (["--save={}", "--flag", "3"], ["--flag", "3"]),
        (["--flag", "3", "--save", "{}"], ["--flag", "3"]),
        (["--save", "model.pt", "--save", "{}", "--", "--save", "x.html"], ["--save", "model.pt", "--save", "x.html"]),
    ],
)
def test_where_to_save_may_be_said_behind_the_script(words, own, script, tmp_path, capsys):
    path = tmp_path / "out.json"
    assert main(["step", str(script), *[word.format(path) for word in words]]) == 0
    assert f"the script says {own}" in capsys.readouterr().out
    assert path.is_file()


def test_what_the_script_raises_is_raised(tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text("raise KeyError('mine')")
    with pytest.raises(KeyError, match="mine"):
        main(["step", str(path)])
    assert sys.getprofile() is None


@pytest.fixture
def terminal(script):
    """The command in a pseudo-terminal of its own, at the first step: the process, our end of it, and its own."""
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals")
    ours, its = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40"}
    command = [sys.executable, "-m", "autograd", "step", str(script)]
    with subprocess.Popen(command, stdin=its, stdout=its, stderr=its, env=environment, close_fds=True) as process:
        try:
            wait_for(ours, b"1/22")
            yield process, ours, its
        finally:
            process.kill()
    os.close(ours)
    os.close(its)


def test_in_a_real_terminal(terminal):
    """Keys go in, screens come out, and q ends it."""
    process, ours, _ = terminal
    os.write(ours, b"\x1b[C")
    seen = wait_for(ours, b"2/22")
    os.write(ours, b"\x1b[F")
    seen += wait_for(ours, b"22/22")
    os.write(ours, b"q")
    seen += wait_for(ours, b"\x1b[?1049l")
    assert process.wait(20) == 0
    assert b"SGD moves 2.bias" in seen


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT"])
def test_a_signal_gives_the_terminal_back(name, terminal):
    termios = pytest.importorskip("termios")
    process, ours, its = terminal
    echo = lambda: termios.tcgetattr(its)[3] & (termios.ECHO | termios.ICANON)
    while echo():
        time.sleep(0.01)
    number = getattr(signal, name)
    process.send_signal(number)
    wait_for(ours, b"\x1b[?1049l")
    assert process.wait(20) == (130 if name == "SIGINT" else -number)
    assert echo() == termios.ECHO | termios.ICANON


def wait_for(file, text, seconds=30):
    seen, end = b"", time.monotonic() + seconds
    while text not in seen:
        ready, _, _ = select.select([file], [], [], max(0, end - time.monotonic()))
        assert ready, seen[-2000:].decode()
        seen += os.read(file, 65536)
    return seen

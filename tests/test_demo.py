"""``python -m autograd demo``."""

from __future__ import annotations

import contextlib
import io
import re
import signal
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd
from autograd.cli import confusion, digits, main, names, pictures, sequences, training

MLP = ("demo", "--model", "mlp", "--epochs", "1")
PNG = b"\x89PNG\r\n\x1a\n"


def output_of(*argv: object) -> str:
    """What a command that succeeds prints, without how long it took."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(list(map(str, argv))) == 0
    return re.sub(r"[0-9.]+ s\n", "", out.getvalue())


def test_accuracy_of(text: str) -> float:
    return float(re.search(r"test accuracy ([0-9.]+)%", text)[1])


test_accuracy_of.__test__ = False


@pytest.fixture(scope="module")
def mlp_run(tmp_path_factory):
    """The directory and the output of a short training."""
    out = tmp_path_factory.mktemp("demo") / "made" / "on the way"
    return out, output_of(*MLP, "--out", out)


def test_leaves_pictures(mlp_run):
    out, text = mlp_run
    assert sorted(path.name for path in out.iterdir()) == ["graph.svg", "mistakes.png", "training.png"]
    for name in ("training.png", "mistakes.png"):
        assert (out / name).read_bytes().startswith(PNG)
    assert all(str(path) in text for path in out.iterdir())
    svg = ElementTree.parse(out / "graph.svg").getroot()
    assert svg.tag.endswith("svg")
    assert {"1.weight", "4.bias", "labels"} <= {"".join(e.itertext()).strip() for e in svg.iter()}


def test_learns(mlp_run):
    assert test_accuracy_of(mlp_run[1]) > 80


def test_confusion_matrix_counts_every_held_out_digit(mlp_run):
    rows = re.findall(r"^  (\d)  ([ \d.]{56}) +([0-9.]+)%$", mlp_run[1], re.MULTILINE)
    counts = np.array([[int(cell.replace(".", "0")) for cell in row.split()] for _, row, _ in rows])
    assert counts.shape == (10, 10)
    assert (counts.sum(axis=1) == 100).all()
    assert [float(share) for _, _, share in rows] == counts.diagonal().tolist()
    assert counts.trace() == round(test_accuracy_of(mlp_run[1]) * 10)


def test_same_seed_same_result(mlp_run):
    out, text = mlp_run
    assert output_of(*MLP, "--out", out) == text
    assert output_of(*MLP, "--out", out, "--seed", 1) != text.replace("seed 0", "seed 1")


def test_cnn_learns_in_one_epoch(tmp_path):
    assert test_accuracy_of(output_of("demo", "--epochs", 1, "--out", tmp_path)) > 90


@pytest.mark.parametrize("model", sequences.TASKS)
def test_recurrent_networks_beat_their_baselines_in_one_epoch(model, tmp_path):
    text = output_of("demo", "--model", model, "--epochs", 1, "--lr", 0.01, "--out", tmp_path)
    reached, known = map(float, re.search(r"^held out ([0-9.]+)\D+?([0-9.]+)", text, re.MULTILINE).groups())
    better = reached / known if "%" in text else known / reached
    assert better > 1.3
    assert [path.name for path in tmp_path.iterdir()] == ["training.png"]
    assert (tmp_path / "training.png").read_bytes().startswith(PNG)


def test_names_are_written_as_numbers():
    letters, lengths = names.encoded(["ab", "z"])
    assert letters.tolist() == [[1, 2], [26, 0]] and lengths.tolist() == [2, 1]
    assert [names.decoded(row) for row in letters.tolist()] == ["Ab", "Z"]
    assert [sequences.is_vowel("maya", i) for i in range(4)] == [False, True, False, True]
    assert sequences.is_vowel("lynn", 1)


def test_split_is_stratified_and_by_seed_alone():
    labels = np.random.default_rng(0).permutation(np.repeat(np.arange(10), 500))
    kept, held_out = digits.split(labels, 7)
    assert np.bincount(labels[kept]).tolist() == [400] * 10
    assert np.bincount(labels[held_out]).tolist() == [100] * 10
    assert sorted([*kept, *held_out]) == list(range(5000))
    autograd.manual_seed(123)
    np.testing.assert_array_equal(held_out, digits.split(labels, 7)[1])
    assert set(held_out) != set(digits.split(labels, 8)[1])


def test_digits_are_digits():
    train_set, test_set = digits.load(0)
    images, labels = train_set.tensors
    assert images.shape == (4000, 1, 28, 28) and images.dtype is autograd.float32
    assert labels.shape == (4000,) and labels.dtype is autograd.int64
    assert abs(images.mean().item()) < 0.05 and abs(images.std().item() - 1) < 0.05
    assert [len(tensor) for tensor in test_set.tensors] == [1000, 1000]


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["--epochs", "-1"], "argument --epochs: expected a whole number from 1 up, not '-1'"),
        (["--epochs", "0"], "argument --epochs: expected a whole number from 1 up, not '0'"),
        (["--epochs", "2.5"], "argument --epochs: expected a whole number from 1 up, not '2.5'"),
        (["--batch-size", "many"], "argument --batch-size: expected a whole number from 1 up, not 'many'"),
        (["--lr", "0"], "argument --lr: expected a number above 0, not '0'"),
        (["--lr", "nan"], "argument --lr: expected a number above 0, not 'nan'"),
        (["--seed", "x"], "argument --seed: expected a whole number, not 'x'"),
        (["--seed", str(2**70)], f"argument --seed: expected a whole number of at most 64 bits, not {2**70}"),
        (["--model", "rnn"], "argument --model: invalid choice: 'rnn'"),
        (["--epoch-count", "3"], "unrecognized arguments: --epoch-count 3"),
    ],
)
def test_bad_options(argv, said, capsys):
    assert main(["demo", *argv]) == 2
    printed = capsys.readouterr()
    assert said in printed.err and printed.err.count("\n") == 1 and "--help" in printed.err
    assert not printed.out


def test_unknown_command(capsys):
    assert main(["dance"]) == 2
    assert capsys.readouterr().err.startswith("python -m autograd: ")


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ("file", "file' (it is not a directory)"),
        ("file/below", "file/below' (Not a directory)"),
        ("full", "full/graph.svg' (Is a directory)"),
    ],
)
def test_output_directory_is_checked_first(out, said, tmp_path, capsys):
    (tmp_path / "file").touch()
    (tmp_path / "full" / "graph.svg").mkdir(parents=True)
    assert main([*MLP, "--out", str(tmp_path / out)]) == 2
    printed = capsys.readouterr()
    assert printed.err == (
        f"python -m autograd demo: can't write to '{tmp_path}/{said}; choose another directory with --out\n"
    )
    assert not printed.out


@pytest.mark.parametrize("package", ["mlxtend", "matplotlib", "tqdm"])
def test_missing_package(package, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, package, None)
    assert main([*MLP, "--out", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    assert printed.err == f'python -m autograd demo: missing {package}; install with: pip install "chalkgrad[demo]"\n'
    assert not (tmp_path / "out").exists()


def test_loss_that_is_not_a_number(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(training, "learning_rate", lambda progress, peak: float("nan"))
    assert main([*MLP, "--out", str(tmp_path)]) == 2
    assert "the loss is nan in step 2; try a smaller --lr" in capsys.readouterr().err


def test_bad_input_from_a_shell():
    done = subprocess.run([sys.executable, "-m", "autograd", "demo", "--epochs", "-1"], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("python -m autograd demo: argument --epochs") and done.stderr.count("\n") == 1


def test_ctrl_c(tmp_path):
    command = [sys.executable, "-m", "autograd", "demo", "--epochs", "1000", "--out", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert "digits" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=20)
    assert process.returncode == 130
    assert error == "python -m autograd demo: interrupted\n"


def test_help_imports_nothing_heavy():
    script = "import sys, autograd.cli; autograd.cli.main([]); print({'nn', 'matplotlib', 'tqdm'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "demo" in done.stdout and done.stdout.endswith("set()\n")


def test_library_does_not_import_the_command_line():
    script = "import sys, autograd; print('autograd.cli' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "False\n"


@pytest.mark.parametrize("wrong", [0, 1, 100])
def test_sheet_of_mistakes(wrong, tmp_path):
    labels = np.arange(200) % 10
    seen = labels.copy()
    seen[:wrong] = (seen[:wrong] + 1) % 10
    path = Path(tmp_path, "mistakes.png")
    pictures.draw_mistakes(np.zeros((200, 1, 28, 28)), labels, np.eye(10)[seen] * 0.9, path)
    assert path.read_bytes().startswith(PNG)
    assert confusion.matrix(labels, seen).trace() == 200 - wrong

"""Several processes: the same numbers as one, and an error that says which rank is to blame where one fails.

What is checked on several ranks is in `distributed_checks` and `distributed_faults`; few launches run all of it.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

import autograd
import nn
import optim
from autograd import distributed as dist
from autograd.cli.ranks import command, launcher
from autograd.distributed.launched import told
from autograd.engine.walk import backward_steps, in_time, older_first

HERE = Path(__file__).parent
needs_mpi = pytest.mark.skipif(
    importlib.util.find_spec("mpi4py") is None or launcher() is None,
    reason='several ranks need mpi4py and mpiexec: pip install "chalkgrad[mpi]"',
)
# A rank uses one thread: there are more ranks than CPUs.
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}


def started(*arguments, **options):
    return subprocess.run(arguments, capture_output=True, text=True, env=ENVIRONMENT, timeout=600, **options)


@needs_mpi
@pytest.mark.parametrize("ranks", [2, 3, 4])
def test_on_several_ranks(ranks):
    done = started(*command(launcher(), ranks), sys.executable, str(HERE / "distributed_checks.py"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith(f"checks on {ranks} ranks\n")


def test_on_one_rank():
    done = started(sys.executable, str(HERE / "distributed_checks.py"))
    assert done.returncode == 0, done.stdout + done.stderr


FAULTS = {
    "raises": "all_reduce SUM of (3,) float32 on rank {} can't be completed: rank 1: raised ValueError: bad luck",
    "is killed": "all_reduce SUM of (3,) float32 on rank {} can't be completed: rank 1: the process died",
    "ends": "all_reduce SUM of (3,) float32 on rank {} can't be completed: rank 1: the program has ended",
    "is silent": "all_reduce SUM of (3,) float32 on rank {} was not completed within 8 s: rank 1: isn't in any call",
    "before it begins": "init_process_group on rank {} can't be completed: rank 1: raised ImportError: no such package",
}


@needs_mpi
@pytest.mark.parametrize("how", FAULTS)
def test_a_rank_that_fails_is_named_by_all_others(how, tmp_path):
    program = [sys.executable, "-m", "autograd", "run", "--nproc", "3", str(HERE / "distributed_faults.py")]
    done = started(*program, how, str(tmp_path))
    said = done.stdout + done.stderr
    assert done.returncode != 0, said
    for rank in (0, 2):
        call, fault = FAULTS[how].split(" on rank {} ")
        outcome, _, culprit = fault.partition(": ")
        assert re.search(rf"DistBackendError: {re.escape(call)} on rank {rank} {outcome}: .*{re.escape(culprit)}", said)
    if how == "is killed":
        assert autograd.load(tmp_path / "checkpoint.zip") == {"step": 1}


@needs_mpi
def test_what_several_ranks_are_started_with(tmp_path):
    (tmp_path / "show.py").write_text(
        "import os, sys\n"
        "import torch.distributed as dist\n"
        "dist.init_process_group()\n"
        "found = [None, None]\n"
        "dist.all_gather_object(found, [dist.get_rank(), *map(os.environ.get, ['RANK', 'LOCAL_RANK', 'WORLD_SIZE'])])\n"
        "if dist.get_rank() == 0:\n"
        "    print(found, sys.argv[1:])\n"
    )
    done = started(sys.executable, "-m", "autograd", "run", "--nproc", "2", str(tmp_path / "show.py"), "--lr", "1")
    assert "[[0, '0', '0', '2'], [1, '1', '1', '2']]" in done.stdout and "['--lr', '1']" in done.stdout, done


@needs_mpi
def test_the_demo_on_two_ranks(tmp_path):
    pytest.importorskip("mlxtend")
    options = ["--model", "mlp", "--epochs", "1", "--ranks", "2", "--out", str(tmp_path)]
    done = started(sys.executable, "-m", "autograd", "demo", *options)
    assert done.returncode == 0, done
    assert done.stdout.count("epoch 1/1") == 1 and ", on 2 ranks" in done.stdout
    assert float(re.search(r"test accuracy (.*?)%", done.stdout)[1]) > 80
    assert len(autograd.load(tmp_path / "model.zip")) == 4


def test_the_demo_says_what_ranks_can_not_share(capsys):
    from autograd.cli import main

    assert main(["demo", "--ranks", "2", "--model", "tag"]) == 2
    assert main(["demo", "--ranks", "3"]) == 2
    said = capsys.readouterr().err
    assert "--ranks is for the models cnn and mlp, not tag" in said
    assert "--batch-size 32 can't be divided equally by 3 ranks" in said


# -- in one process


@pytest.fixture
def alone():
    dist.init_process_group("gloo")
    yield
    if dist.is_initialized():
        dist.destroy_process_group()


def test_the_state_of_groups(alone):
    assert dist.is_available() and dist.is_initialized() and dist.get_backend() == "gloo"
    assert dist.get_rank() == 0 and dist.get_world_size() == 1 and dist.get_process_group_ranks(dist.group.WORLD) == [0]
    with pytest.raises(ValueError, match="default process group twice"):
        dist.init_process_group()
    dist.destroy_process_group()
    assert not dist.is_initialized()
    with pytest.raises(ValueError, match="Default process group has not been initialized"):
        dist.get_rank()


def test_what_a_launcher_says():
    assert told({}) == (0, 1)
    assert told({"OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "3"}) == (1, 3)


@pytest.mark.parametrize(
    "options, error, text",
    [
        ({"backend": "nccl"}, ValueError, "backend 'nccl' isn't here; 'mpi' is"),
        ({"world_size": 4, "rank": 0}, ValueError, "world_size is 4, but 1 was started; start the script by"),
        ({"rank": 3}, ValueError, "rank is 3, but the launcher made this rank 0"),
        ({"timeout": 30}, TypeError, "timeout argument to be of type datetime.timedelta, got 30"),
        ({"timeout": timedelta(0)}, ValueError, "longer than no time"),
    ],
)
def test_groups_that_can_not_be(options, error, text):
    with pytest.raises(error, match=text):
        dist.init_process_group(**options)
    assert not dist.is_initialized()


def test_ranks_that_were_started_without_mpi4py(monkeypatch):
    monkeypatch.setenv("PMI_RANK", "0")
    monkeypatch.setenv("PMI_SIZE", "4")
    monkeypatch.setattr("autograd.distributed.groups.has_mpi", lambda: False)
    with pytest.raises(RuntimeError, match=r"4 ranks were started, but mpi4py isn't installed: pip install"):
        dist.init_process_group()


X = autograd.ones(2, 3)
MISTAKES = {
    "no tensor": (lambda: dist.all_reduce([1.0]), TypeError, "all_reduce: expected parameter `tensor` to be a Tensor"),
    "no op": (lambda: dist.all_reduce(X, "sum"), TypeError, "op must be a ReduceOp, not 'sum'"),
    "mean of integers": (lambda: dist.all_reduce(X.long(), dist.ReduceOp.AVG), RuntimeError, "AVG with int64"),
    "bits of floats": (lambda: dist.all_reduce(X, dist.ReduceOp.BOR), RuntimeError, "BOR with float32"),
    "no such rank": (lambda: dist.broadcast(X, 1), ValueError, r"Global rank 1 is not part of group \[0\]"),
    "no rank": (lambda: dist.broadcast(X), ValueError, "broadcast: give one of src and group_src"),
    "two ranks": (lambda: dist.broadcast(X, 0, group_src=0), ValueError, "give one of src and group_src"),
    "no list": (lambda: dist.all_gather(X, X), TypeError, "`tensor_list` to be a list of Tensors, not Tensor"),
    "too many": (lambda: dist.all_gather([X, X], X), ValueError, "a Tensor for each of 1 ranks, not 2"),
    "another shape": (lambda: dist.all_gather([X[0]], X), ValueError, r"shape \(2, 3\) and dtype float32"),
    "too small": (lambda: dist.all_gather_into_tensor(X[0], X), RuntimeError, r"go with \(2, 3\) or \(1, 2, 3\)"),
    "rows": (lambda: dist.all_to_all_single(X, X, [1]), RuntimeError, r"output_split_sizes \[1\] should be 1 numbers"),
    "itself": (lambda: dist.send(X, 0), ValueError, "Invalid destination rank"),
    "no group": (lambda: dist.all_reduce(X, group="all"), TypeError, "group: expected what new_group"),
    "ranks": (lambda: dist.new_group([0, 3]), ValueError, r"\[0, 3\] are not among the ranks 0 to 0"),
    "devices": (lambda: nn.parallel.DistributedDataParallel(nn.Linear(1, 1), [0]), ValueError, "are for GPUs"),
    "nothing to learn": (
        lambda: nn.parallel.DistributedDataParallel(nn.ReLU()), RuntimeError, "doesn't have any parameters that require"
    ),
}  # fmt: skip


@pytest.mark.parametrize("call, error, text", MISTAKES.values(), ids=MISTAKES)
def test_mistakes(call, error, text, alone):
    with pytest.raises(error, match=text):
        call()


def test_layers_need_a_group():
    with pytest.raises(ValueError, match="Default process group has not been initialized"):
        nn.parallel.DistributedDataParallel(nn.Linear(1, 1))
    with pytest.raises(ValueError, match="Default process group has not been initialized"):
        optim.ZeroRedundancyOptimizer(nn.Linear(1, 1).parameters(), optim.SGD, lr=0.1)
    x = autograd.randn(4, 3)
    assert (nn.SyncBatchNorm(3)(x).array == nn.BatchNorm1d(3)(x).array).all()


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("drop_last", [True, False])
@pytest.mark.parametrize("count", [1, 10, 11])
def test_samples_are_those_that_pytorch_takes(count, drop_last, shuffle):
    data = pytest.importorskip("torch").utils.data

    for rank in range(3):
        options = {"num_replicas": 3, "rank": rank, "shuffle": shuffle, "seed": 5, "drop_last": drop_last}
        ours = autograd.utils.data.DistributedSampler(range(count), **options)
        theirs = data.distributed.DistributedSampler(range(count), **options)
        for epoch in (0, 7):
            ours.set_epoch(epoch), theirs.set_epoch(epoch)
            assert list(ours) == list(theirs) and len(ours) == len(theirs)


def test_pytorch_s_names():
    torch = pytest.importorskip("torch")
    ours, theirs = set(dist.__all__), set(dir(torch.distributed))
    assert ours - {"DistBackendError", "DistError"} <= theirs | {"is_ucc_available", "is_xccl_available"}
    with autograd.as_torch() as found:
        assert found.distributed.all_reduce is dist.all_reduce
        assert found.nn.parallel.DistributedDataParallel is nn.parallel.DistributedDataParallel
        import torch.distributed.optim as divided

        assert divided.ZeroRedundancyOptimizer is optim.ZeroRedundancyOptimizer


# -- what the walk tells of leaves


def two_layers():
    a, b, c = (autograd.tensor(float(i), requires_grad=True) for i in (2, 3, 4))
    return (a, b, c), ((a * b).tanh() * c * a).sum()


def test_leaves_that_are_awaited_come_as_soon_as_they_are_complete():
    (a, b, c), loss = two_layers()
    order = older_first([loss.node])
    moved = in_time(order, {c.node, b.node})
    assert sorted(moved, key=id) == sorted(order, key=id)
    assert moved.index(c.node) == moved.index(next(n for n in order if c.node in n.parents)) - 1
    assert moved.index(b.node) == moved.index(next(n for n in order if b.node in n.parents)) - 1
    seed = {loss.node: np.float32(1)}
    expected = {node: g for node, g, _ in backward_steps(seed, retain_graph=True) if node.op is None}
    walked = list(backward_steps(seed, awaited={b.node, c.node}))
    found = {node: g for node, g, _ in walked if node.op is None}
    assert found == expected and len(found) == 3
    names = [node.name() if node.op else "abc"[[a.node, b.node, c.node].index(node)] for node, _, _ in walked]
    assert names.index("c") < names.index("TanhBackward0") < names.index("b")
    assert names[-1] == "a"


def test_gradients_that_are_asked_for_are_not_awaited(alone):
    model = nn.parallel.DistributedDataParallel(nn.Linear(2, 1))
    out = model(autograd.ones(1, 2)).sum()
    (slope,) = autograd.grad(out, [model.module.weight], retain_graph=True)
    assert model.module.weight.grad is None
    out.backward()
    assert (model.module.weight.grad.array == slope.array).all()

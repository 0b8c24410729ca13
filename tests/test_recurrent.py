"""Recurrent networks against PyTorch, packed sequences, and what they say of bad input."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest

import autograd
import nn
from autograd.kernels.compiling.jit import numba_or_none
from autograd.kernels.products import laid_out, tiles

KINDS = ("RNN", "LSTM", "GRU")
WAYS = {
    "plain": {},
    "stacked": {"num_layers": 3},
    "both ways": {"bidirectional": True},
    "stacked both ways": {"num_layers": 2, "bidirectional": True, "batch_first": True},
    "without biases": {"bias": False},
}
rnn = nn.utils.rnn


def both(kind, *args, dtype="float64", **kwargs):
    """The same network, by the same seed, of ours and of PyTorch."""
    torch = pytest.importorskip("torch")
    made = []
    for lib, modules in ((autograd, nn), (torch, torch.nn)):
        lib.manual_seed(3)
        made.append(getattr(modules, kind)(*args, **kwargs, dtype=getattr(lib, dtype)))
    return made


def listed(value):
    return [x for part in value for x in listed(part)] if isinstance(value, (tuple, list)) else [value]


def arrays(tensors):
    return [x.detach().numpy() for x in tensors]


def agree(found, expected, tolerance):
    assert len(found) == len(expected)
    for mine, theirs in zip(found, expected):
        assert mine.shape == theirs.shape
        np.testing.assert_allclose(
            mine, theirs, rtol=tolerance, atol=tolerance * max(1.0, np.abs(theirs).max(initial=0))
        )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("dtype, tolerance", [("float64", 1e-10), ("float32", 1e-5)])
def test_a_network_is_pytorchs(kind, way, dtype, tolerance):
    """Names, initial weights, results and all gradients, over several blocks of steps."""
    networks = both(kind, 5, 8, dtype=dtype, **WAYS[way])
    torch = pytest.importorskip("torch")
    assert [n for n, _ in networks[0].named_parameters()] == [n for n, _ in networks[1].named_parameters()]
    assert repr(networks[0]) == repr(networks[1])
    rng = np.random.default_rng(0)
    layers = WAYS[way].get("num_layers", 1) * (1 + WAYS[way].get("bidirectional", False))
    x, *states = (
        rng.standard_normal((9, 6, 5)),
        *rng.standard_normal((2, layers, 9 if "batch_first" in WAYS[way] else 6, 8)),
    )
    found = []
    for lib, network in zip((autograd, torch), networks):
        inputs = [lib.tensor(a.astype(dtype), requires_grad=True) for a in (x, *states)]
        hx = tuple(inputs[1:]) if kind == "LSTM" else inputs[1]
        results = listed(network(inputs[0], hx))
        sum((r * r).sum() for r in results).backward()
        leaves = [*inputs[: 3 if kind == "LSTM" else 2], *network.parameters()]
        found.append(arrays(results) + arrays(leaf.grad for leaf in leaves) + arrays(network.parameters()))
    agree(*found, tolerance)


@pytest.mark.parametrize("kind", KINDS)
def test_sequences_and_weights_may_be_transposed(kind):
    network = getattr(nn, kind)(3, 4, bidirectional=True)
    names, values = zip(*network.named_parameters())
    x = autograd.randn(5, 2, 3)

    def gradients(lay):
        leaves = [value.detach().clone().requires_grad_() for value in (x, *values)]
        sequence, *weights = map(lay, leaves)
        out, _ = autograd.func.functional_call(network, dict(zip(names, weights)), (sequence,))
        (out * out).sum().backward()
        return arrays([out, *(leaf.grad for leaf in leaves)])

    transposed = lambda value: value.swapaxes(0, -1).contiguous().swapaxes(0, -1)
    agree(gradients(transposed), gradients(lambda value: value), 1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_packed_sequences_through_a_stacked_network_both_ways(kind):
    torch = pytest.importorskip("torch")
    networks = both(kind, 3, 4, num_layers=2, bidirectional=True, batch_first=True)
    x, lengths = np.random.default_rng(1).standard_normal((4, 6, 3)), [2, 6, 1, 4]
    found = []
    for lib, network, tools in zip((autograd, torch), networks, (rnn, torch.nn.utils.rnn)):
        padded = lib.tensor(x, requires_grad=True)
        packed = tools.pack_padded_sequence(padded, lengths, batch_first=True, enforce_sorted=False)
        out, states = network(packed)
        filled, sizes = tools.pad_packed_sequence(out, batch_first=True, padding_value=-1.0, total_length=7)
        results = [filled, *listed(states)]
        sum((r * r).sum() for r in results).backward()
        found.append(arrays([*results, sizes, *packed[1:], padded.grad, *[p.grad for p in network.parameters()]]))
    agree(*found, 1e-10)


def test_a_projected_lstm_is_pytorchs():
    torch = pytest.importorskip("torch")
    networks = both("LSTM", 3, 5, num_layers=2, proj_size=2)
    assert repr(networks[0]) == repr(networks[1])
    x, found = np.random.default_rng(2).standard_normal((7, 4, 3)), []
    for lib, network in zip((autograd, torch), networks):
        out, (h, c) = network(lib.tensor(x))
        (out.sin().sum() + (h * h).sum() + c.sum()).backward()
        found.append(arrays([out, h, c, *[p.grad for p in network.parameters()]]))
    agree(*found, 1e-10)


@pytest.mark.parametrize("kind", ["RNNCell", "LSTMCell", "GRUCell"])
@pytest.mark.parametrize("shape", [(4, 3), (3,)])
def test_a_cell_is_pytorchs(kind, shape):
    torch = pytest.importorskip("torch")
    cells, found = both(kind, 3, 5), []
    assert repr(cells[0]) == repr(cells[1])
    x = np.random.default_rng(3).standard_normal(shape)
    for lib, cell in zip((autograd, torch), cells):
        states = cell(lib.tensor(x))
        states = cell(lib.tensor(x), states)
        sum((s * s).sum() for s in listed(states)).backward()
        found.append(arrays([*listed(states), *[p.grad for p in cell.parameters()]]))
    agree(*found, 1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_a_single_sequence_is_a_batch_of_one(kind):
    network, x = getattr(nn, kind)(3, 4, batch_first=True), autograd.randn(5, 3)
    out, states = network(x)
    batched, theirs = network(x.unsqueeze(0))
    agree(arrays([out, *listed(states)]), arrays([batched[0], *[s[:, 0] for s in listed(theirs)]]), 1e-6)


def test_a_layer_that_is_frozen_costs_no_gradient():
    network, x = nn.GRU(3, 4), autograd.randn(5, 2, 3)
    network.weight_hh_l0.requires_grad_(False)
    network(x)[0].sum().backward()
    assert network.weight_hh_l0.grad is None and network.weight_ih_l0.grad is not None


@pytest.mark.parametrize("batch_first", [False, True])
@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU"])
def test_dropout_between_layers_is_drawn_as_in_pytorch(kind, batch_first):
    torch = pytest.importorskip("torch")
    found = []
    for lib, modules in ((autograd, nn), (torch, torch.nn)):
        lib.manual_seed(0)
        network = getattr(modules, kind)(3, 4, 3, dropout=0.4, bidirectional=True, batch_first=batch_first)
        x = lib.randn(5, 2, 3)
        found.append([network(x)[0].detach().numpy(), lib.rand(2).numpy()])
    for ours, theirs in zip(*found):
        np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_dropout_is_between_layers_and_in_training_only():
    autograd.manual_seed(0)
    network, x = nn.LSTM(3, 4, num_layers=2, dropout=1.0), autograd.randn(5, 2, 3)
    silent = nn.LSTM(3, 4, num_layers=2)
    silent.load_state_dict(network.state_dict())
    # All of what the first layer passes on is dropped, so the second sees zeros.
    zeros = nn.LSTM(4, 4)
    zeros.load_state_dict({n.replace("l1", "l0"): p for n, p in network.state_dict().items() if "l1" in n})
    agree(arrays([network(x)[0]]), arrays([zeros(autograd.zeros(5, 2, 4))[0]]), 1e-6)
    agree(arrays([network.eval()(x)[0]]), arrays([silent(x)[0]]), 1e-6)
    with pytest.warns(UserWarning, match="dropout option adds dropout after all but last"):
        nn.LSTM(3, 4, dropout=0.5)


def test_half_precision_runs_without_numba():
    network = nn.GRU(3, 4, dtype=autograd.float16)
    out, _ = network(autograd.randn(5, 2, 3).half())
    out.sum().backward()
    assert out.dtype is autograd.float16 and bool(network.weight_hh_l0.grad.isfinite().all())


@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_comes_back_to_the_last_states_alone(kind):
    torch = pytest.importorskip("torch")
    networks, found = both(kind, 3, 4), []
    x = np.random.default_rng(4).standard_normal((6, 2, 3))
    for lib, network in zip((autograd, torch), networks):
        _, states = network(lib.tensor(x))
        listed(states)[-1].sum().backward()
        found.append(arrays(p.grad for p in network.parameters()))
    agree(*found, 1e-10)


def test_backward_twice_through_a_graph_that_is_kept():
    network, x = nn.LSTM(3, 4), autograd.randn(5, 2, 3)
    loss = network(x)[0].sum()
    loss.backward(retain_graph=True)
    once = network.weight_hh_l0.grad.numpy().copy()
    loss.backward()
    np.testing.assert_allclose(network.weight_hh_l0.grad.numpy(), 2 * once, rtol=1e-6)


def laid_out_and_multiplied(a, i, row, step, rows, b, turned, c, fresh, room):
    if turned:
        laid_out.lay_out_turned(b, room)
    else:
        laid_out.lay_out(b, room)
    depth = b.shape[1] if turned else b.shape[0]
    laid_out.multiply(a, i, row, step, rows, room, depth, c.reshape(-1), 0, c.shape[1], fresh)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("depth, columns", [(5, 7), (1, 1), (40, 64), (3, 100), (0, 9)])
@pytest.mark.parametrize("jitted", [True, False])
def test_a_product_in_tiles_is_the_product(depth, columns, dtype, jitted):
    """For all numbers of rows of a tile, and more; of rows and of columns of ``a``; by ``b`` and by its transposed."""
    run, numba = laid_out_and_multiplied, numba_or_none()
    if jitted:
        if numba is None:
            pytest.skip("nothing is compiled")
        run = numba.njit(run)
    rng = np.random.default_rng(0)
    for rows in range(2 * tiles.ROWS + 2):
        a, b, c = (rng.standard_normal(shape) for shape in ((rows, depth), (depth, columns), (rows, columns)))
        a, b, c = (x.astype(dtype) for x in (a, b, c))
        room = np.full(laid_out.room_for(depth, columns, a.itemsize), np.nan, dtype)
        expected = a.astype(np.float64) @ b
        for turned, of_columns, fresh in itertools.product((True, False), repeat=3):
            made = c.copy()
            flat = np.concatenate(([np.nan], (a.T if of_columns else a).ravel())).astype(dtype)
            steps = (1, rows) if of_columns else (depth, 1)
            run(flat, 1, *steps, rows, np.ascontiguousarray(b.T) if turned else b, turned, made, fresh, room)
            wanted = expected if fresh else expected + c
            np.testing.assert_allclose(made, wanted, rtol=1e-5, atol=1e-5 if dtype is np.float32 else 1e-12)


BAD = {
    "features": (RuntimeError, r"Expected 3, got 4: .* \(5, 2, 4\)", lambda n: n(autograd.ones(5, 2, 4))),
    "dimensions": (ValueError, "Expected input to be 2D or 3D, got 4D", lambda n: n(autograd.ones(1, 5, 2, 3))),
    "dtype": (ValueError, "does not match weight dtype", lambda n: n(autograd.ones(5, 2, 3).double())),
    "state": (
        RuntimeError, r"Expected hidden size \(1, 2, 4\), got \[1, 3, 4\]",
        lambda n: n(autograd.ones(5, 2, 3), autograd.zeros(1, 3, 4)),
    ),
    "state without a batch": (
        RuntimeError, "For batched 3-D input, hx should also be 3-D but got 2-D tensor",
        lambda n: n(autograd.ones(5, 2, 3), autograd.zeros(1, 4)),
    ),
    "batch of states": (
        RuntimeError, "For unbatched 2-D input, hx should also be 2-D but got 3-D tensor",
        lambda n: n(autograd.ones(5, 3), autograd.zeros(1, 1, 4)),
    ),
    "no steps": (RuntimeError, "sequence length to be larger than 0", lambda n: n(autograd.ones(0, 2, 3))),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case):
    error, text, call = BAD[case]
    with pytest.raises(error, match=text):
        call(nn.GRU(3, 4))


def test_bad_states_of_an_lstm():
    network, x = nn.LSTM(3, 4), autograd.ones(5, 2, 3)
    with pytest.raises(RuntimeError, match=r"Expected hidden\[1\] size \(1, 2, 4\), got \[1, 2, 3\]"):
        network(x, (autograd.zeros(1, 2, 4), autograd.zeros(1, 2, 3)))
    with pytest.raises(RuntimeError, match=r"hx and cx should also be 3-D but got \(2-D, 2-D\) tensors"):
        network(x, (autograd.zeros(2, 4), autograd.zeros(2, 4)))


@pytest.mark.parametrize(
    "error, text, make",
    [
        (ValueError, "dropout should be a number in range", lambda: nn.GRU(3, 4, dropout=2)),
        (ValueError, "Unknown nonlinearity 'sin'", lambda: nn.RNN(3, 4, nonlinearity="sin")),
        (ValueError, "hidden_size must be greater than zero", lambda: nn.RNN(3, 0)),
        (ValueError, "num_layers must be greater than zero", lambda: nn.RNN(3, 4, 0)),
        (ValueError, "proj_size has to be smaller than hidden_size", lambda: nn.LSTM(3, 4, proj_size=4)),
        (TypeError, "hidden_size should be of type int, got: float", lambda: nn.LSTM(3, 4.0)),
        (ValueError, "Expected input to be 1D or 2D, got 3D", lambda: nn.GRUCell(3, 4)(autograd.ones(1, 1, 3))),
        (RuntimeError, "Unknown nonlinearity", lambda: nn.RNNCell(3, 4, nonlinearity="sin")(autograd.ones(3))),
    ],
)
def test_bad_settings(error, text, make):
    with pytest.raises(error, match=text):
        make()


@pytest.mark.parametrize(
    "text, lengths, how",
    [
        ("must be sorted in decreasing order", [1, 3], {}),
        ("greater than 0", [3, 0], {}),
        ("greater than 0", [3, -1], {"enforce_sorted": False}),
        ("equal to batch_size", [3, 2, 1], {}),
        ("no length above the 4 steps", [5, 1], {}),
    ],
)
def test_bad_lengths(text, lengths, how):
    with pytest.raises(RuntimeError, match=text):
        rnn.pack_padded_sequence(autograd.ones(4, 2, 3), lengths, **how)


def test_padding_is_pytorchs():
    torch = pytest.importorskip("torch")
    found = []
    for lib, tools in ((autograd, rnn), (torch, torch.nn.utils.rnn)):
        given = [lib.ones(2, 3), lib.zeros(4, 3), lib.ones(1, 3)]
        left = tools.pad_sequence(given, padding_value=9.0, padding_side="left")
        right = tools.pad_sequence(given, batch_first=True)
        back = tools.unpad_sequence(right, lib.tensor([2, 4, 1]), batch_first=True)
        packed = tools.pack_sequence(given, enforce_sorted=False)
        found.append(arrays([left, right, *back, *packed, *tools.unpack_sequence(packed)]))
    agree(*found, 0)
    for text, call in (
        ("empty list", lambda: rnn.pad_sequence([])),
        ("left or right", lambda: rnn.pad_sequence([autograd.ones(1)], padding_side="up")),
        ("all but their lengths", lambda: rnn.pad_sequence([autograd.ones(1, 2), autograd.ones(1, 3)])),
        ("Expected iterable", lambda: rnn.pad_sequence(3)),
    ):
        with pytest.raises(RuntimeError, match=text):
            call()
    with pytest.raises(ValueError, match="total_length=1 and max sequence length being 2"):
        rnn.pad_packed_sequence(rnn.pack_sequence([autograd.ones(2)]), total_length=1)


def test_a_packed_sequence_converts():
    packed = rnn.pack_sequence([autograd.ones(2, 3), autograd.ones(1, 3)])
    assert packed.double().data.dtype is autograd.float64 and packed.float() is packed
    assert packed.double().batch_sizes.tolist() == [2, 1] and not packed.is_cuda


def test_a_loop_over_steps_holds_no_array_of_all_for_each_of_them():
    x = autograd.ones(2000, 64, requires_grad=True)
    y = x * 1.0
    parts = [*y.unbind(0), *y.split(100), *y.chunk(7)]
    tracemalloc.start()
    sum((part.sum() for part in parts), autograd.zeros(())).backward()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # Three arrays of x, and what 2,000 nodes free.
    assert peak < 10 * x.numel() * 4
    assert (x.grad == 3).all()


def test_gradients_of_parts_meet_others():
    """The first to arrive may be a part or a whole, a leaf or not; parts may overlap."""
    x = autograd.tensor(np.arange(6.0).reshape(3, 2), requires_grad=True)
    for y in (x, x * 1.0):
        for loss in (
            lambda y: (y[1] * y[2]).sum() + (y * y).sum(),
            lambda y: (y * y).sum() + y[0, 1] * y[-1, 0] + y[None, ..., 0].sum(),
            lambda y: y[1:].sum() * y[:2].prod() + y[[0, 0, 2]].sum(),
            lambda y: y[0].sum(),
        ):
            (found,) = autograd.grad(loss(y), x, retain_graph=True)
            (recorded,) = autograd.grad(loss(y), x, create_graph=True)
            np.testing.assert_array_equal(found.numpy(), recorded.detach().numpy())
            seen = autograd.tensor(x.detach().numpy(), requires_grad=True)
            assert autograd.gradcheck(loss, (seen,))


def test_embeddings_are_pytorchs():
    torch = pytest.importorskip("torch")
    found = []
    for lib, modules in ((autograd, nn), (torch, torch.nn)):
        lib.manual_seed(5)
        table = modules.Embedding(6, 3, padding_idx=-2, scale_grad_by_freq=True, max_norm=1.5)
        bag = modules.EmbeddingBag(6, 3, mode="max", padding_idx=1)
        index = lib.tensor([[0, 4, 5], [5, 5, 1]])
        out = [table(index), bag(index), bag(lib.tensor([1, 2, 3]), lib.tensor([0, 1]))]
        sum((o * o).sum() for o in out).backward()
        found.append(arrays([*out, table.weight, table.weight.grad, bag.weight.grad]))
        frozen = modules.Embedding.from_pretrained(lib.ones(2, 3), padding_idx=0)
        assert not frozen.weight.requires_grad
        texts = [repr(m) for m in (table, bag, frozen, modules.Embedding(3, 2, sparse=True))]
        found[-1].append(np.array(texts))
    assert found[0].pop().tolist() == found[1].pop().tolist()
    agree(*found, 1e-6)


def test_bad_indices():
    with pytest.raises(IndexError, match=r"there are 3 rows \(shapes: \(2,\), \(3, 2\)\)"):
        nn.Embedding(3, 2)(autograd.tensor([0, 3]))
    with pytest.raises(AssertionError, match="padding_idx must be within num_embeddings"):
        nn.Embedding(3, 2, padding_idx=3)
    with pytest.raises(AssertionError, match="Shape of weight does not match"):
        nn.Embedding(3, 2, _weight=autograd.ones(2, 2))
    with pytest.raises(AssertionError, match="2-dimensional"):
        nn.Embedding.from_pretrained(autograd.ones(2))


def test_clipping_is_pytorchs():
    torch = pytest.importorskip("torch")
    found = []
    for lib, tools in ((autograd, nn.utils), (torch, torch.nn.utils)):
        w = [
            lib.tensor([3.0, -4.0], requires_grad=True),
            lib.ones(2, 2, requires_grad=True),
            lib.ones(1, requires_grad=True),
        ]
        totals = []
        for max_norm, norm_type in ((1.0, 2.0), (100.0, 1.0), (0.5, float("inf"))):
            for x in w[:2]:
                x.grad = None
                (x * x).sum().backward()
            totals.append(tools.clip_grad_norm_(w, max_norm, norm_type))
        tools.clip_grad_value_(w, 0.1)
        vector = tools.parameters_to_vector(w)
        tools.vector_to_parameters(vector * 2, w)
        found.append(arrays([*totals, w[0].grad, w[1].grad, vector, *w, tools.get_total_norm(w)]))
    agree(*found, 1e-6)


def test_bad_clipping_and_vectors():
    w = autograd.ones(2, requires_grad=True)
    (w * float("inf")).sum().backward()
    with pytest.raises(RuntimeError, match="non-finite"):
        nn.utils.clip_grad_norm_(w, 1.0, error_if_nonfinite=True)
    assert bool(w.grad.isinf().all())
    with pytest.warns(UserWarning, match="empty generator"):
        nn.utils.clip_grad_norm_((x for x in ()), 1.0)
    with pytest.raises(RuntimeError, match="2 elements are needed, but the vector has 3"):
        nn.utils.vector_to_parameters(autograd.ones(3), [w])
    with pytest.raises(TypeError, match="expected a Tensor"):
        nn.utils.vector_to_parameters([1.0, 2.0], [w])


def test_report_of_gradients(tmp_path):
    pytest.importorskip("matplotlib")
    network = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    with pytest.raises(RuntimeError, match="nothing here has a gradient"):
        nn.utils.gradient_report(network)
    network[2].bias.requires_grad_(False)
    network(autograd.ones(4, 2)).sum().backward()
    report = nn.utils.gradient_report(network)
    assert [row.name for row in report.rows] == ["0.weight", "0.bias", "2.weight", "2.bias"]
    norm = np.linalg.norm(network[0].weight.grad.numpy())
    assert report.rows[0].gradient == pytest.approx(norm)
    assert report.ratio == pytest.approx(norm / np.linalg.norm(network[2].weight.grad.numpy()))
    text = str(report)
    assert "0.weight  (3, 2)" in text and text.splitlines()[4].endswith("none") and "▪" in text
    report.plot(tmp_path / "report.png")
    assert (tmp_path / "report.png").stat().st_size > 1000


def test_report_of_steps():
    x = autograd.ones(4, 1, requires_grad=True)
    (x * autograd.tensor([[1e-3], [1e-2], [0.1], [1.0]])).sum().backward()
    report = nn.utils.gradient_report(x)
    assert [row.name for row in report.rows] == ["[0]", "[1]", "[2]", "[3]"]
    assert report.ratio == pytest.approx(1e-3)
    named = nn.utils.gradient_report({"x": x}, norm_type=1)
    assert named.rows[0].gradient == pytest.approx(1.111)

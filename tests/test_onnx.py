"""Models as ONNX files: what we write, onnxruntime runs, and what we read can be trained."""

from __future__ import annotations

import math
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from samples import ROWS

import autograd
import nn
import optim
from autograd.onnx.to_onnx import TABLE
from autograd.ops import OPS
from autograd.transforms.tree import leaves, mapped
from nn import functional as F

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")

TOLERANCE = 1e-5


def ran(proto, arrays):
    """What onnxruntime makes of a model, or of the file that it is in."""
    options = runtime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    given = str(proto) if not hasattr(proto, "graph") else proto.SerializeToString()
    session = runtime.InferenceSession(given, options, providers=["CPUExecutionProvider"])
    return session.run(None, {one.name: array for one, array in zip(session.get_inputs(), arrays)})


def agree(found, expected):
    assert len(found) == len(expected)
    for one, other in zip(found, expected):
        assert one.dtype == other.dtype and one.shape == other.shape
        np.testing.assert_allclose(one, other, rtol=TOLERANCE, atol=TOLERANCE)


def outputs(model, tensors):
    with autograd.no_grad():
        return [one.numpy() for one in leaves(model(*tensors)) if isinstance(one, autograd.Tensor)]


def check(model, *inputs, **options):
    """Export with the first inputs; onnxruntime and the loaded model agree with the model on all of them."""
    proto = autograd.onnx.export(model, inputs[0], **options)
    onnx.checker.check_model(proto, full_check=True)
    if isinstance(model, nn.Module):
        model.eval()
    loaded = autograd.onnx.load(written(proto))
    for given in inputs:
        expected = outputs(model, given)
        agree(ran(proto, [one.numpy() for one in given]), expected)
        agree(outputs(loaded, given), expected)
    return proto


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    autograd.manual_seed(0)


def written(proto, name="model.onnx"):
    with open(name, "wb") as file:
        file.write(proto.SerializeToString())
    return name


def kinds(proto):
    return [node.op_type for node in proto.graph.node if node.op_type != "Constant"]


def lenet():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10),
    )  # fmt: skip


class Residual(nn.Module):
    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(channels, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out)
        self.conv2, self.bn2 = nn.Conv2d(out, out, 3, 1, 1, bias=False), nn.BatchNorm2d(out)
        self.around = nn.Sequential()
        if stride != 1 or channels != out:
            self.around = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        y += self.around(x)
        return F.relu(y, inplace=True)


def resnet8():
    first = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True))
    blocks = [Residual(8, 8, 1), Residual(8, 16, 2), Residual(16, 32, 2)]
    model = nn.Sequential(first, *blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))
    # Running statistics other than 0 and 1.
    model(autograd.randn(8, 3, 16, 16))
    return model


class Tagger(nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.words = nn.Embedding(20, 6)
        self.network = getattr(nn, kind)(6, 5, num_layers=2, bidirectional=True, batch_first=True, dropout=0.5)
        self.tags = nn.Linear(10, 4)

    def forward(self, ids):
        out, last = self.network(self.words(ids))
        return F.log_softmax(self.tags(out), -1), last


class Block(nn.Module):
    def __init__(self, size, heads, block_size, mask):
        super().__init__()
        self.heads, self.mask = heads, mask
        self.ln1, self.ln2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.qkv, self.proj = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.mlp = nn.Sequential(nn.Linear(size, 4 * size), nn.GELU(), nn.Linear(4 * size, size), nn.Dropout(0.1))
        self.register_buffer("bias", autograd.tril(autograd.ones(block_size, block_size)))

    def forward(self, x):
        B, T, C = x.shape
        q, k, v = (
            one.view(B, T, self.heads, C // self.heads).transpose(1, 2) for one in self.qkv(self.ln1(x)).split(C, 2)
        )
        if self.mask == "flag":
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        else:
            seen = self.bias[:T, :T] if self.mask == "buffer" else autograd.tril(autograd.ones(T, T))
            scores = (q @ k.transpose(-2, -1)) / math.sqrt(k.size(-1))
            y = F.softmax(scores.masked_fill(seen == 0, float("-inf")), -1) @ v
        x = x + self.proj(y.transpose(1, 2).contiguous().view(B, T, C))
        return x + self.mlp(self.ln2(x))


class GPT(nn.Module):
    def __init__(self, mask):
        super().__init__()
        self.tokens, self.places = nn.Embedding(20, 16), nn.Embedding(12, 16)
        self.blocks = nn.ModuleList(Block(16, 4, 12, mask) for _ in range(2))
        self.ln, self.head = nn.LayerNorm(16), nn.Linear(16, 20, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, ids):
        x = self.tokens(ids) + self.places(autograd.arange(ids.shape[1]))
        for block in self.blocks:
            x = block(x)
        return self.head(self.ln(x))


def encoder():
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), 2)


def ids(*shape):
    return autograd.randint(0, 20, shape)


# A model, inputs to export it with and others of other sizes, and the dynamic axes.
MODELS = {
    "lenet": (lenet, (2, 1, 28, 28), (5, 1, 28, 28), {"input": {0: "batch"}}),
    "resnet8": (resnet8, (2, 3, 16, 16), (3, 3, 24, 20), {"input": {0: "batch", 2: "height", 3: "width"}}),
    "lstm": (lambda: Tagger("LSTM"), (2, 7), (3, 9), {"ids": {0: "batch", 1: "length"}}),
    "gru": (lambda: Tagger("GRU"), (2, 7), (3, 9), {"ids": {0: "batch", 1: "length"}}),
    "encoder": (encoder, (2, 7, 16), (5, 9, 16), {"src": {0: "batch", 1: "length"}}),
    "gpt": (lambda: GPT("flag"), (2, 8), (3, 11), {"ids": {0: "batch", 1: "length"}}),
    "gpt with a mask in a buffer": (lambda: GPT("buffer"), (2, 8), (3, 11), {"ids": {0: "batch", 1: "length"}}),
    "gpt with a mask of ones": (lambda: GPT("ones"), (2, 8), (3, 11), {"ids": {0: "batch", 1: "length"}}),
    "gpt at its longest": (lambda: GPT("flag"), (2, 12), (3, 5), {"ids": {0: "batch", 1: "length"}}),
}


@pytest.mark.parametrize("opset", [17, 21])
@pytest.mark.parametrize("name", MODELS)
def test_a_model_gives_the_same_elsewhere(name, opset):
    make, shape, other, axes = MODELS[name]
    made = (ids if "ids" in axes else autograd.randn)(*shape), (ids if "ids" in axes else autograd.randn)(*other)
    proto = check(make(), *[(one,) for one in made], dynamic_axes=axes, opset_version=opset)
    assert proto.opset_import[0].version == opset
    (given,) = proto.graph.input
    assert [dim.dim_param for dim in given.type.tensor_type.shape.dim if dim.dim_param] == [
        *next(iter(axes.values())).values()
    ]


@pytest.mark.parametrize("name", ["lenet", "resnet8", "lstm", "encoder", "gpt"])
def test_a_model_of_one_size(name):
    make, shape, _, axes = MODELS[name]
    check(make(), ((ids if "ids" in axes else autograd.randn)(*shape),))


def test_layers_are_nodes_of_their_own():
    assert kinds(check(lenet(), (autograd.randn(2, 1, 28, 28),))) == [
        "Conv", "Tanh", "AveragePool", "Conv", "Tanh", "MaxPool", "Reshape", "Gemm", "Tanh", "Gemm", "Tanh", "Gemm",
    ]  # fmt: skip
    assert set(kinds(check(resnet8(), (autograd.randn(2, 3, 16, 16),)))) == {
        "Conv", "BatchNormalization", "Relu", "Add", "ReduceMean", "Reshape", "Gemm",
    }  # fmt: skip
    for kind in ("LSTM", "GRU"):
        assert kinds(check(Tagger(kind), (ids(2, 7),))).count(kind) == 4


def test_parameters_have_the_names_of_the_state_dict():
    model = resnet8()
    proto = autograd.onnx.export(model, autograd.randn(2, 3, 16, 16))
    state = {name: one for name, one in model.state_dict().items() if "num_batches" not in name}
    assert [one.name for one in proto.graph.initializer] == [
        *[name for name, _ in model.named_parameters()],
        *[name for name, _ in model.named_buffers() if "num_batches" not in name],
    ]
    for one in proto.graph.initializer:
        np.testing.assert_array_equal(onnx.numpy_helper.to_array(one), state[one.name].numpy())
    loaded = autograd.onnx.load(written(proto))
    assert set(loaded.state_dict()) == set(state)
    assert {name for name, _ in loaded.named_parameters()} == {name for name, _ in model.named_parameters()}
    loaded.load_state_dict(state)


def test_a_model_is_afterwards_as_it_was():
    model = nn.Sequential(nn.Linear(3, 3), nn.Dropout(0.5), nn.BatchNorm1d(3))
    model[1].eval()
    before = {name: one.clone() for name, one in model.state_dict().items()}
    autograd.manual_seed(3)
    expected = autograd.rand(2)
    autograd.manual_seed(3)
    autograd.onnx.export(model, autograd.randn(4, 3).clone())
    autograd.manual_seed(3)
    proto = autograd.onnx.export(model, autograd.ones(4, 3))
    assert autograd.equal(autograd.rand(2), expected)
    assert [module.training for module in model] == [True, False, True] and model.training
    assert all(autograd.equal(before[name], one) for name, one in model.state_dict().items())
    assert kinds(proto) == ["Gemm", "BatchNormalization"] and sys.getprofile() is None


def test_names_and_several_inputs():
    class Two(nn.Module):
        def forward(self, x, pair, scale=2.0):
            return {"sum": x + pair[0] * scale, "product": pair[1] * x}

    x, y, z = autograd.randn(3, 2).unbind(1) + (autograd.randn(3),)
    proto = autograd.onnx.export(Two(), (x, (y, z)), output_names=["a"])
    assert [one.name for one in proto.graph.input] == ["x", "pair_0", "pair_1"]
    assert [one.name for one in proto.graph.output] == ["a", "output_1"]
    agree(ran(proto, [x.numpy(), y.numpy(), z.numpy()]), [(x + y * 2).numpy(), (z * x).numpy()])
    proto = autograd.onnx.export(Two(), (x,), kwargs={"pair": (y, z)}, input_names=["one", "two", "three"])
    assert [one.name for one in proto.graph.input] == ["one", "two", "three"]
    loaded = autograd.onnx.load(written(proto))
    agree(outputs(lambda *_: loaded(one=x, three=z, two=y), ()), [(x + y * 2).numpy(), (z * x).numpy()])
    with pytest.raises(TypeError, match="takes one, two, three; it was given 2 by position"):
        loaded(x, y)


def test_an_input_and_a_constant_may_be_outputs():
    proto = check(lambda x: (x, x, autograd.ones(2), x + 1), (autograd.randn(3),))
    assert len({one.name for one in proto.graph.output}) == 4


@pytest.mark.parametrize(
    "how",
    [
        {"dynamic_axes": {"x": {0: "rows"}}},
        {"dynamic_axes": {"x": [0]}},
        {"dynamic_shapes": {"x": {0: "rows"}}},
        {"dynamic_shapes": ({0: "rows"},)},
        {"dynamic_shapes": [("rows", None)]},
    ],
)
def test_ways_to_say_that_an_axis_is_dynamic(how):
    def model(x):
        return x.reshape(-1) * x.shape[0], x.reshape(x.shape[0] * 3), autograd.ones(x.shape[0], 2) + x[:, :2]

    check(model, (autograd.randn(2, 3),), (autograd.randn(5, 3),), **how)


def test_a_batch_of_one_may_grow():
    check(nn.Linear(2, 3), (autograd.randn(1, 2),), (autograd.randn(4, 2),), dynamic_axes={"input": {0: "batch"}})


SIZES = {
    "twice as many": lambda x: x.repeat(2, 1).reshape(2, x.shape[0], -1).sum(0),
    "all but the first": lambda x: x[1:] - x[:-1],
    "as many zeros": lambda x: autograd.cat([autograd.zeros(x.shape[0], 1), x], 1),
    "a range": lambda x: x * autograd.arange(x.shape[0]).unsqueeze(1),
    "half a range": lambda x: x * autograd.arange(1, 2 * x.shape[0], 2)[:, None].float(),
    "a product of sizes": lambda x: x.reshape(x.shape[0] * x.shape[1]).reshape(x.shape),
    "the mean by hand": lambda x: x.sum(0) / x.shape[0],
    "the root of a variance": lambda x: x.std(0),
    "a triangle": lambda x: autograd.triu(autograd.full((x.shape[0], x.shape[0]), -2.0), 1) @ x,
    "a slice of a line": lambda x: x[x.shape[0] // 2 * 2 - 1 :] if x.shape[0] % 2 == 0 else x[x.shape[0] - 2 :],
    "written rows": lambda x: autograd.zeros(x.shape[0], 4).index_fill(1, autograd.tensor([1]), 2.0)[:, :3] + x,
    "sorted": lambda x: x.sort(0)[0],
    "an expanded row": lambda x: x[:1].expand(x.shape[0], -1) + x,
    "rolled": lambda x: x.roll(1, 0),
}


@pytest.mark.parametrize("name", [name for name in SIZES if name != "a slice of a line"])
def test_what_depends_on_a_size(name):
    check(SIZES[name], (autograd.randn(4, 3),), (autograd.randn(7, 3),), dynamic_axes={"x": {0: "n"}})


def test_a_size_that_no_formula_explains():
    with pytest.raises((RuntimeError, NotImplementedError), match=r"onnx.export: .*getitem, called at test_onnx.py"):
        autograd.onnx.export(SIZES["a slice of a line"], autograd.randn(4, 3), dynamic_axes={"x": {0: "n"}})


TABLE_OF_ROWS = autograd.arange(24.0).reshape(6, 4)
GIVEN_PLACES = {
    "take": lambda x, i: x.take(i),
    "take_along_dim": lambda x, i: x.take_along_dim(i.unsqueeze(1), 1),
    "index_add": lambda x, i: x.index_add(0, i, x * 2),
    "index_copy": lambda x, i: x.index_copy(0, i, x * 2),
    "index_fill": lambda x, i: x.index_fill(0, i[:2], 7.0),
    "index_select": lambda x, i: x.index_select(1, i),
    "kthvalue": lambda x, i: x.kthvalue(2, 1)[0] * i,
    "median": lambda x, i: x.median(1)[0] * i,
    "nanmedian": lambda x, i: x.nanmedian(1)[0] * i,
    "a bag's mean": lambda x, i: nn.functional.embedding_bag(i.unsqueeze(0), TABLE_OF_ROWS) * x[:1, 0],
    "a bag's sum": lambda x, i: nn.functional.embedding_bag(i.unsqueeze(0), TABLE_OF_ROWS, mode="sum") * x[:1, 0],
}


@pytest.mark.parametrize("name", GIVEN_PLACES)
def test_places_are_those_that_are_given_then(name):
    """Not those that were there when the model was exported."""
    check(
        GIVEN_PLACES[name],
        (autograd.randn(3, 4), autograd.tensor([0, 2, 1])),
        (autograd.randn(3, 4), autograd.tensor([2, 1, 0])),
    )


class Writes(nn.Module):
    def forward(self, x):
        out = autograd.zeros(x.shape[0], 4, 3)
        for i in range(4):
            out[:, i] = x[:, i] * i
        out[:, 1:3] += 1
        first = out[:, 0]
        first.mul_(3.0).add_(1)
        x = x.clone()
        x[:, -1] = 5.0
        return out, x, first


class WritesAnywhere(nn.Module):
    def forward(self, x):
        x = x.clone()
        x[0, 0] = 5.0
        x[:, -1, 1] *= 2
        x[..., ::2].neg_()
        x[x.new_tensor([1, 0]).long(), 2] = x[0, :2]
        return x.relu_().clamp_(max=1.5)


@pytest.mark.parametrize("name", sorted({*TABLE} & {*ROWS} - {"dropout"}))
def test_rows_of_the_table(name):
    """The node of each op on some of the samples that the op itself is tested on."""
    op, agreed = OPS[name], 0
    samples = [
        one for one in ROWS[name].samples if one.kind == "smooth" and all(np.size(part) for part in leaves(one.args))
    ]
    for sample in samples[:5]:
        given = [mapped(_as_tensor, part) for part in sample.args[: op.arity]]
        tensors = [part for part in leaves(given) if isinstance(part, autograd.Tensor)]
        model = partial(_called, op, given, tensors, sample)
        try:
            proto = autograd.onnx.export(model, tuple(tensors))
        except NotImplementedError as error:
            assert f"the op {name}" in str(error)
            continue
        agree(ran(proto, [one.numpy() for one in tensors]), outputs(model, tensors))
        agree(outputs(autograd.onnx.load(written(proto)), tensors), outputs(model, tensors))
        agreed += 1
    assert agreed or not samples


def _called(op, given, tensors, sample, *others):
    """``op`` of ``given`` with other Tensors in place of those in it, and the sample's settings."""
    taking = {id(one): other for one, other in zip(tensors, others)}
    arguments = mapped(lambda part: taking.get(id(part), part), given)
    return op(*arguments, *sample.args[op.arity :], **sample.params)


def _as_tensor(part):
    if not isinstance(part, np.ndarray):
        return part
    return autograd.from_numpy(part.astype(np.float32) if part.dtype == np.float64 else part.copy())


def test_writes():
    given = autograd.randn(2, 4, 3), autograd.randn(5, 4, 3)
    check(Writes(), *[(one,) for one in given], dynamic_axes={"x": {0: "batch"}})
    check(Writes(), (given[0],))
    with pytest.raises(NotImplementedError, match=r"the op write_at, called in .*WritesAnywhere.*a dynamic size"):
        autograd.onnx.export(WritesAnywhere(), given[0], dynamic_axes={"x": {0: "batch"}})


def test_custom_functions_and_checkpoints_are_seen_through():
    class Cube(autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * x * x

        @staticmethod
        def backward(ctx, g):
            return g

    def model(x):
        return autograd.utils.checkpoint.checkpoint(Cube.apply, x, use_reentrant=False).detach() + x.data

    assert kinds(check(model, (autograd.randn(3),))) == ["Mul", "Mul", "Add"]


class Numbers(nn.Module):
    def forward(self, x):
        return x * autograd.from_numpy(np.tanh(x.detach().numpy()))


MISTAKES = {
    "numpy": (
        Numbers(),
        RuntimeError,
        r"mul, called in .*\(Numbers\), at test_onnx.py:\d+: return x .*, takes a number",
    ),
    "item": (lambda x: x * x.max().item(), RuntimeError, "mul, called at test_onnx.py.*takes a number that depends"),
    "random": (lambda x: x + autograd.rand(3), RuntimeError, "add, called at .*or on chance"),
    "dropout": (lambda x: F.dropout(x, 0.5), RuntimeError, "dropout, called at .*or on chance"),
    "no row": (
        lambda x: autograd.linalg.pinv(x),
        NotImplementedError,
        "the op matrix_pinv, called at .*test_onnx.py:.*no row",
    ),
    "mask": (lambda x: x[x > 0], NotImplementedError, "the op getitem, called at .*: a mask picks as many"),
    "no Tensor": (lambda x: 3, TypeError, "the model must return Tensors, not int"),
    "arguments": (nn.Linear(3, 3).forward.__func__, TypeError, "the model takes .*missing a required argument"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_what_can_not_be_exported(name):
    model, error, text = MISTAKES[name]
    with pytest.raises(error, match=f"onnx.export: .*{text}"):
        autograd.onnx.export(model, autograd.randn(3, 3), "model.onnx")
    assert sys.getprofile() is None and not list(Path().iterdir())


@pytest.mark.parametrize(
    "how, text",
    [
        ({"opset_version": 16}, "opset_version must be from 17 to"),
        ({"input_names": ["a", "b"]}, "input_names must be different names for at most 1 inputs"),
        ({"output_names": ["a", "a"]}, "output_names must be different names"),
        ({"output_names": ["input"]}, "'input' is the name of an output and of something else"),
        ({"input_names": ["weight"]}, "'weight' is the name of an input and of a parameter"),
        ({"dynamic_axes": {"x": [0]}}, "dynamic_axes names 'x'; inputs and outputs are input, output"),
        ({"dynamic_axes": {"input": [2]}}, "input has 2 dimensions; there is no axis 2"),
        ({"dynamic_axes": {"input": {0: "n", 1: "n"}}}, "the axes called 'n' have different sizes"),
        ({"dynamic_shapes": {"x": {0: "n"}}}, "dynamic_shapes names 'x'; the arguments are input"),
        ({"dynamic_axes": {"input": [0]}, "dynamic_shapes": ({0: "n"},)}, "dynamic_axes or dynamic_shapes, not both"),
    ],
)
def test_names_and_axes_that_there_are_not(how, text):
    with pytest.raises(ValueError, match=text):
        autograd.onnx.export(nn.Linear(3, 2), autograd.randn(5, 3), **how)


def test_a_branch_is_the_one_that_ran():
    proto = autograd.onnx.export(lambda x: x.exp() if x.sum() > 0 else x.tanh(), autograd.ones(3))
    assert kinds(proto) == ["Exp"]


def test_a_loaded_model_learns():
    model = nn.Sequential(nn.Linear(2, 16), nn.BatchNorm1d(16), nn.Tanh(), nn.Dropout(0.1), nn.Linear(16, 2))
    autograd.onnx.export(model, autograd.randn(8, 2), "model.onnx", dynamic_axes={"input": {0: "batch"}})
    loaded = autograd.onnx.load("model.onnx")
    assert not loaded.training and loaded.extra_repr() == "input -> output, 4 nodes"
    x = autograd.randn(64, 2)
    y = (x.norm(dim=1) > 1.2).long()
    optimizer = optim.Adam(loaded.parameters(), lr=0.05)
    loaded.train()
    before = loaded.state_dict()["1.running_mean"].clone()
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = F.cross_entropy(loaded(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]
    assert not autograd.allclose(before, loaded.state_dict()["1.running_mean"])
    model.load_state_dict(loaded.state_dict(), strict=False)
    agree(outputs(model.eval(), (x,)), outputs(loaded.eval(), (x,)))


def test_gradients_of_a_loaded_model_are_those_of_the_model():
    for make, given in (
        (resnet8, autograd.randn(2, 3, 16, 16)),
        (lambda: Tagger("LSTM"), ids(2, 5)),
        (encoder, autograd.randn(2, 5, 16)),
    ):
        model = make().eval()
        autograd.onnx.export(model, given, "model.onnx")
        loaded = autograd.onnx.load("model.onnx")
        for one in (model, loaded):
            leaves(one(given))[0].square().sum().backward()
        mine, theirs = dict(model.named_parameters()), dict(loaded.named_parameters())
        assert mine.keys() == theirs.keys()
        for name, one in mine.items():
            np.testing.assert_allclose(theirs[name].grad, one.grad, rtol=1e-3, atol=1e-4, err_msg=name)


def written_where(x, key, values):
    made = x.clone()
    made[key] = values
    return made


# What comes from indices and masks that are inputs, and what is written out for want of a node.
ROWS_34 = autograd.tensor(np.random.default_rng(1).standard_normal((3, 4)), dtype=autograd.float32)
PLACES = autograd.tensor([[0, 2, 1, 0], [1, 1, 0, 2]])
AWAY = {
    "scatter_add": lambda x, i: x.scatter_add(0, i, x[:2]),
    "scatter_reduce amax": lambda x, i: x.scatter_reduce(0, i, x[:2], "amax"),
    "scatter_reduce prod": lambda x, i: x.scatter_reduce(0, i, x[:2], "prod", include_self=False),
    "index_put": lambda x, i: x.index_put((i[0, :2],), x[1:], accumulate=True),
    "index_fill": lambda x, i: x.index_fill(0, i[0, :2], 2.0),
    "a mask": lambda x, i: written_where(x, x < 0, 0),
    "a mask of rows": lambda x, i: written_where(x, x[:, 0] < 0, x[0]),
    "rows": lambda x, i: written_where(x, i[0, :2], x[1:]),
    "elements": lambda x, i: written_where(x, (i[0, :2], i[1, :2]), 5.0),
    "diag": lambda x, i: autograd.diag(x[0]),
    "diag_embed": lambda x, i: autograd.diag_embed(x, 1, 0, 2),
    "as_strided": lambda x, i: x.as_strided((2, 2), (4, 1), 1),
    "unfold": lambda x, i: x.unfold(1, 2, 1),
    "solve": lambda x, i: autograd.linalg.solve(x[:, :3] + 2 * autograd.eye(3), x),
    "logdet": lambda x, i: autograd.logdet(x @ x.mT),
    "cholesky": lambda x, i: autograd.linalg.cholesky(x @ x.mT, upper=True),
    "corrcoef": lambda x, i: x.corrcoef(),
    "vander": lambda x, i: autograd.vander(x[0]),
    "ldexp": lambda x, i: autograd.ldexp(x, i[0]),
}


@pytest.mark.parametrize("name", AWAY)
def test_what_is_written_elsewhere(name):
    given = ROWS_34, PLACES
    proto = autograd.onnx.export(AWAY[name], given)
    onnx.checker.check_model(proto, full_check=True)
    loaded = autograd.onnx.load(written(proto))
    for x in (given, (ROWS_34 * -0.5 + 0.2, PLACES)):
        arrays = [one.numpy() for _, one in zip(proto.graph.input, x)]
        agree(ran(proto, arrays), outputs(AWAY[name], x))
        agree(outputs(loaded, x[: len(arrays)]), outputs(AWAY[name], x))


# Files that other programs write.


def graph_of(nodes, inputs, outputs, initializers=(), opset=13, functions=()):
    helper = onnx.helper
    infos = [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in inputs]
    results = [helper.make_tensor_value_info(name, kind, None) for name, kind in outputs]
    made = helper.make_graph(list(nodes), "graph", infos, results, list(initializers))
    whole = helper.make_model(made, opset_imports=[helper.make_opsetid("", opset)], functions=list(functions))
    whole.ir_version = 10
    whole.opset_import.extend([helper.make_opsetid(one.domain, 13) for one in functions])
    # The shapes of the results, which the format asks for.
    whole = onnx.shape_inference.infer_shapes(whole)
    for one in whole.graph.output:
        if not one.type.tensor_type.HasField("shape"):
            one.type.tensor_type.shape.CopyFrom(whole.graph.input[0].type.tensor_type.shape)
    return whole


FLOAT, INT64 = 1, 7
ROW = np.array([[-1.5, 0.5, 2.0, -0.25]], np.float32)


def vector(name, *values):
    return onnx.numpy_helper.from_array(np.array(values, np.int64), name)


def numbers(name, *shape):
    drawn = np.random.default_rng(len(name)).standard_normal(shape)
    return onnx.numpy_helper.from_array(drawn.astype(np.float32), name)


def truths(name, *values):
    return onnx.numpy_helper.from_array(np.array(values, bool), name)


def classes(name, *shape):
    return onnx.numpy_helper.from_array(np.random.default_rng(0).integers(0, 4, shape), name)


SCALES = onnx.numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "scales")
IMAGE = np.random.default_rng(0).standard_normal((2, 4, 7, 6)).astype(np.float32)
# Of a node its kind, attributes, opset, input, and initializers.
NODES = [
    ("Softmax", {"axis": 1}, 11, IMAGE, []),
    ("Softmax", {}, 13, IMAGE, []),
    ("Squeeze", {"axes": [0]}, 11, ROW, []),
    ("Unsqueeze", {"axes": [0, -1]}, 11, ROW, []),
    ("Clip", {"min": -1.0, "max": 1.0}, 10, ROW, []),
    ("Pad", {"pads": [0, 0, 1, 2, 0, 0, 0, 1]}, 10, IMAGE, []),
    ("Pad", {"mode": "reflect"}, 13, IMAGE, [vector("pads", 0, 0, 1, 2, 0, 0, 3, 1)]),
    ("Pad", {"mode": "edge"}, 13, IMAGE, [vector("pads", 0, 0, 1, 2, 0, 0, 3, 1)]),
    ("Slice", {"starts": [1, 0], "ends": [3, -1], "axes": [2, 3]}, 9, IMAGE, []),
    ("Slice", {}, 13, IMAGE, [vector("s", -1, 1), vector("e", -100, 100), vector("a", 3, 2), vector("t", -2, 2)]),
    ("Split", {"axis": 1, "split": [1, 3]}, 11, IMAGE, []),
    ("ReduceMean", {"axes": [1, -1], "keepdims": 0}, 13, IMAGE, []),
    ("ReduceSum", {"keepdims": 0}, 13, IMAGE, [vector("axes", 1, 2)]),
    ("ReduceProd", {"axes": [1, 2]}, 13, IMAGE, []),
    ("ReduceLogSumExp", {}, 13, IMAGE, []),
    ("ReduceL2", {"axes": [1]}, 13, IMAGE, []),
    ("ReduceSumSquare", {"axes": [1]}, 13, IMAGE, []),
    ("Conv", {"auto_pad": "SAME_UPPER", "strides": [2, 2]}, 13, IMAGE, [numbers("w", 3, 4, 4, 3)]),
    ("Conv", {"auto_pad": "SAME_LOWER"}, 13, IMAGE, [numbers("w", 3, 4, 4, 2), numbers("b", 3)]),
    ("Conv", {"pads": [0, 1, 2, 3], "group": 2}, 13, IMAGE, [numbers("w", 6, 2, 3, 3)]),
    ("ConvTranspose", {"strides": [2, 2], "output_padding": [1, 0]}, 13, IMAGE, [numbers("w", 4, 3, 3, 3)]),
    ("MaxPool", {"kernel_shape": [3, 2], "strides": [2, 2], "pads": [0, 0, 1, 1]}, 13, IMAGE, []),
    ("MaxPool", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}, 13, IMAGE, []),
    ("AveragePool", {"kernel_shape": [3, 2], "pads": [0, 0, 1, 1]}, 13, IMAGE, []),
    ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "count_include_pad": 1}, 13, IMAGE, []),
    ("AveragePool", {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1]}, 13, IMAGE, []),
    ("GlobalAveragePool", {}, 13, IMAGE, []),
    ("GlobalMaxPool", {}, 13, IMAGE, []),
    ("InstanceNormalization", {}, 13, IMAGE, [numbers("w", 4), numbers("b", 4)]),
    ("LRN", {"size": 3}, 13, IMAGE, []),
    ("LpNormalization", {"axis": 1}, 13, IMAGE, []),
    ("Gemm", {"alpha": 0.5, "beta": 2.0, "transB": 1}, 13, ROW, [numbers("w", 3, 4), numbers("b", 1, 3)]),
    ("Gemm", {"transA": 1}, 13, ROW, [numbers("w", 1, 3)]),
    ("Einsum", {"equation": "nchw->nwc"}, 13, IMAGE, []),
    ("PRelu", {}, 13, IMAGE, [numbers("slope", 4, 1, 1)]),
    ("HardSigmoid", {}, 13, ROW, []),
    ("ThresholdedRelu", {"alpha": 0.4}, 13, ROW, []),
    ("Shrink", {"lambd": 0.4, "bias": 0.1}, 13, ROW, []),
    ("Selu", {}, 13, ROW, []),
    ("Celu", {"alpha": 2.0}, 13, ROW, []),
    ("Softsign", {}, 13, ROW, []),
    ("Gather", {"axis": 1}, 13, IMAGE, [vector("index", -1, 0)]),
    ("Tile", {}, 13, ROW, [vector("repeats", 2, 3)]),
    ("Expand", {}, 13, ROW, [vector("shape", 3, 1)]),
    ("Reshape", {}, 13, IMAGE, [vector("shape", 0, -1, 6)]),
    ("Flatten", {"axis": 2}, 13, IMAGE, []),
    ("DepthToSpace", {"blocksize": 2}, 13, IMAGE, []),
    ("DepthToSpace", {"blocksize": 2, "mode": "CRD"}, 13, IMAGE, []),
    ("SpaceToDepth", {"blocksize": 2}, 13, IMAGE[..., :6, :], []),
    ("CumSum", {"exclusive": 1, "reverse": 1}, 13, ROW, [onnx.numpy_helper.from_array(np.array(1), "axis")]),
    ("TopK", {"largest": 0}, 13, IMAGE, [vector("k", 3)]),
    ("ArgMax", {"axis": 1, "keepdims": 0}, 13, IMAGE, []),
    ("Upsample", {"mode": "nearest"}, 9, IMAGE, [SCALES]),
    ("Shape", {"start": 1, "end": -1}, 15, IMAGE, []),
    ("Trilu", {"upper": 0}, 14, IMAGE, []),
    ("Mod", {"fmod": 1}, 13, ROW, [numbers("y", 4)]),
    ("Pow", {}, 13, np.abs(ROW), [numbers("y", 4)]),
    ("LayerNormalization", {"axis": 2}, 17, IMAGE, [numbers("w", 7, 6), numbers("b", 7, 6)]),
    ("GroupNormalization", {"num_groups": 2}, 21, IMAGE, [numbers("w", 4), numbers("b", 4)]),
    ("Dropout", {"ratio": 0.5}, 10, ROW, []),
    ("LSTM", {"hidden_size": 3, "direction": "bidirectional", "layout": 0}, 14, IMAGE[:, :, 0],
     [numbers("w", 2, 12, 6), numbers("r", 2, 12, 3), numbers("bias", 2, 24)]),
    ("GRU", {"hidden_size": 3, "linear_before_reset": 1, "direction": "reverse"}, 14, IMAGE[:, :, 0],
     [numbers("w", 1, 9, 6), numbers("r", 1, 9, 3)]),
    ("RNN", {"hidden_size": 3, "activations": ["Relu"]}, 14, IMAGE[:, :, 0],
     [numbers("w", 1, 3, 6), numbers("r", 1, 3, 3), numbers("bias", 1, 6)]),
    ("Hardmax", {"axis": 1}, 13, IMAGE, []),
    ("Hardmax", {}, 11, IMAGE, []),
    ("GlobalLpPool", {"p": 3}, 13, IMAGE, []),
    ("LpPool", {"kernel_shape": [3, 2], "p": 3, "strides": [2, 1], "pads": [1, 0, 0, 1]}, 18, IMAGE, []),
    ("MeanVarianceNormalization", {}, 13, IMAGE, []),
    ("GridSample", {"mode": "bilinear"}, 16, IMAGE, [numbers("grid", 2, 3, 5, 2)]),
    ("GridSample", {"mode": "cubic", "align_corners": 1, "padding_mode": "border"}, 20, IMAGE,
     [numbers("grid", 2, 3, 5, 2)]),
    ("Col2Im", {"pads": [0, 1, 0, 1], "strides": [1, 2]}, 18, IMAGE[:, :, :6].reshape(2, 4, 36)[:, :, :16],
     [vector("image", 5, 7), vector("block", 2, 2)]),
    ("Compress", {"axis": 2}, 13, IMAGE, [truths("keep", 0, 1, 1, 0, 1)]),
    ("Compress", {}, 13, ROW, [truths("keep", 1, 0, 1)]),
    ("EyeLike", {"k": 1}, 13, ROW, []),
    ("NonZero", {}, 13, np.maximum(ROW, 0), []),
    ("ReverseSequence", {}, 13, IMAGE, [vector("lengths", 2, 1, 0, 2)]),
    ("ReverseSequence", {"batch_axis": 0, "time_axis": 1}, 13, IMAGE, [vector("lengths", 3, 4)]),
    ("Unique", {}, 13, np.round(IMAGE), []),
    ("Unique", {"axis": 3, "sorted": 0}, 13, np.round(IMAGE[:, :, :, [2, 1, 2, 0, 1]]), []),
    ("SoftmaxCrossEntropyLoss", {"reduction": "sum", "ignore_index": 1}, 13, IMAGE[:, :, 0, 0],
     [vector("target", 1, 3), numbers("weight", 4)]),
    ("NegativeLogLikelihoodLoss", {}, 13, IMAGE[:, :, :, 0], [classes("target", 2, 7)]),
    ("Attention", {"is_causal": 1}, 23, IMAGE, [numbers("k", 2, 4, 7, 6), numbers("v", 2, 4, 7, 3)]),
    ("Attention", {"q_num_heads": 2, "kv_num_heads": 1, "scale": 0.3}, 23, IMAGE[:, :, 0],
     [numbers("k", 2, 5, 3), numbers("v", 2, 5, 2)]),
]  # fmt: skip
COUNTS = {"Unique": 4, "SoftmaxCrossEntropyLoss": 2, "Split": 2, "TopK": 2, "LSTM": 3, "GRU": 2, "RNN": 2}
OF_INTS = {"Unique": [1, 2, 3], "NonZero": [0], "ArgMax": [0], "TopK": [1], "Shape": [0]}


@pytest.mark.parametrize("row", NODES, ids=[f"{kind}-{i}" for i, (kind, *_) in enumerate(NODES)])
def test_a_node_as_others_write_it(row):
    kind, attributes, opset, array, initializers = row
    made = [f"out{i}" for i in range(COUNTS.get(kind, 1))]
    node = onnx.helper.make_node(kind, ["x", *[one.name for one in initializers]], made, **attributes)
    results = [(name, INT64 if i in OF_INTS.get(kind, ()) else FLOAT) for i, name in enumerate(made)]
    proto = graph_of([node], [("x", FLOAT, array.shape)], results, initializers, opset)
    loaded = autograd.onnx.load(written(proto))
    agree(outputs(loaded, (autograd.from_numpy(array.copy()),)), ran(proto, [array]))


def test_local_functions_are_written_out():
    helper = onnx.helper
    twice = helper.make_function(
        "ours", "Twice", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 13)]
    )
    proto = graph_of(
        [helper.make_node("Twice", ["x"], ["y"], domain="ours")],
        [("x", FLOAT, [1, 4])],
        [("y", FLOAT)],
        functions=[twice],
    )
    agree(outputs(autograd.onnx.load(written(proto)), (autograd.from_numpy(ROW.copy()),)), [2 * ROW])


CONTROL = {
    "If": """(float[N] x, float[1] limit) => (float[N] y) {
        total = ReduceSum <keepdims = 0> (x)
        edge = Squeeze (limit)
        over = Greater (total, edge)
        y = If (over) <
            then_branch = shrink () => (float[N] less) { less = Div (x, total) },
            else_branch = grow () => (float[N] more)
                <float two = {2}> { twice = Mul (x, two)  more = Exp (twice) }
        >
    }""",
    "Loop": """(float[N] x, float[1] limit) => (float[N] y, float[M, N] all)
    <int64 most = {7}, bool start = {1}, float[1] rate = {0.5}> {
        y, all = Loop (most, start, x) <body = step (int64 i, bool going, float[N] before)
            => (bool on, float[N] after, float[N] seen) {
            count = Cast <to = 1> (i)
            part = Mul (before, rate)
            after = Add (part, count)
            largest = ReduceMax <keepdims = 0> (after)
            edge = Squeeze (limit)
            on = Less (largest, edge)
            seen = Identity (before)
        }>
    }""",
    "Loop without end": """(float[N] x, float[1] limit) => (float[N] y) <bool start = {1}> {
        y = Loop (, start, x) <body = step (int64 i, bool going, float[N] before) => (bool on, float[N] after) {
            after = Add (before, limit)
            least = ReduceMin <keepdims = 0> (after)
            edge = Constant <value = float {3.0}> ()
            on = Less (least, edge)
        }>
    }""",
    "Scan": """(float[N] x, float[1] limit) => (float[1] last, float[M] sums, float[K, 1] rows)
    <int64[1] axis = {1}> {
        turned = Unsqueeze (x, axis)
        last, sums, rows = Scan <
            num_scan_inputs = 1, scan_input_directions = [1], scan_output_directions = [0, 1],
            body = step (float[1] total, float[1] one) => (float[1] after, float sum, float[1] row) {
                after = Add (total, one)
                sum = ReduceSum <keepdims = 0> (after)
                row = Mul (one, total)
            }
        > (limit, turned)
    }""",
    "a Loop in an If": """(float[N] x, float[1] limit) => (float[N] y) <int64 times = {3}> {
        edge = Squeeze (limit)
        least = ReduceMin <keepdims = 0> (x)
        over = Less (least, edge)
        y = If (over) <
            then_branch = again () => (float[N] a) {
                always = Constant <value = bool {1}> ()
                a = Loop (times, always, x) <body = step (int64 i, bool going, float[N] before)
                    => (bool on, float[N] after) { on = Identity (going)  after = Mul (before, x) }>
            },
            else_branch = once () => (float[N] b) { b = Identity (x) }
        >
    }""",
}


@pytest.mark.parametrize("limit", [0.5, 2.0, 30.0])
@pytest.mark.parametrize("name", CONTROL)
def test_graphs_within_graphs(name, limit):
    proto = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["": 17]> model {CONTROL[name]}')
    onnx.checker.check_model(proto, full_check=True)
    loaded = autograd.onnx.load(written(proto))
    arrays = [np.array([0.25, 1.0, 1.5], np.float32), np.array([limit], np.float32)]
    x, edge = (autograd.from_numpy(array.copy()) for array in arrays)
    agree(outputs(loaded, (x, edge)), ran(proto, arrays))
    wide = [one.double().requires_grad_() for one in (x, edge)]
    loaded.double()
    assert autograd.gradcheck(lambda *given: leaves(loaded(*given))[0], wide[:1] + [wide[1].detach()])


def test_a_loop_learns():
    proto = onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["": 17]> model {CONTROL["Loop"]}')
    loaded = autograd.onnx.load(written(proto))
    assert [name for name, _ in loaded.named_parameters()] == ["rate"]
    loaded(autograd.ones(3), autograd.tensor([30.0]))[0].sum().backward()
    assert loaded.rate.grad.item() > 0


def test_data_in_a_file_beside(tmp_path):
    proto = autograd.onnx.export(nn.Linear(40, 30), autograd.ones(2, 40))
    onnx.save_model(proto, "model.onnx", save_as_external_data=True, location="weights", size_threshold=0)
    x = autograd.randn(2, 40)
    agree(outputs(autograd.onnx.load("model.onnx"), (x,)), ran("model.onnx", [x.numpy()]))
    (tmp_path / "weights").rename(tmp_path / "elsewhere")
    with pytest.raises(ValueError, match=r"model.onnx"):
        autograd.onnx.load("model.onnx")


def valid():
    node = onnx.helper.make_node("Add", ["x", "w"], ["y"], name="sum")
    return graph_of([node], [("x", FLOAT, [1, 4])], [("y", FLOAT)], [numbers("w", 1, 4)])


def with_shape(*dims):
    proto = valid()
    del proto.graph.initializer[0].dims[:]
    proto.graph.initializer[0].dims.extend(dims)
    return proto


def with_node(kind, **options):
    proto = valid()
    proto.graph.node.append(onnx.helper.make_node(kind, ["y"], ["z"], name="odd", **options))
    return proto


def branch(kind):
    node = onnx.helper.make_node(kind, ["y"], ["inside"], name="inner")
    return onnx.helper.make_graph([node], kind, [], [onnx.helper.make_tensor_value_info("inside", FLOAT, None)])


def of_strings():
    proto = valid()
    proto.graph.initializer.append(onnx.helper.make_tensor("text", 8, [1], ["x"]))
    return proto


def beside(location):
    proto = valid()
    one = proto.graph.initializer[0]
    one.ClearField("raw_data")
    one.data_location = onnx.TensorProto.EXTERNAL
    one.external_data.add(key="location", value=location)
    return proto


HOSTILE = {
    "terabytes": (lambda: with_shape(1 << 20, 1 << 20), ValueError, "model.onnx|'w'"),
    "more bits than there are": (lambda: with_shape(1 << 40, 1 << 40), ValueError, "model.onnx|'w'"),
    "too few": (lambda: with_shape(3), ValueError, "model.onnx|'w'"),
    "negative": (lambda: with_shape(-1, -4), ValueError, "model.onnx|'w'"),
    "unknown": (lambda: with_node("Nonsense"), NotImplementedError, r"there are no functions for .*Nonsense \(odd\)"),
    "unknown, in a branch": (
        lambda: with_node("If", then_branch=branch("Nonsense"), else_branch=branch("Relu")),
        NotImplementedError,
        r"Nonsense \(inner\)",
    ),
    "another domain": (lambda: with_node("Gelu", domain="com.microsoft"), NotImplementedError, r"com.microsoft.Gelu"),
    "strings": (of_strings, NotImplementedError, "'text' is of STRING"),
    "another folder": (lambda: beside("../../etc/passwd"), ValueError, "model.onnx|'w'"),
    "a root": (lambda: beside("/etc/passwd"), ValueError, "model.onnx|'w'"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_an_error(name):
    make, error, text = HOSTILE[name]
    with pytest.raises(error, match=text):
        autograd.onnx.load(written(make()))


def test_a_broken_file_is_an_error():
    whole = autograd.onnx.export(lenet(), autograd.randn(1, 1, 28, 28)).SerializeToString()
    drawn = np.random.default_rng(0)
    for case in range(120):
        data = bytearray(whole[:4000] + whole[-2000:] if case % 2 else whole[: int(drawn.integers(0, len(whole)))])
        for _ in range(case % 7):
            if data:
                data[int(drawn.integers(0, min(len(data), 3000)))] = int(drawn.integers(0, 256))
        with open("broken.onnx", "wb") as file:
            file.write(data)
        try:
            autograd.onnx.load("broken.onnx")
        except (ValueError, NotImplementedError) as error:
            assert str(error)
    with pytest.raises(FileNotFoundError):
        autograd.onnx.load("missing.onnx")


def test_a_cycle_and_an_unknown_name_are_errors():
    helper = onnx.helper
    round_ = [helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])]
    lost = [helper.make_node("Relu", ["nothing"], ["b"])]
    for nodes in (round_, lost):
        with pytest.raises(ValueError, match="no valid ONNX file"):
            autograd.onnx.load(written(graph_of(nodes, [("x", FLOAT, [1, 4])], [("b", FLOAT)])))


def test_an_error_in_a_node_names_it():
    loaded = autograd.onnx.load(written(valid()))
    with pytest.raises(Exception, match=r"\(3, 3\)") as caught:
        loaded(autograd.ones(3, 3))
    assert caught.value.__notes__[0] == "in the ONNX node 'sum' (Add)"


def test_names_that_are_no_attributes():
    names = ["forward", "a..b", "onnx::MatMul_12", "/layer/weight", "x.weight", "x", "a.training"]
    arrays = [numbers(name, 1, 4) for name in names]
    sums = ["x0"]
    nodes = []
    for i, name in enumerate(names):
        nodes.append(onnx.helper.make_node("Add", [sums[-1], name], [f"sum{i}"]))
        sums.append(f"sum{i}")
    proto = graph_of(nodes, [("x0", FLOAT, [1, 4])], [(sums[-1], FLOAT)], arrays)
    loaded = autograd.onnx.load(written(proto))
    assert len(list(loaded.parameters())) == len(names) and callable(loaded.forward)
    agree(outputs(loaded, (autograd.from_numpy(ROW.copy()),)), ran(proto, [ROW]))


def test_what_pytorch_exports():
    torch = pytest.importorskip("torch")
    pytest.importorskip("onnxscript")
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3),
        torch.nn.BatchNorm2d(4),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(4 * 36, 3),
    ).eval()
    x = torch.randn(2, 1, 8, 8)
    torch.onnx.export(model, (x,), "model.onnx", dynamo=True, verbose=False)
    agree(outputs(autograd.onnx.load("model.onnx"), (autograd.from_numpy(x.numpy()),)), [model(x).detach().numpy()])


def test_without_the_package(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    for use in (
        lambda: autograd.onnx.export(nn.Linear(1, 1), autograd.ones(1, 1)),
        lambda: autograd.onnx.load("x.onnx"),
    ):
        with pytest.raises(ImportError, match=r"pip install 'chalkgrad\[onnx\]'"):
            use()


def test_importing_costs_nothing():
    code = (
        "import autograd, sys; print('onnx' in dir(autograd), 'autograd.onnx' in sys.modules); "
        "autograd.onnx; print('autograd.onnx' in sys.modules, 'onnx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "True False\nTrue False\n", done.stderr

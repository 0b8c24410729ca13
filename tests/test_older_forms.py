"""Call forms of older PyTorch, and what its tests of old ask of memory: each row gives the same value in both."""

import collections
import copy
import pickle
import warnings

import numpy as np
import pytest

import autograd
import nn

# What is evaluated, after the statements before its last line; and the value.
ROWS = {
    # Numbers before the Tensors that they multiply.
    "lib.add(one(1), 2, one(1))": [3],
    "one(1).add_(2, one(1))": [3],
    "one(1).sub(2, one(1))": [-1],
    "one(1).add_(lib.tensor(2.), one(1))": [3],
    "one(1).addcdiv_(lib.tensor(-2.), one(1), one(1))": [-1],
    "lib.addcmul(one(1), 2, one(1), 3 * one(1))": [7],
    "one(1).addcdiv_(2, one(1), one(1))": [3],
    "lib.addmm(2, one(1, 1), 3, one(1, 1), one(1, 1))": [[5]],
    "lib.addmm(2, one(1, 1), one(1, 1), one(1, 1))": [[3]],
    "one(1, 1).addmm_(3, one(1, 1), one(1, 1))": [[4]],
    "one(1).addmv(2, one(1, 1), one(1))": [3],
    "one(1, 1).addr(2, 3, one(1), one(1))": [[5]],
    "one(1, 1, 1).baddbmm(2, 3, one(1, 1, 1), one(1, 1, 1))": [[[5]]],
    "one(1, 1).addbmm(2, 3, one(1, 1, 1), one(1, 1, 1))": [[5]],
    # Names of arguments that a method has, or one kind of value.
    "one(1).expand(size=(2,))": [1, 1],
    "lib.broadcast_to(input=one(1), size=(2,))": [1, 1],
    "one(2).view(size=(2, 1))": [[1], [1]],
    "lib.reshape(input=one(2), shape=(2, 1))": [[1], [1]],
    "lib.flatten(input=one(1, 1))": [1],
    "one(1).repeat(repeats=(2,))": [1, 1],
    "lib.tile(input=one(1), dims=(2,))": [1, 1],
    "lib.swapaxes(input=one(1, 2), axis0=0, axis1=1)": [[1], [1]],
    "one(3).split(split_size=2)": ([1, 1], [1]),
    "one(3).split_with_sizes(split_sizes=[1, 2])": ([1], [1, 1]),
    "lib.split(tensor=one(3), split_size_or_sections=2)": ([1, 1], [1]),
    "one(3).tensor_split(sections=2)": ([1, 1], [1]),
    "one(3).tensor_split(indices=(1,))": ([1], [1, 1]),
    "one(1).gather(0, lib.tensor([0]), sparse_grad=False)": [1],
    "lib.isin(elements=one(1), test_element=1)": [True],
    "lib.matrix_power(input=2 * one(1, 1), n=2)": [[4]],
    "lib.result_type(tensor=one(1), other=2).itemsize": 4,
    # A place for the result, of composed functions and of those that make Tensors.
    "out = lib.empty(1); lib.addmm(one(1, 1), one(1, 1), one(1, 1), out=out.view(1, 1))\nout": [2],
    "out = lib.zeros(2, dtype=lib.float64); lib.arange(2, out=out)\nout": [0, 1],
    "out = lib.zeros(2); lib.ones(2, out=out) is out": True,
    "v, i = lib.empty(0), lib.empty(0, dtype=lib.long); r = lib.sort(lib.tensor([2., 1.]), out=(v, i))"
    "\n[v.tolist(), i.tolist(), r.values is v]": [[1, 2], [1, 0], True],
    "out = lib.empty(0); lib.hstack([one(1), one(2)], out=out)\nout": [1, 1, 1],
    "lib.max(one(2), 0, out=one(1))": TypeError,
    "lib.outer(one(2, requires_grad=True), one(2), out=one(2, 2))": RuntimeError,
    # In place, as functions.
    "x = lib.zeros(1); lib.exp_(x); lib.neg_(x); lib.clamp_(x, min=-0.5)\nx": [-0.5],
    "one(1).clone(memory_format=lib.contiguous_format)": [1],
    "one(2, 3, 4, 5).clone(memory_format=lib.channels_last).stride()": (60, 1, 15, 3),
    # Attributes of one's own.
    "x = one(1); x.tag = 'x'; x.number = 1\n[x.tag, x.__dict__]": ["x", {"tag": "x", "number": 1}],
    "x = one(1); x.tag = 'x'\nhasattr(x + 1, 'tag')": False,
    "x = one(1); x.tag = ['x']; y = copy.deepcopy(x)\n[y.tag, y.tag is x.tag, copy.copy(x).tag is x.tag]": [
        ["x"],
        False,
        True,
    ],
    "p = nn.Parameter(one(1)); p.tag = 'p'\n[p.tag, copy.deepcopy(p).__dict__]": ["p", {}],
    "x = one(1); x.tag = 'x'\npickle.loads(pickle.dumps(x)).tag": "x",
    # Each element through Python.
    "lib.arange(3.).apply_(lambda a: 2 * a)": [0, 2, 4],
    "one(2).map_(lib.arange(2.), lambda a, b: a + b)": [1, 2],
    "one(2, 2).map_(lib.arange(2.), lambda a, b: a + b)": [[1, 2], [1, 2]],
    "one(2).map2_(lib.arange(2.), one(2), lambda a, b, c: a + b + c)": [2, 3],
    "one(2).long().apply_(lambda a: a + 1)": [2, 2],
    "one(1, requires_grad=True).apply_(abs)": RuntimeError,
    "one(1).map_(one(1).double(), max)": TypeError,
    "one(1).apply_(3)": TypeError,
    # Other sizes, other memory.
    "lib.arange(6.).resize_(2, 2)": [[0, 1], [2, 3]],
    "lib.arange(6.).resize_(2).resize_(5)": [0, 1, 2, 3, 4],
    "lib.arange(6.)[1:3].resize_((4,))": [1, 2, 3, 4],
    "x = lib.arange(2.).resize_(3, 2)\n[x.shape, x[0].tolist()]": [(3, 2), [0, 1]],
    "lib.arange(4.).resize_as_(one(2, 2))": [[0, 1], [2, 3]],
    "one(2, 2).t().resize_(4, 1).stride()": (1, 1),
    "one(1, requires_grad=True).resize_(1, 1)": RuntimeError,
    "x, y = one(2), lib.zeros(3); x.set_(y); y[0] = 5\nx": [5, 0, 0],
    "one(2).set_(lib.arange(6.).untyped_storage(), 1, (2, 2), (2, 1))": [[1, 2], [3, 4]],
    "one(2).set_(lib.arange(6.).untyped_storage(), 4, (2,))": [4, 5],
    "one(2).set_()": [],
    "one(2).set_(one(2).double())": RuntimeError,
    "x = one(3)\n[x.is_set_to(x[:]), x.is_set_to(x.clone()), x.is_set_to(x[1:])]": [True, False, False],
    # Storages.
    "s = lib.arange(4.)[1:].storage()\n[len(s), s.size(), s[1], list(s), s.tolist(), type(s).__name__]": [
        4,
        4,
        1,
        [0, 1, 2, 3],
        [0, 1, 2, 3],
        "TypedStorage",
    ],
    "x = lib.arange(4.); x.storage()[2] = 9; x[:2].storage().fill_(7); x": [7, 7, 7, 7],
    "x = lib.zeros(90)\nx.untyped_storage().__sizeof__() - x[:0].clone().untyped_storage().__sizeof__()": 360,
    "s = lib.arange(2.).untyped_storage()\n[len(s), s.nbytes(), s[7], type(s).__name__]": [8, 8, 63, "UntypedStorage"],
    "s = lib.FloatStorage([1, 2])\n[s.tolist(), s.nbytes(), s.element_size(), lib.FloatTensor(s).tolist()]": [
        [1, 2],
        8,
        4,
        [1, 2],
    ],
    "s = lib.arange(2.).storage()\n[s.long().tolist(), s.clone().tolist(), s.is_shared()]": [[0, 1], [0, 1], False],
    "isinstance(one(1).storage(), lib.FloatStorage), isinstance(one(1).storage(), lib.LongStorage)": (True, False),
    "pickle.loads(pickle.dumps(lib.arange(2.).storage())).tolist()": [0, 1],
    "copy.deepcopy(lib.arange(2.).storage()).tolist()": [0, 1],
    "lib.is_storage(one(1).storage()), lib.is_storage(one(1))": (True, False),
    "one(2).storage()[0:1]": RuntimeError,
    "len(lib.LongStorage(3)), lib.ones(1).storage_type() is lib.FloatStorage": (3, True),
    # The steps of dimensions in which nothing is stepped over.
    "lib.empty(0, 3).stride(), lib.empty(2, 0, 3).stride(), one(0).stride(), one(2, 3)[:0].stride()": (
        (3, 1),
        (3, 3, 1),
        (1,),
        (3, 1),
    ),
    "one(3)[None].stride(), one(3)[:, None].stride(), one(2, 3)[:, None].stride(), one(())[None].stride()": (
        (3, 1),
        (1, 1),
        (3, 3, 1),
        (1,),
    ),
    "one(1, 3).expand(4, 3).stride(), one(1, 3).t().stride()": ((0, 1), (1, 3)),
    # Memory that is read where it is written.
    "x = one(3); x[1:].add_(x[:-1])": RuntimeError,
    "x = one(3); x[:-1].copy_(x[1:])": RuntimeError,
    "x = one(2, 2); x.copy_(x.t())": RuntimeError,
    "x = one(3); lib.add(x[1:], 1, out=x[:-1])": RuntimeError,
    "x = one(3).expand(2, 3); x.mul_(2)": RuntimeError,
    "x = one(3); x[1:].add_(x[1:])": [2, 2],
    "x = one(3); lib.add(x[:2], x[:2], out=x[:2])\nx": [2, 2, 1],
    "x = lib.arange(4.); x[::2].copy_(x[1::2])\nx": [1, 1, 3, 3],
    "x = one(2, 3); x.squeeze_()": [[1, 1, 1], [1, 1, 1]],
    "x = one(2, requires_grad=True) * 1; x.squeeze_(0)\nx.shape": (2,),
    "x = one(3); x[1:] = x[:-1]": RuntimeError,
    "x = one(4); lib.cat([x[:2], x[2:]], out=x)": RuntimeError,
    # The memory.
    "lib.FloatTensor(lib.DoubleStorage([1, 2]))": RuntimeError,
    "lib.FloatStorage([1, 2]).type().rpartition('.')[2], lib.LongStorage([1]).pickle_storage_type()": (
        "FloatStorage",
        "LongStorage",
    ),
    "s = lib.FloatStorage([1, 2, 3]); s.resize_(2); s.tolist()": [1, 2],
    "s = lib.FloatStorage([1]); s.resize_(3); s.size(), s[0]": (3, 1),
    "lib.FloatStorage([1]).is_pinned(), lib.FloatStorage([1]).is_shared()": (False, False),
    "lib.ByteStorage.from_buffer(b'ab').tolist()": [97, 98],
    "lib.ShortStorage.from_buffer(b'ab', 'big').tolist()": [24930],
    "lib.IntStorage.from_buffer(b'ab', 'native')": ValueError,
    "lib.IntStorage.from_buffer(b'abcd', 'odd')": ValueError,
    "x = lib.arange(3.); y = copy.deepcopy([x, x.storage()]); y[0][1] = 9; y[1].tolist()": [0, 9, 2],
    "one(2).type('FloatTensor')": ValueError,
    # What has another kind of numbers.
    "lib.tensor([True]) - 1": RuntimeError,
    "1 - lib.tensor([True])": RuntimeError,
    "lib.add(lib.arange(2), 1, alpha=1.5)": RuntimeError,
    "lib.add(one(2), 1, alpha=True)": RuntimeError,
    "x = one(3); x[[0, 1]] = lib.tensor([1, 2])": RuntimeError,
    "x = one(3); x[[0, 1]] = 2\nx": [2, 2, 1],
    "int(one(2))": ValueError,
    "lib.where(lib.tensor([1, 0], dtype=lib.uint8), one(2), 0. * one(2))": [1, 0],
    "lib.from_numpy(np.arange(3)[::-1])": ValueError,
    "del one(2)[0]": TypeError,
    "reversed(lib.arange(3))": [2, 1, 0],
    "lib.Tensor([1, 2], device='cpu')": [1, 2],
    "lib.FloatTensor.is_cuda": False,
    # What is picked lies in rows.
    "x = lib.arange(6).view(2, 3); x[:, [0, 2]].stride(), x.index_select(1, lib.tensor([0, 2])).stride()": (
        (2, 1),
        (2, 1),
    ),
    # What PyTorch's core calls layers and losses.
    "lib.dropout(one(2), 0.5, False), lib.dropout_(one(2), 1., True)": ([1, 1], [0, 0]),
    "lib.feature_dropout(one(2, 2), 0.5, False), lib.feature_dropout_(one(1, 2), 1., True)": ([[1, 1]] * 2, [[0, 0]]),
    "x = one(1, 2); lib.alpha_dropout_(x, 0.5, True) is x, lib.feature_alpha_dropout_(x, 0.5, True) is x": (True, True),
    "lib.selu_(0. * one(2)), lib.celu_(one(2)), lib.threshold_(one(2), 2, 5), lib.rrelu_(one(1))": (
        [0, 0],
        [1, 1],
        [5, 5],
        [1],
    ),
    "lib.detach_(one(2)), lib.detach(one(2))": ([1, 1], [1, 1]),
    "lib.batch_norm(one(2, 2), None, None, None, None, True, 0.1, 1e-5, False)": [[0, 0], [0, 0]],
    "lib.instance_norm(one(1, 2, 2), None, None, None, None, True, 0.1, 1e-5, False)": [[[0, 0], [0, 0]]],
    "lib.layer_norm(one(2), (2,)), lib.group_norm(one(1, 2), 1)": ([0, 0], [[0, 0]]),
    "lib.bilinear(one(1, 2), one(1, 2), one(1, 2, 2))": [[4]],
    "lib.norm_except_dim(4. * one(2, 1)), lib.constant_pad_nd(one(1), (1, 0), 3)": ([[4], [4]], [3, 1]),
    "lib.conv_tbc(one(3, 1, 1), one(2, 1, 1), one(1)).flatten()": [3, 3],
    "lib.convolution(one(1, 1, 3), one(1, 1, 2), None, [1], [0], [1], False, [0], 1)": [[[2, 2]]],
    "lib.convolution(one(1, 1, 1), one(1, 1, 2), None, [1], [0], [1], True, [0], 1)": [[[1, 1]]],
    "lib.grid_sampler(one(1, 1, 2, 2), 0. * one(1, 1, 1, 2), 0, 0, False)": [[[[1]]]],
    "lib.affine_grid_generator(one(1, 2, 3), (1, 1, 2, 2), False).shape": (1, 2, 2, 2),
    "lib.embedding_renorm_(lib.tensor([[3., 4.], [3., 4.]]), lib.tensor([0]), 5., 2.)": [[3, 4], [3, 4]],
    "lib.kl_div(0. * one(2), one(2)), lib.kl_div(0. * one(2), one(2), 2)": ([0, 0], 0),
    "lib.hinge_embedding_loss(one(2), one(2)), lib.hinge_embedding_loss(one(2), one(2), 1.0, 1)": ([1, 1], 1),
    "lib.poisson_nll_loss(0. * one(2), one(2), True, False, 1e-8, 2)": 2,
    "lib.is_same_size(one(2), one(2)), one(2).is_conj(), lib.is_neg(one(2)), one(2).is_shared()": (
        True,
        False,
        False,
        False,
    ),
    "one(2, 3).t().dim_order(), one(2).output_nr, one(4, requires_grad=True).split(2)[0].requires_grad": (
        (1, 0),
        0,
        True,
    ),
    "lib.angle(one(1)), lib.conj_physical(one(1)), one(1).resolve_neg()": ([0], [1], [1]),
    "one(0).view(0, -1)": RuntimeError,
    # One function of each Tensor in a list.
    "lib._foreach_add([one(1), one(2)], 1)": ([2], [2, 2]),
    "lib._foreach_add([one(1)], [one(1)], alpha=2)": ([3],),
    "lib._foreach_mul([one(1), one(1)], [2., 3.])": ([2], [3]),
    "lib._foreach_pow(2., [one(1)])": ([2],),
    "lib._foreach_addcdiv([one(1)], [one(1)], [one(1)], 2)": ([3],),
    "lib._foreach_addcmul([one(1), one(1)], [one(1)] * 2, [one(1)] * 2, lib.tensor([2., 3.]))": ([3], [4]),
    "lib._foreach_lerp([one(1)], [3 * one(1)], 0.5)": ([2],),
    "lib._foreach_norm([3 * one(1), one(2)], 1)": (3, 2),
    "lib._foreach_clamp_max([3 * one(1)], 2)": ([2],),
    "xs = [one(1), one(2)]; lib._foreach_mul_(xs, 3); lib._foreach_add_(xs, xs)\nxs": [[6], [6, 6]],
    "xs = [one(1), one(2)]; lib._foreach_zero_(xs); lib._foreach_copy_(xs[:1], [one(1)])\nxs": [[1], [0, 0]],
    "lib._foreach_add([one(1)], [one(1), one(1)])": RuntimeError,
    "lib._foreach_add([], 1)": RuntimeError,
    # What a module holds, as a dict.
    "m = nn.Sequential(nn.ReLU(), nn.Tanh()); m._modules = collections.OrderedDict(b=m[1], a=m[0])\nlist(m._modules)": [
        "b",
        "a",
    ],
    "m = nn.Linear(1, 1); p = m._parameters.pop('weight'); m.weight = 2 * p\nlist(m._parameters)": ["bias"],
    "m = nn.Linear(1, 1); m._buffers['b'] = one(1)\nlist(m.state_dict())": ["weight", "bias", "b"],
    "m = nn.Module(); m.register_buffer('b', one(1), False)\nm._non_persistent_buffers_set": {"b"},
    # Several upstream gradients at once.
    "x = one(2, requires_grad=True); y = x * x\ngrad(y, x, lib.eye(2), is_grads_batched=True)[0]": [[2, 0], [0, 2]],
    "x = one(1, requires_grad=True)\ngrad(x * 2, x, only_inputs=True)[0]": [2],
    "x = one(1, requires_grad=True)\ngrad((x * n for n in (2, 3)), iter([x]))[0]": [5],
    "x = one(2, requires_grad=True); backward(x * 2, grad_variables=one(2)); x.grad": [2, 2],
    "backward(one(1, requires_grad=True), one(1), grad_variables=one(1)); 0": RuntimeError,
    # Places in a graph, in place of Tensors.
    "x = one(4, requires_grad=True); a, b = (x * 2).split(2); e = edge(b); grad((a + b * b).sum(), e)[0]": [4, 4],
    "x = one(4, requires_grad=True); a, b = (x * 2).split(2); e = edge(b); e.node is b.grad_fn": True,
    "x = one(4, requires_grad=True); e = edge((x * 2).split(2)[1]); backward(e, one(2)); x.grad": [0, 0, 2, 2],
    "x = one(1, requires_grad=True); edge(x).node.variable is x": True,
    "x = one(1, requires_grad=True); backward([edge(x * 2)], [one(1)], inputs=[edge(x)]); x.grad": [2],
    "edge(one(1))": RuntimeError,
}


@pytest.fixture(params=["autograd", "torch"])
def package(request):
    if request.param == "autograd":
        return autograd, nn, autograd
    torch = pytest.importorskip("torch")
    return torch, torch.nn, torch.autograd


def plain(value):
    """A value as Python's own: of a Tensor, what it holds."""
    if isinstance(value, (list, tuple)):
        return type(value)(map(plain, value)) if type(value) in (list, tuple) else tuple(value)
    return value.tolist() if hasattr(value, "tolist") else value


@pytest.mark.parametrize("row", ROWS)
def test_a_form_of_old(package, row):
    lib, nn, ways = package
    names = {"lib": lib, "nn": nn, "grad": ways.grad, "one": lib.ones, "copy": copy, "pickle": pickle}
    names |= {"backward": ways.backward, "edge": ways.graph.get_gradient_edge}
    names |= {"collections": collections, "np": np}
    *before, last = row.replace("; ", "\n").split("\n") if "lambda" not in row else row.split("\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if isinstance(ROWS[row], type):
            with pytest.raises(ROWS[row]):
                exec("\n".join([*before, last]), names)
            return
        exec("\n".join(before), names)
        assert plain(eval(last, names)) == ROWS[row]


def test_an_order_of_old_is_warned_of():
    with pytest.warns(UserWarning, match="This overload of addmm is deprecated: give beta and alpha by name"):
        autograd.addmm(2, autograd.ones(1, 1), 3, autograd.ones(1, 1), autograd.ones(1, 1))


def test_too_many_arguments_are_refused_as_before():
    with pytest.raises(TypeError):
        autograd.add(autograd.ones(1), autograd.ones(1), autograd.ones(1))
    with pytest.raises(TypeError):
        autograd.addmm(*[autograd.ones(1, 1)] * 4)


def test_every_composed_function_has_a_place_for_its_result():
    """Where PyTorch's takes ``out``: the value is the same, and lies there."""
    for name, args in {
        "kron": (autograd.eye(2), autograd.ones(1, 2)),
        "linalg.solve": (2 * autograd.eye(2), autograd.ones(2)),
        "nonzero": (autograd.eye(2),),
        "quantile": (autograd.arange(4.0), 0.5),
    }.items():
        function = autograd
        for part in name.split("."):
            function = getattr(function, part)
        expected = function(*args)
        out = autograd.empty(0, dtype=expected.dtype)
        assert function(*args, out=out) is out
        assert np.array_equal(out.array, expected.array)


def test_memory_in_a_file(package, tmp_path):
    lib, *_ = package
    path = str(tmp_path / "numbers")
    storage = lib.FloatStorage.from_file(path, True, 4)
    storage.fill_(1)
    assert storage.tolist() == [1, 1, 1, 1] and (tmp_path / "numbers").stat().st_size == 16
    assert lib.FloatStorage.from_file(path, False, 2).tolist() == [1, 1]
    assert lib.UntypedStorage.from_file(path, False, 8).nbytes() == 8
    x = lib.from_file(path, True, 2)
    x[0] = 3
    own = lib.from_file(path, size=4)
    own[1] = 7
    assert lib.from_file(path, size=4).tolist() == [3, 1, 1, 1]
    assert own.tolist() == [3, 7, 1, 1]
    assert lib.from_file(path, False, 0).tolist() == []


def test_a_file_that_is_too_short(tmp_path):
    (tmp_path / "short").write_bytes(b"abc")
    with pytest.raises(RuntimeError, match="has 3 bytes, not 2 numbers"):
        autograd.from_file(tmp_path / "short", size=2)

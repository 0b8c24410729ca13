"""What a recorded call shows of itself, and `autograd.graph`: as in PyTorch."""

import pytest

import autograd
import nn


@pytest.fixture(params=["autograd", "torch"])
def package(request):
    if request.param == "autograd":
        return autograd, nn, autograd.graph
    torch = pytest.importorskip("torch")
    return torch, torch.nn, torch.autograd.graph


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda lib, x: x + 1, "AddBackward0"),
        (lambda lib, x: x * x, "MulBackward0"),
        (lambda lib, x: x.exp(), "ExpBackward0"),
        (lambda lib, x: x.sum(), "SumBackward0"),
        (lambda lib, x: lib.sigmoid(x), "SigmoidBackward0"),
        (lambda lib, x: x.sum(0), "SumBackward1"),
        (lambda lib, x: x.mean(), "MeanBackward0"),
        (lambda lib, x: x.mean(0), "MeanBackward1"),
        (lambda lib, x: x.max(), "MaxBackward1"),
        (lambda lib, x: x.double(), "ToCopyBackward0"),
        (lambda lib, x: x.norm(), "LinalgVectorNormBackward0"),
        (lambda lib, x: x[0], "SelectBackward0"),
        (lambda lib, x: x[..., 1], "SelectBackward0"),
        (lambda lib, x: x[0:1], "SliceBackward0"),
        (lambda lib, x: x[None], "UnsqueezeBackward0"),
        (lambda lib, x: x[[0]], "IndexBackward0"),
        (lambda lib, x: x[...], "AliasBackward0"),
        (lambda lib, x: x.narrow(0, 0, 1), "SliceBackward0"),
        (lambda lib, x: x.split(1)[0], "SplitBackward0"),
        (lambda lib, x: x.chunk(2)[1], "SplitBackward0"),
        (lambda lib, x: x.split([1, 1])[0], "SplitWithSizesBackward0"),
        (lambda lib, x: x.unbind()[0], "UnbindBackward0"),
        (lambda lib, x: x.tensor_split(2)[0], "SliceBackward0"),
        (lambda lib, x: x.unfold(0, 1, 1), "UnfoldBackward0"),
        (lambda lib, x: x.as_strided((1,), (1,)), "AsStridedBackward0"),
    ],
)
def test_the_class_of_a_call_has_its_name(package, call, name):
    lib, _, graph = package
    y = call(lib, lib.ones(2, requires_grad=True))
    assert (type(y.grad_fn).__name__, y.grad_fn.name()) == (name, name)
    assert y.grad_fn is y.grad_fn
    assert isinstance(y.grad_fn, graph.Node)
    assert type(y.grad_fn.next_functions[0][0]).__name__ == "AccumulateGrad"


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda F, x: F.linear(x[0], x), "SqueezeBackward4"),
        (lambda F, x: F.linear(x[0], x, x[0]), "ViewBackward0"),
        (lambda F, x: F.linear(x, x), "MmBackward0"),
        (lambda F, x: F.linear(x, x, x[0]), "AddmmBackward0"),
        (lambda F, x: F.linear(x, x, x[0].detach()), "AddmmBackward0"),
        (lambda F, x: F.linear(x[None], x), "UnsafeViewBackward0"),
        (lambda F, x: F.linear(x[None], x, x[0]), "ViewBackward0"),
        (lambda F, x: x[0] @ x[0], "DotBackward0"),
        (lambda F, x: x @ x[0], "MvBackward0"),
        (lambda F, x: x[0] @ x, "SqueezeBackward4"),
        (lambda F, x: x @ x.detach(), "MmBackward0"),
        (lambda F, x: x[None] @ x, "UnsafeViewBackward0"),
        (lambda F, x: x[None] @ x[None], "UnsafeViewBackward0"),
        (lambda F, x: F.cross_entropy(x[0], x[0].long()[0] * 0), "NllLossBackward0"),
        (lambda F, x: F.cross_entropy(x, x[0].long() * 0), "NllLossBackward0"),
        (lambda F, x: F.cross_entropy(x[None], x[:1].long() * 0), "NllLoss2DBackward0"),
        (lambda F, x: F.cross_entropy(x, x[0].long() * 0, label_smoothing=0.1), "AddBackward0"),
        (lambda F, x: F.dropout(x), "MulBackward0"),
        (lambda F, x: x.square(), "PowBackward0"),
        (lambda F, x: x.inverse(), "LinalgInvExBackward0"),
        (lambda F, x: x.flatten(), "ViewBackward0"),
        (lambda F, x: x.reshape(4), "ViewBackward0"),
    ],
)
def test_calls_are_named_after_what_pytorch_computes_them_by(package, call, name):
    lib, layers, _ = package
    assert call(layers.functional, lib.eye(2).requires_grad_()).grad_fn.name() == name


def test_a_loss_keeps_its_name_after_the_backward_pass(package):
    lib, layers, _ = package
    x = lib.eye(2).requires_grad_()
    out = layers.functional.linear(x, x, x[0])
    loss = layers.functional.cross_entropy(out, x[0].long() * 0)
    loss.backward()
    assert (loss.grad_fn.name(), out.grad_fn.name()) == ("NllLossBackward0", "AddmmBackward0")


def test_a_leaf_knows_its_tensor(package):
    lib, nn, _ = package
    x, p = lib.ones(2, requires_grad=True), nn.Parameter(lib.ones(2))
    leaves = [node for node, _ in (x * p).grad_fn.next_functions]
    assert leaves[0].variable is x
    assert leaves[1].variable is p


def test_what_a_call_saved(package):
    lib, _, _ = package
    x, y = lib.full((2,), 3.0, requires_grad=True), lib.full((2,), 5.0, requires_grad=True)
    product, power = x * y, x.exp()
    assert (product.grad_fn._saved_self.tolist(), product.grad_fn._saved_other.tolist()) == ([3, 3], [5, 5])
    assert product.grad_fn._saved_self.requires_grad
    assert power.grad_fn._saved_result.tolist() == power.tolist()
    assert (x * 2).grad_fn._saved_self is None
    assert x.sum(0, keepdim=True).grad_fn._saved_keepdim is True
    assert tuple(x.sum(0).grad_fn._saved_self_sym_sizes) == (2,)
    assert {"_saved_self", "_saved_other"} <= set(dir(product.grad_fn))
    with pytest.raises(AttributeError):
        product.grad_fn._saved_nothing  # noqa: B018
    product.sum().backward()
    with pytest.raises(RuntimeError, match="Trying to backward through the graph a second time"):
        product.grad_fn._saved_self  # noqa: B018


def test_a_hook_before_a_call_passes_back(package):
    lib, _, _ = package
    x, seen = lib.ones(2, requires_grad=True), []
    y = x * 3
    handles = [
        y.grad_fn.register_prehook(lambda gradients: seen.append(gradients[0].tolist())),
        y.grad_fn.register_prehook(lambda gradients: (gradients[0] * 2,)),
    ]
    y.sum().backward(retain_graph=True)
    assert (seen, x.grad.tolist()) == ([[1, 1]], [6, 6])
    for handle in handles:
        handle.remove()
    y.sum().backward()
    assert (len(seen), x.grad.tolist()) == (1, [9, 9])


def test_what_is_saved_is_packed(package):
    lib, _, graph = package
    packed = []

    def pack(x):
        packed.append(x)
        return x.tolist()

    x = lib.full((2,), 3.0, requires_grad=True)
    with graph.saved_tensors_hooks(pack, lib.tensor):
        y = (x * x).exp()
    assert [value.tolist() for value in packed[:2]] == [[3, 3], [3, 3]]
    (x * x).sum()
    assert len(packed) == 3
    assert type(y.grad_fn).__name__ == "ExpBackward0"
    y.sum().backward()
    expected = lib.full((2,), 3.0, requires_grad=True)
    (expected * expected).exp().sum().backward()
    assert x.grad.tolist() == pytest.approx(expected.grad.tolist())


def test_the_innermost_hooks_pack(package):
    lib, _, graph = package
    x, seen = lib.ones(1, requires_grad=True), []

    def note(name):
        return lambda value: seen.append(name) or value

    with graph.saved_tensors_hooks(note("outer"), note("out")):
        with graph.saved_tensors_hooks(note("inner"), note("in")):
            y = x.exp()
        z = y.exp()
    assert seen == ["inner", "outer"]
    z.backward()
    assert set(seen[2:]) == {"in", "out"}


def test_what_is_unpacked_must_be_a_tensor(package):
    lib, _, graph = package
    x = lib.ones(1, requires_grad=True)
    with graph.saved_tensors_hooks(lambda value: 1, lambda value: value):
        y = x.exp()
    with pytest.raises(TypeError, match="unpack_hook expected to be a Tensor"):
        y.backward()


def test_a_whole_network_is_packed(package):
    lib, nn, graph = package
    model = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.LayerNorm(3), nn.Dropout(0.5), nn.Linear(3, 2))
    x, target = lib.ones(4, 2), lib.tensor([0, 1, 0, 1])
    gradients = []
    for hooks in (graph.saved_tensors_hooks(lambda x: x * 1, lambda x: x), graph.save_on_cpu()):
        lib.manual_seed(0)
        with hooks:
            loss = nn.functional.cross_entropy(model(x), target)
        model.zero_grad()
        loss.backward()
        gradients.append([p.grad.tolist() for p in model.parameters()])
    assert gradients[0] == gradients[1]


def test_a_hook_of_several_gradients(package):
    lib, _, graph = package
    x, y = (lib.ones(1, requires_grad=True) for _ in range(2))
    seen = []
    with graph.register_multi_grad_hook([x, y], lambda gradients: seen.append([g.item() for g in gradients])):
        (2 * x + 3 * y).backward()
    with graph.register_multi_grad_hook([x, y], lambda gradient: seen.append(gradient.item()), mode="any"):
        (5 * x).backward()
    (x + y).backward()
    assert seen == [[2, 3], 5]
    with pytest.raises(ValueError, match="mode"):
        graph.register_multi_grad_hook([x], print, mode="some")


def test_what_a_call_passes_back_is_seen_and_changed(package):
    lib, _, _ = package
    x, seen = lib.ones(2, requires_grad=True), []
    y = x * 3
    handle = y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs, outputs)))
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 2, None))
    y.sum().backward()
    (((mine, number), (upstream,)),) = seen
    assert mine.tolist() == [3, 3] and number is None and upstream.tolist() == [1, 1]
    assert x.grad.tolist() == [6, 6]
    handle.remove()
    (x * 3).sum().backward()
    assert len(seen) == 1
    y = x * 3
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0],))
    with pytest.raises(RuntimeError, match=r"incorrect number of values \(got 1, but expected 2\)"):
        y.sum().backward()


def test_a_leaf_passes_nothing_back(package):
    lib, _, _ = package
    x, seen = lib.ones(2, requires_grad=True), []
    leaf = (x * 2).grad_fn.next_functions[0][0]
    leaf.register_hook(lambda inputs, outputs: seen.append((inputs, outputs[0].tolist())))
    (x * 2).sum().backward()
    assert seen == [((), [2, 2])]


def test_hooks_of_a_second_derivative_see_a_graph(package):
    lib, _, _ = package
    x = lib.tensor(3.0, requires_grad=True)
    y = x * x
    y.grad_fn.register_hook(lambda inputs, outputs: tuple(gradient * 2 for gradient in inputs))
    (slope,) = (package[0] if lib is autograd else lib.autograd).grad(y, x, create_graph=True)
    assert slope.item() == 12
    slope.backward()
    assert x.grad.item() == 4


def test_something_may_be_kept_with_a_call(package):
    lib, _, _ = package
    y = lib.ones(2, requires_grad=True) + 1
    assert y.grad_fn.metadata == {}
    y.grad_fn.metadata["seen"] = True
    assert y.grad_fn.metadata == {"seen": True}


@pytest.mark.parametrize(
    ("cut", "name"),
    [
        (lambda x: x.split(1), "Split"),
        (lambda x: x.split([1, 1]), "SplitWithSizes"),
        (lambda x: x.chunk(2), "Split"),
        (lambda x: x.unbind(), "Unbind"),
    ],
)
def test_one_of_several_views_is_not_written_to(package, cut, name):
    lib, _, _ = package
    y = lib.ones(2, requires_grad=True) * 1
    _, piece = cut(y)
    with pytest.raises(RuntimeError, match=f"Output 1 of {name}(Backward0)? is a view and is being modified inplace"):
        piece.mul_(2)
    assert y.tolist() == [1, 1]
    plain = lib.ones(2)
    cut(plain)[1].mul_(2)
    assert plain.tolist() == [1, 2]
    y.tensor_split(2)[1].mul_(2)
    assert y.tolist() == [1, 2]


def test_hooks_may_be_forbidden(package):
    lib, _, hooks = package
    x = lib.ones(2, requires_grad=True)

    def nothing(value):
        return value

    with hooks.disable_saved_tensors_hooks("not here"), pytest.raises(RuntimeError, match="not here"):
        hooks.saved_tensors_hooks(nothing, nothing).__enter__()
    with hooks.saved_tensors_hooks(nothing, nothing):
        with pytest.raises(RuntimeError, match="not here"):
            hooks.disable_saved_tensors_hooks("not here").__enter__()
        (x * x).sum().backward()
    assert x.grad.tolist() == [2, 2]


def test_what_was_saved_may_be_written_to(package):
    lib, _, hooks = package
    x = lib.ones(2, requires_grad=True)
    with hooks.allow_mutation_on_saved_tensors():
        y = x.clone()
        first = y * y
        y.mul_(3)
        second = y * y
        y.zero_()
        (first + second).sum().backward()
    assert x.grad.tolist() == [20, 20]


def test_which_of_several_results_it_is(package):
    lib, *_ = package
    x = lib.ones(4, requires_grad=True)
    for parts in (x.split(2), x.split([1, 3]), x.chunk(2), x.unbind()[:2]):
        assert [part.output_nr for part in parts] == [0, 1]


def test_what_is_called_when_a_backward_pass_ends():
    from autograd.engine.endings import queue_callback

    seen = []
    x = autograd.ones(2, requires_grad=True)
    x.register_hook(lambda g: queue_callback(lambda: seen.append(x.grad)))
    (3 * x).sum().backward()
    assert seen[0].tolist() == [3, 3]
    autograd.grad((3 * x).sum(), x)
    assert len(seen) == 2
    with pytest.raises(RuntimeError, match="during backward pass"):
        queue_callback(seen.clear)

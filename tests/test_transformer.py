"""Multi-head attention and transformers beside PyTorch: the same seed, results, gradients, weights and complaints."""

import warnings

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")
LIBS = ((autograd, nn), (torch, torch.nn))


def normal(*shape, seed=0):
    return np.random.default_rng([seed, *shape]).standard_normal(shape).astype("float32")


def given(lib, value, grad=True):
    if not isinstance(value, np.ndarray):
        return value
    made = lib.tensor(value)
    # Masks that hide have no gradient.
    return made.requires_grad_() if grad and value.dtype.kind == "f" and np.isfinite(value).all() else made


def agree(mine, theirs, what="", tolerance=2e-5):
    mine, theirs = mine.detach().numpy(), theirs.detach().numpy()
    np.testing.assert_allclose(
        mine, theirs, rtol=tolerance, atol=tolerance * max(1, np.abs(theirs).max()), err_msg=what
    )


def compared(make, inputs, settings, train=True, seed=1):
    """Run what ``make`` makes of both libraries on the same inputs; results, gradients and parameters must agree."""
    found = []
    for lib, modules in LIBS:
        lib.manual_seed(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = make(modules).train(train)
        lib.manual_seed(seed + 1)
        tensors = {id(x): given(lib, x) for x in [*inputs, *settings.values()] if isinstance(x, np.ndarray)}
        pick = lambda x, tensors=tensors: tensors.get(id(x), x)
        out = model(*map(pick, inputs), **{name: pick(x) for name, x in settings.items()})
        outs = [x for x in (out if isinstance(out, tuple) else (out,)) if x is not None]
        parameters = dict(model.named_parameters())
        loss = sum((x * given(lib, normal(*x.shape, seed=9), False)).sum() for x in outs)
        leaves = [x for x in tensors.values() if x.requires_grad] + list(parameters.values())
        gradients = lib.autograd.grad(loss, leaves) if lib is torch else autograd.grad(loss, leaves)
        found.append((outs, gradients, parameters))
    (mine, my_gradients, my_parameters), (theirs, their_gradients, their_parameters) = found
    assert list(my_parameters) == list(their_parameters)
    for name, parameter in my_parameters.items():
        # PyTorch's processor rounds uniform numbers once, after scaling and shifting them.
        agree(parameter, their_parameters[name], name, 1e-6)
    assert len(mine) == len(theirs)
    for pair in zip(mine, theirs):
        agree(*pair, "result")
    for position, pair in enumerate(zip(my_gradients, their_gradients)):
        agree(*pair, f"gradient {position}")


def multihead(*args, **kwargs):
    return lambda modules: modules.MultiheadAttention(*args, **kwargs)


BOOLS = np.triu(np.ones((5, 7)), 3) > 0
CAUSAL = np.triu(np.full((5, 5), -np.inf, "float32"), 1)
PADDING = np.zeros((3, 7)) > 0
PADDING[1, 5:] = True
X = normal(5, 3, 8)
FIRST = normal(3, 5, 8)
KEY, VALUE = normal(7, 3, 8, seed=1), normal(7, 3, 8, seed=2)
ATTENTIONS = {
    "itself": (multihead(8, 2), (X, X, X), {}),
    "without weights": (multihead(8, 2), (X, X, X), {"need_weights": False}),
    "another sequence": (multihead(8, 2), (X, KEY, VALUE), {"need_weights": False}),
    "one for keys and values": (multihead(8, 2), (X, KEY, KEY), {}),
    "weights of each head": (multihead(8, 4), (X, KEY, VALUE), {"average_attn_weights": False}),
    "batch first": (multihead(8, 2, batch_first=True), (FIRST, FIRST, FIRST), {}),
    "batch first, dropped": (multihead(8, 2, dropout=0.4, batch_first=True), (FIRST,) * 3, {"need_weights": False}),
    "dropped": (multihead(8, 2, dropout=0.4), (X, X, X), {}),
    "mask of bools": (multihead(8, 2), (X, KEY, VALUE), {"attn_mask": BOOLS}),
    "mask of numbers": (multihead(8, 2), (X, KEY, VALUE), {"attn_mask": normal(5, 7), "need_weights": False}),
    "mask of each head": (multihead(8, 2), (X, KEY, VALUE), {"attn_mask": normal(6, 5, 7), "need_weights": False}),
    "causal": (multihead(8, 2), (X, X, X), {"attn_mask": CAUSAL, "is_causal": True, "need_weights": False}),
    "causal with weights": (multihead(8, 2), (X, X, X), {"attn_mask": CAUSAL, "is_causal": True}),
    "padding": (multihead(8, 2), (X, KEY, VALUE), {"key_padding_mask": PADDING, "need_weights": False}),
    "padding and mask": (multihead(8, 2), (X, KEY, VALUE), {"key_padding_mask": PADDING, "attn_mask": BOOLS}),
    "more keys": (
        multihead(8, 2, add_bias_kv=True, add_zero_attn=True), (X, KEY, VALUE),
        {"key_padding_mask": PADDING, "attn_mask": BOOLS, "need_weights": False},
    ),
    "more keys with weights": (multihead(8, 2, add_bias_kv=True, add_zero_attn=True), (X, KEY, VALUE), {}),
    "other sizes": (multihead(8, 2, kdim=3, vdim=4, bias=False), (X, KEY[:, :, :3], VALUE[:, :, :4]), {}),
    "other sizes with bias": (
        multihead(8, 2, kdim=3, batch_first=True), (FIRST, normal(3, 7, 3), normal(3, 7, 8)), {"need_weights": False},
    ),
    "unbatched": (multihead(8, 2), (X[:, 0], KEY[:, 0], VALUE[:, 0]), {"key_padding_mask": PADDING[1]}),
    "unbatched, batch first": (
        multihead(8, 2, batch_first=True), (X[:, 0], X[:, 0], X[:, 0]), {"attn_mask": normal(2, 5, 5)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTENTIONS)
def test_multihead_attention(name):
    make, inputs, settings = ATTENTIONS[name]
    # What is one array is one Tensor, so that a module sees attention to itself.
    compared(make, inputs, settings)


def test_static_keys_and_values():
    weight, out_weight = normal(24, 8), normal(8, 8)
    found = []
    for lib, modules in LIBS:
        x, w, o = (given(lib, a) for a in (X, weight, out_weight))
        k, v = given(lib, normal(6, 4, 4)), given(lib, normal(6, 4, 4, seed=1))
        out, attention = modules.functional.multi_head_attention_forward(
            x, x, x, 8, 2, w, None, None, None, False, 0.0, o, None, static_k=k, static_v=v
        )
        out.sum().backward()
        found.append((out, attention, k.grad, v.grad, w.grad))
    for pair in zip(*found):
        agree(*pair, tolerance=1e-4)


SRC, TGT = normal(5, 3, 8), normal(4, 3, 8, seed=1)
SQUARE = np.triu(np.full((4, 4), -np.inf, "float32"), 1)
HIDDEN = np.zeros((3, 5)) > 0
HIDDEN[2, 3:] = True


def encoder(*args, layers=2, norm=False, **kwargs):
    def make(modules):
        layer = modules.TransformerEncoderLayer(8, 2, 16, *args, **kwargs)
        return modules.TransformerEncoder(layer, layers, modules.LayerNorm(8) if norm else None)

    return make


def decoder(*args, **kwargs):
    return lambda modules: modules.TransformerDecoder(modules.TransformerDecoderLayer(8, 2, 16, *args, **kwargs), 2)


def encoder_layer(**kwargs):
    return lambda modules: modules.TransformerEncoderLayer(8, 2, 16, **kwargs)


def decoder_layer(**kwargs):
    return lambda modules: modules.TransformerDecoderLayer(8, 2, 16, **kwargs)


def transformer(**kwargs):
    return lambda modules: modules.Transformer(8, 2, 2, 1, 16, **kwargs)


TRANSFORMERS = {
    "layer": (encoder_layer(), (SRC,), {}),
    "layer of a mask": (encoder_layer(dropout=0.0), (SRC,), {"src_mask": normal(5, 5)}),
    "layer of padding": (encoder_layer(norm_first=True), (SRC,), {"src_key_padding_mask": HIDDEN}),
    "layer, batch first": (encoder_layer(batch_first=True), (FIRST,), {}),
    "layer, batch and norm first": (encoder_layer(batch_first=True, norm_first=True), (FIRST,), {}),
    "layer of gelu": (encoder_layer(activation="gelu", bias=False, layer_norm_eps=1e-2), (SRC,), {}),
    "layer unbatched": (encoder_layer(dropout=0.0), (SRC[:, 0],), {}),
    "encoder": (encoder(norm=True), (SRC,), {}),
    "causal encoder": (encoder(), (TGT,), {"mask": SQUARE}),
    "encoder told so": (encoder(), (TGT,), {"mask": SQUARE, "is_causal": True}),
    "padded encoder": (encoder(batch_first=True), (FIRST,), {"src_key_padding_mask": HIDDEN}),
    "decoder layer": (decoder_layer(), (TGT, SRC), {"tgt_mask": SQUARE, "memory_mask": normal(4, 5)}),
    "decoder layer, batch first": (decoder_layer(batch_first=True), (FIRST, normal(3, 7, 8)), {}),
    "decoder layer, norm first": (decoder_layer(norm_first=True), (TGT, SRC), {"memory_key_padding_mask": HIDDEN}),
    "decoder": (decoder(activation="gelu"), (TGT, SRC), {"tgt_mask": SQUARE}),
    "decoder told so": (decoder(), (TGT, SRC), {"tgt_mask": SQUARE, "tgt_is_causal": True}),
    "transformer": (transformer(), (SRC, TGT), {"tgt_mask": SQUARE, "src_key_padding_mask": HIDDEN}),
    "transformer, batch first": (transformer(batch_first=True, dropout=0.0), (FIRST, normal(3, 7, 8)), {}),
    "transformer without bias": (transformer(bias=False, norm_first=True), (SRC, TGT), {}),
}


@pytest.mark.parametrize("name", TRANSFORMERS)
@pytest.mark.parametrize("train", [True, False])
def test_transformers(name, train):
    make, inputs, settings = TRANSFORMERS[name]
    compared(make, inputs, settings, train)


def test_state_dicts_are_exchanged():
    mine, theirs = (modules.Transformer(8, 2, 1, 1, 16, batch_first=True).eval() for _, modules in LIBS)
    state = theirs.state_dict()
    assert list(mine.state_dict()) == list(state)
    mine.load_state_dict({name: autograd.tensor(value.numpy()) for name, value in state.items()})
    inputs = FIRST, normal(3, 7, 8)
    agree(*(model(*(given(lib, x) for x in inputs)) for model, (lib, _) in zip((mine, theirs), LIBS)))


def test_layers_of_a_stack_are_copies():
    layer = nn.TransformerEncoderLayer(8, 2, 16, activation=nn.ReLU())
    stack = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
    first, second = stack.layers
    assert first is not layer and first.linear1.weight is not second.linear1.weight
    assert (first.linear1.weight == second.linear1.weight).all()
    assert layer.activation_relu_or_gelu == 1
    assert nn.TransformerEncoderLayer(8, 2, activation="gelu").activation_relu_or_gelu == 2
    assert nn.TransformerEncoderLayer(8, 2, activation=autograd.tanh).activation_relu_or_gelu == 0


def test_masks_of_sequences():
    mask = nn.Transformer.generate_square_subsequent_mask(3)
    expected = torch.nn.Transformer.generate_square_subsequent_mask(3)
    np.testing.assert_array_equal(mask.numpy(), expected.numpy())
    assert nn.Transformer.generate_square_subsequent_mask(2, dtype=autograd.float64).dtype is autograd.float64


x3 = lambda lib: lib.ones(5, 3, 8)
COMPLAINTS = {
    "no heads": lambda lib, m: m.MultiheadAttention(8, 0),
    "heads that don't divide": lambda lib, m: m.MultiheadAttention(8, 3),
    "4 dimensions": lambda lib, m: m.MultiheadAttention(8, 2)(x3(lib)[None], x3(lib), x3(lib)),
    "a key without a batch": lambda lib, m: m.MultiheadAttention(8, 2)(x3(lib), x3(lib)[0], x3(lib)[0]),
    "padding without a batch": lambda lib, m: m.MultiheadAttention(8, 2)(*[x3(lib)] * 3, lib.zeros(5)),
    "a mask of 4 dimensions":
        lambda lib, m: m.MultiheadAttention(8, 2)(*[x3(lib)] * 3, attn_mask=lib.zeros(1, 1, 5, 5)),
    "a mask of ints": lambda lib, m: m.MultiheadAttention(8, 2)(*[x3(lib)] * 3, attn_mask=lib.zeros(5, 5).long()),
    "a mask of another size": lambda lib, m: m.MultiheadAttention(8, 2)(*[x3(lib)] * 3, attn_mask=lib.zeros(5, 4)),
    "a mask of other heads": lambda lib, m: m.MultiheadAttention(8, 2)(*[x3(lib)] * 3, attn_mask=lib.zeros(5, 5, 5)),
    "a mask of heads without a batch":
        lambda lib, m: m.MultiheadAttention(8, 2)(*[x3(lib)[0]] * 3, attn_mask=lib.zeros(5, 3, 3)),
    "other padding": lambda lib, m: m.MultiheadAttention(8, 2)(*[x3(lib)] * 3, lib.zeros(3, 4)),
    "other features": lambda lib, m: m.MultiheadAttention(8, 2)(*[x3(lib)[..., :4]] * 3),
    "other values": lambda lib, m: m.MultiheadAttention(8, 2)(x3(lib), x3(lib), x3(lib)[:4]),
    "others of other sizes": lambda lib, m: m.MultiheadAttention(8, 2, kdim=4)(x3(lib), x3(lib)[:4, :, :4], x3(lib)),
    "causal without a mask": lambda lib, m: m.MultiheadAttention(8, 2)(*[x3(lib)] * 3, is_causal=True),
    "an activation": lambda lib, m: m.TransformerEncoderLayer(8, 2, activation="tanh"),
    "a mask of ints for a layer": lambda lib, m: m.TransformerEncoderLayer(8, 2)(x3(lib), lib.zeros(5, 5).long()),
    "batches": lambda lib, m: m.Transformer(8, 2, 1, 1, 8)(x3(lib), x3(lib)[:, :2]),
    "features": lambda lib, m: m.Transformer(4, 2, 1, 1, 8)(x3(lib), x3(lib)),
}  # fmt: skip


@pytest.mark.parametrize("name", COMPLAINTS)
def test_complaints(name):
    raised = []
    for lib, modules in LIBS:
        with pytest.raises(Exception) as caught, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            COMPLAINTS[name](lib, modules)
        raised.append(caught)
    mine, theirs = raised
    assert mine.type is theirs.type, theirs.value
    assert str(mine.value)


WARNINGS = {
    "norm first": {"norm_first": True},
    "batch last": {},
    "no bias": {"bias": False, "batch_first": True},
    "tanh": {"activation": "tanh", "batch_first": True},
    "odd": {"nhead": 1, "batch_first": True},
    "none": {"batch_first": True},
}


@pytest.mark.parametrize("name", WARNINGS)
def test_warnings(name):
    texts = []
    for lib, modules in LIBS:
        settings = {"nhead": 2, **WARNINGS[name]}
        if "activation" in settings:
            settings["activation"] = lib.tanh
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            modules.TransformerEncoder(modules.TransformerEncoderLayer(8, dim_feedforward=8, **settings), 1)
        texts.append([str(one.message) for one in caught])
    assert texts[0] == texts[1]


def test_masks_of_two_kinds_warn():
    for lib, modules in LIBS:
        layer = modules.TransformerEncoderLayer(8, 2, 8)
        with pytest.warns(UserWarning, match="Support for mismatched src_key_padding_mask and src_mask is deprecated"):
            layer(x3(lib), lib.zeros(5, 5), lib.zeros(3, 5) > 0)

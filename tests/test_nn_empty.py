"""Batches without samples go through every layer and loss, forward and back, with PyTorch's results."""

import pytest

import autograd
import nn

# By name: what makes the layer, the shapes of its inputs, and those of its integer inputs.
CASES = {}


def case(name, make, *shapes, integers=()):
    CASES[name] = make, shapes, integers


def of(name, *settings, **named):
    return lambda nn, lib: getattr(nn, name)(*settings, **named)


def function(name, **settings):
    """A function in the place of a layer."""

    def make(nn, lib):
        def layer(*inputs):
            return getattr(nn.functional, name)(*inputs, **settings)

        layer.parameters = layer.buffers = lambda: ()
        return layer

    return make


for name in (
    "ReLU", "ReLU6", "SELU", "SiLU", "LeakyReLU", "ELU", "GELU", "Softplus", "Hardtanh", "Sigmoid", "LogSigmoid",
    "Tanh", "Hardsigmoid", "Hardswish", "Mish", "CELU", "Hardshrink", "Softshrink", "Softsign", "Tanhshrink", "RReLU",
    "PReLU", "Identity", "Dropout", "AlphaDropout", "FeatureAlphaDropout",
):  # fmt: skip
    case(name, of(name), (0, 3))
for name in ("Softmax", "LogSoftmax", "Softmin"):
    for dim in (0, 1):
        case(f"{name} {dim}", of(name, dim=dim), (0, 3))
        case(f"{name} {dim} of no classes", of(name, dim=dim), (3, 0))
case("PReLU for channels", of("PReLU", 3), (0, 3))
case("GLU", of("GLU"), (0, 4))
case("GLU of rows", of("GLU", 0), (0, 4))
case("Softmax2d", of("Softmax2d"), (0, 3, 2, 2))
case("Threshold", of("Threshold", 0.1, 0.2), (0, 3))

for rank in (1, 2, 3):
    images = 0, 3, *(7,) * rank
    case(f"Dropout{rank}d", of(f"Dropout{rank}d"), images)
    case(f"BatchNorm{rank}d", of(f"BatchNorm{rank}d", 3), images)
    case(f"ConstantPad{rank}d", of(f"ConstantPad{rank}d", 2, 1.0), images)
    case(f"LPPool{rank}d", of(f"LPPool{rank}d", 2, 2), images)
    case(f"MaxPool{rank}d with indices", of(f"MaxPool{rank}d", 2, return_indices=True), images)
    case(f"InstanceNorm{rank}d", of(f"InstanceNorm{rank}d", 3), images)
    for settings in ({}, {"stride": 2}, {"padding": 1}, {"groups": 3}, {"dilation": 2}):
        case(f"Conv{rank}d {settings}", of(f"Conv{rank}d", 3, 6, 3, **settings), images)
        case(f"ConvTranspose{rank}d {settings}", of(f"ConvTranspose{rank}d", 3, 6, 3, **settings), images)
    for size in (1, 5):
        case(f"Conv{rank}d of {size}", of(f"Conv{rank}d", 3, 6, size), images)
    for mode in ("reflect", "circular", "replicate"):
        case(f"Conv{rank}d {mode}", of(f"Conv{rank}d", 3, 6, 3, padding=1, padding_mode=mode), images)
    for pool in ("MaxPool", "AvgPool", "AdaptiveMaxPool", "AdaptiveAvgPool"):
        for size in (2, 3):
            case(f"{pool}{rank}d {size}", of(f"{pool}{rank}d", size), images)
    for pad in ("ReflectionPad", "ReplicationPad", "ZeroPad", "CircularPad"):
        case(f"{pad}{rank}d", of(f"{pad}{rank}d", 2), images)
for mode, rank in (("nearest", 2), ("linear", 1), ("bilinear", 2), ("bicubic", 2), ("trilinear", 3)):
    case(f"Upsample {mode}", of("Upsample", scale_factor=2, mode=mode), (0, 3, *(4,) * rank))
case("Fold", of("Fold", 4, 2), (0, 12, 9))
case("Unfold", of("Unfold", 2), (0, 3, 4, 4))
case("ChannelShuffle", of("ChannelShuffle", 2), (0, 4, 3, 3))
case("Flatten", of("Flatten"), (0, 3, 4))
case("Unflatten", of("Unflatten", 1, (2, 2)), (0, 4))

case("Linear", of("Linear", 3, 2), (0, 3))
case("Linear of sequences", of("Linear", 3, 2), (2, 0, 3))
case("Linear to nothing", of("Linear", 3, 0), (2, 3))
case("Bilinear", of("Bilinear", 3, 4, 2), (0, 3), (0, 4))
case("LayerNorm", of("LayerNorm", 3), (0, 3))
case("RMSNorm", of("RMSNorm", 3), (0, 3))
case("GroupNorm", of("GroupNorm", 2, 4), (0, 4, 3))
case("LocalResponseNorm", of("LocalResponseNorm", 2), (0, 4, 3))
case("BatchNorm1d of no length", of("BatchNorm1d", 3), (2, 3, 0))

for name in ("LSTM", "GRU", "RNN"):
    for settings in ({}, {"bidirectional": True}, {"num_layers": 2}, {"bias": False}):
        case(f"{name} {settings}", of(name, 4, 5, **settings), (3, 0, 4))
    case(f"{name} batch first", of(name, 4, 5, batch_first=True), (0, 3, 4))
    case(f"{name}Cell", of(f"{name}Cell", 4, 5), (0, 4))
case("LSTM projected", of("LSTM", 4, 5, proj_size=2), (3, 0, 4))
case("RNN of ReLU", of("RNN", 4, 5, nonlinearity="relu"), (3, 0, 4))

for settings in ({}, {"padding_idx": 1}, {"max_norm": 1.0}):
    case(f"Embedding {settings}", of("Embedding", 5, 3, **settings), integers=[(0, 2)])
for mode in ("sum", "mean", "max"):
    case(f"EmbeddingBag {mode}", of("EmbeddingBag", 5, 3, mode=mode), integers=[(0, 2)])

case("CosineSimilarity", of("CosineSimilarity"), (0, 3), (0, 3))
case("PairwiseDistance", of("PairwiseDistance"), (0, 3), (0, 3))
for reduction in ("mean", "sum", "none"):
    for name in (
        "MSELoss", "L1Loss", "SmoothL1Loss", "HuberLoss", "BCELoss", "BCEWithLogitsLoss", "KLDivLoss",
        "HingeEmbeddingLoss", "PoissonNLLLoss", "MultiLabelSoftMarginLoss", "CrossEntropyLoss",
    ):  # fmt: skip
        case(f"{name} {reduction}", of(name, reduction=reduction), (0, 3), (0, 3))
    for name in ("CrossEntropyLoss", "NLLLoss"):
        case(f"{name} of classes {reduction}", of(name, reduction=reduction), (0, 3), integers=[(0,)])
        case(f"{name} of images {reduction}", of(name, reduction=reduction), (0, 3, 2, 2), integers=[(0, 2, 2)])
        weighted = lambda nn, lib, name=name, r=reduction: getattr(nn, name)(weight=lib.ones(3), reduction=r)
        case(f"{name} weighted {reduction}", weighted, (0, 3), integers=[(0,)])
    smooth = of("CrossEntropyLoss", label_smoothing=0.1, reduction=reduction)
    case(f"CrossEntropyLoss smoothed {reduction}", smooth, (0, 3), integers=[(0,)])
    for name in ("GaussianNLLLoss", "TripletMarginLoss"):
        case(f"{name} {reduction}", of(name, reduction=reduction), (0, 3), (0, 3), (0, 3))
    case(f"MarginRankingLoss {reduction}", of("MarginRankingLoss", reduction=reduction), (0,), (0,), (0,))
    case(f"CosineEmbeddingLoss {reduction}", of("CosineEmbeddingLoss", reduction=reduction), (0, 3), (0, 3), (0,))
case("KLDivLoss batchmean", of("KLDivLoss", reduction="batchmean"), (0, 3), (0, 3))

attention = "scaled_dot_product_attention"
case("attention", function(attention), (0, 2, 5, 4), (0, 2, 5, 4), (0, 2, 5, 4))
case("causal attention", function(attention, is_causal=True), (0, 2, 5, 4), (0, 2, 5, 4), (0, 2, 5, 4))
case("attention of no queries", function(attention), (2, 0, 4), (2, 5, 4), (2, 5, 4))
case("normalize", function("normalize"), (0, 3))
case("grid_sample", function("grid_sample", align_corners=False), (0, 3, 4, 4), (0, 2, 2, 2))

# PyTorch refuses these, or reads memory that isn't there.
OURS_ALONE = {
    "SoftMarginLoss": (of("SoftMarginLoss"), ((0, 3), (0, 3)), ()),
    "MultiMarginLoss": (of("MultiMarginLoss"), ((0, 3),), ((0,),)),
    "MultiLabelMarginLoss": (of("MultiLabelMarginLoss"), ((0, 3),), ((0, 3),)),
    "PixelShuffle": (of("PixelShuffle", 2), ((0, 4, 3, 3),), ()),
    "PixelUnshuffle": (of("PixelUnshuffle", 2), ((0, 3, 4, 4),), ()),
    "InstanceNorm2d with a scale": (of("InstanceNorm2d", 3, affine=True), ((0, 3, 2, 2),), ()),
    "EmbeddingBag of empty bags": (of("EmbeddingBag", 5, 3), (), ((2, 0),)),
    "pdist": (function("pdist"), ((0, 3),), ()),
    "attention to nothing": (function(attention), ((2, 3, 4), (2, 0, 4), (2, 0, 4)), ()),
}


def flat(results):
    return [part for result in results for part in flat(result)] if isinstance(results, (tuple, list)) else [results]


def run(lib, nn, make, shapes, integers):
    """What a layer gives, the gradients of its inputs and parameters, and its buffers afterwards."""
    layer = make(nn, lib)
    inputs = [lib.zeros(shape, requires_grad=True) for shape in shapes]
    results = flat(layer(*inputs, *[lib.zeros(shape, dtype=lib.int64) for shape in integers]))
    results[0].sum().backward()
    gradients = [x.grad for x in (*inputs, *layer.parameters())]
    shown = [*results, *gradients, *layer.buffers()]
    return [None if t is None else (tuple(t.shape), str(t.dtype).split(".")[-1], t.tolist()) for t in shown]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", CASES)
def test_nothing_gives_what_pytorch_gives(name):
    torch = pytest.importorskip("torch")
    ours, theirs = run(autograd, nn, *CASES[name]), run(torch, torch.nn, *CASES[name])
    assert str(ours).replace("-0.0", "0.0") == str(theirs).replace("-0.0", "0.0")


@pytest.mark.parametrize("name", OURS_ALONE)
def test_nothing_goes_through_forward_and_back(name):
    make, shapes, integers = OURS_ALONE[name]
    found = run(autograd, nn, make, shapes, integers)
    assert [shape for shape, *_ in found[1 : len(shapes) + 1]] == list(shapes)


@pytest.mark.parametrize("name", ["LSTM", "GRU", "RNN"])
def test_a_sequence_of_no_steps_is_refused(name):
    with pytest.raises(RuntimeError, match="sequence length to be larger than 0"):
        getattr(nn, name)(4, 5)(autograd.zeros(0, 2, 4))

"""What pooling, normalization, interpolation and activations cost, forward and backward.

python bench/layers.py [--seconds S] [--json FILE]
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)


import autograd
import nn

IMAGES = (32, 64, 32, 32)
ASKED = 1.0


def workloads():
    """For each its name, the shapes of input and weights, what is run of nn.functional, and the ratio that is asked."""
    pool = lambda F, x: F.max_pool2d(x, 2)
    yield "max_pool2d 2x2", (IMAGES,), pool, ASKED
    yield "max_pool2d 2x2, 14x14", ((64, 16, 14, 14),), pool, ASKED
    yield "max_pool2d 3x3 stride 2", ((32, 64, 56, 56),), lambda F, x: F.max_pool2d(x, 3, 2, 1), ASKED
    yield "avg_pool2d 2x2", (IMAGES,), lambda F, x: F.avg_pool2d(x, 2), ASKED
    yield "avg_pool2d 3x3 stride 2", ((32, 64, 56, 56),), lambda F, x: F.avg_pool2d(x, 3, 2, 1), ASKED
    yield "adaptive_avg_pool2d 1", ((32, 64, 56, 56),), lambda F, x: F.adaptive_avg_pool2d(x, 1), ASKED
    yield "adaptive_avg_pool2d 7", ((32, 64, 56, 56),), lambda F, x: F.adaptive_avg_pool2d(x, 7), ASKED
    batch_norm = lambda F, x, w, b: F.batch_norm(x, None, None, w, b, True)
    yield "batch_norm", (IMAGES, (64,), (64,)), batch_norm, ASKED
    yield "batch_norm 8x8", ((32, 64, 8, 8), (64,), (64,)), batch_norm, ASKED
    yield "batch_norm of features", ((128, 512), (512,), (512,)), batch_norm, ASKED
    layer_norm = lambda F, x, w, b: F.layer_norm(x, w.shape, w, b)
    yield "layer_norm 512", ((32, 128, 512), (512,), (512,)), layer_norm, ASKED
    yield "layer_norm 64", ((32, 64), (64,), (64,)), layer_norm, ASKED
    yield "rms_norm 512", ((32, 128, 512), (512,)), lambda F, x, w: F.rms_norm(x, w.shape, w), None
    yield "group_norm 8", (IMAGES, (64,), (64,)), lambda F, x, w, b: F.group_norm(x, 8, w, b), ASKED
    yield "instance_norm", (IMAGES, (64,), (64,)), lambda F, x, w, b: F.instance_norm(x, None, None, w, b), None
    for mode, at_most in (("bilinear", ASKED), ("nearest", None), ("bicubic", None)):
        run = lambda F, x, mode=mode: F.interpolate(x, scale_factor=2, mode=mode)
        yield f"interpolate {mode} x2", ((8, 64, 32, 32),), run, at_most
    yield "ctc_loss 400 steps", ((400, 16, 40),), ctc, ASKED
    for count in (1 << 20, 1 << 22):
        yield f"relu {count >> 20}M", ((count,),), lambda F, x: F.relu(x), ASKED
        yield f"gelu {count >> 20}M", ((count,),), lambda F, x: F.gelu(x), ASKED
    yield "gelu tanh 1M", ((1 << 20,),), lambda F, x: F.gelu(x, approximate="tanh"), ASKED
    yield "silu 1M", ((1 << 20,),), lambda F, x: F.silu(x), ASKED
    for name in (
        "leaky_relu", "relu6", "hardtanh", "elu", "selu", "celu", "mish", "hardswish", "hardsigmoid", "softplus",
        "sigmoid", "tanh", "logsigmoid", "hardshrink", "softshrink",
    ):  # fmt: skip
        yield f"{name} 1M", ((1 << 20,),), lambda F, x, name=name: getattr(F, name)(x), None


def ctc(F, scores):
    """The loss of 16 texts of 60 letters, of which there are 39."""
    letters = [[1 + (7 * row + s * s) % 39 for s in range(60)] for row in range(16)]
    return F.ctc_loss(scores.log_softmax(2), scores.new_tensor(letters).long(), [400] * 16, [60] * 16)


def training(lib, functional, shapes, run):
    """Forward and backward of ``run`` on random numbers, the gradients left where a training step has them."""
    lib.manual_seed(0)
    inputs = [lib.randn(*shape, requires_grad=True) for shape in shapes]
    upstream = lib.randn(run(functional, *inputs).shape)

    def step():
        run(functional, *inputs).backward(upstream)
        for x in inputs:
            x.grad = None

    return step


def main():
    options = arguments("layers", __doc__.splitlines()[0])
    torch = torch_or_none()
    report = Report(f"Layers, forward + backward: one thread, medians of interleaved runs, {options.seconds:g} s a row")
    for name, shapes, run, at_most in workloads():
        contenders = {"ours": training(autograd, nn.functional, shapes, run)}
        if torch:
            contenders["torch"] = training(torch, torch.nn.functional, shapes, run)
        report.add(name, interleaved(contenders, options.seconds), at_most)
    report.save(options.json)


if __name__ == "__main__":
    main()

"""What a step of an optimizer costs: of many small parameters, where Python decides, and of a large one.

python bench/optimizers.py [--seconds S] [--json FILE]
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import autograd
import optim

# How many parameters of how many values: an MLP of three layers, nets of many small layers, and a large one.
MLP = ((784, 128), (128,), (128, 64), (64,), (64, 10), (10,))
SMALL = ((1000,),) * 100
LAYERS = ((2000,),) * 60
LARGE = ((1024, 1024),)


def workloads():
    """For each the name of the optimizer, its settings, the shapes of the parameters, and the ratio that is asked."""
    yield "SGD", {}, SMALL, 0.2
    yield "Adam", {}, SMALL, 0.2
    yield "AdamW", {}, SMALL, 0.2
    yield "AdamW", {}, LAYERS, 0.1
    for name, settings in (
        ("SGD", {"momentum": 0.9}),
        ("Adam", {"amsgrad": True}),
        ("Adagrad", {}),
        ("Adadelta", {}),
        ("Adamax", {}),
        ("NAdam", {}),
        ("RAdam", {}),
        ("RMSprop", {}),
        ("RMSprop", {"centered": True, "momentum": 0.9}),
        ("Rprop", {}),
        ("ASGD", {}),
    ):
        yield name, settings, LAYERS, 1.0
    yield "Adafactor", {}, MLP, None
    yield "Muon", {}, ((128, 784), (64, 128)), None
    for name in ("SGD", "Adam"):
        yield name, {}, MLP, None
        yield name, {}, LARGE, 1.0


def step_of(library, methods, name, settings, shapes):
    """A step with the same gradients each time, which are small enough for the values to stay as they are."""
    library.manual_seed(0)
    params = [library.randn(*shape, requires_grad=True) for shape in shapes]
    for p in params:
        p.grad = library.randn(*p.shape) * 1e-3
    return getattr(methods, name)(params, **settings).step


def title(name, settings, shapes):
    options = "".join(f" {option}" for option in settings)
    sizes = f"{len(shapes)}x{'x'.join(map(str, shapes[0]))}" if len(set(shapes)) == 1 else f"{len(shapes)} of a net"
    return f"{name}{options}, {sizes}"


def main():
    options = arguments("optimizers", __doc__.splitlines()[0])
    torch = torch_or_none()
    report = Report(f"Optimizers: one thread, medians of interleaved runs, {options.seconds:g} s a row")
    for name, settings, shapes, at_most in workloads():
        contenders = {"ours": step_of(autograd, optim, name, settings, shapes)}
        if torch:
            contenders["torch"] = step_of(torch, torch.optim, name, settings, shapes)
        report.add(title(name, settings, shapes), interleaved(contenders, options.seconds), at_most)
    report.save(options.json)


if __name__ == "__main__":
    main()

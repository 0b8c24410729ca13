"""What attention, softmax and transformers cost, forward and backward, and whole steps of training.

python bench/attention.py [--seconds S] [--json FILE]
"""

from harness import Report, arguments, interleaved, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import autograd
import nn
import optim

HEADS, SIZE = 8, 64
LENGTHS = (64, 128, 256, 512, 1024)


def attention(lib, modules, length, causal):
    """The gradients of queries, keys and values (1, heads, length, size)."""
    lib.manual_seed(0)
    q, k, v = (lib.randn(1, HEADS, length, SIZE, requires_grad=True) for _ in range(3))
    upstream = lib.randn(1, HEADS, length, SIZE)

    def run():
        modules.functional.scaled_dot_product_attention(q, k, v, is_causal=causal).backward(upstream)
        q.grad = k.grad = v.grad = None

    return run


def softmax(lib, modules, name, shape):
    """The gradient of scores; of a cross-entropy with random targets."""
    lib.manual_seed(0)
    x = lib.randn(*shape, requires_grad=True)
    target, upstream = lib.randint(0, shape[1], (shape[0],)), lib.randn(*shape)

    def run():
        if name == "cross_entropy":
            modules.functional.cross_entropy(x, target).backward()
        else:
            getattr(modules.functional, name)(x, 1).backward(upstream)
        x.grad = None

    return run


def training(model, loss_of, optimizer):
    """A step: gradients, and what the optimizer does with them."""

    def run():
        optimizer.zero_grad()
        loss_of(model).backward()
        optimizer.step()

    return run


def encoder(lib, modules, optimizers, dropout):
    """A step of a transformer encoder of 4 layers: (batch 16, length 64, 128 features), 4 heads."""
    lib.manual_seed(0)
    layer = modules.TransformerEncoderLayer(128, 4, 512, dropout, batch_first=True)
    model = modules.TransformerEncoder(layer, 4)
    x, y = lib.randn(16, 64, 128), lib.randn(16, 64, 128)
    loss_of = lambda model: modules.functional.mse_loss(model(x), y)
    return training(model, loss_of, optimizers.Adam(model.parameters(), lr=1e-3))


def gpt(lib, modules, optimizers):
    """A step of a GPT of nanoGPT's shape: 2 layers, 4 heads, 64 features, length 64, batch 12, 65 characters."""

    class Block(modules.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = modules.LayerNorm(64), modules.LayerNorm(64)
            self.projections, self.output = modules.Linear(64, 192), modules.Linear(64, 64)
            self.wide, self.narrow = modules.Linear(64, 256), modules.Linear(256, 64)

        def forward(self, x):
            batch, length, size = x.shape
            heads = lambda part: part.view(batch, length, 4, size // 4).transpose(1, 2)
            q, k, v = map(heads, self.projections(self.norm1(x)).split(size, 2))
            y = modules.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + self.output(y.transpose(1, 2).contiguous().view(batch, length, size))
            return x + self.narrow(modules.functional.gelu(self.wide(self.norm2(x))))

    class GPT(modules.Module):
        def __init__(self):
            super().__init__()
            self.characters, self.places = modules.Embedding(65, 64), modules.Embedding(64, 64)
            self.blocks = modules.Sequential(Block(), Block())
            self.norm, self.scores = modules.LayerNorm(64), modules.Linear(64, 65, bias=False)

        def forward(self, text):
            x = self.characters(text) + self.places(lib.arange(text.shape[1]))
            return self.scores(self.norm(self.blocks(x)))

    lib.manual_seed(0)
    model = GPT()
    text = lib.randint(0, 65, (12, 65))
    before, after = text[:, :-1], text[:, 1:].reshape(-1)
    loss_of = lambda model: modules.functional.cross_entropy(model(before).reshape(-1, 65), after)
    return training(model, loss_of, optimizers.AdamW(model.parameters(), lr=1e-3) if hasattr(optimizers, "AdamW")
                    else optimizers.Adam(model.parameters(), lr=1e-3))  # fmt: skip


def workloads():
    """For each its name, what makes it, its arguments, and the ratio that is asked."""
    for length in LENGTHS:
        for causal in (False, True):
            yield f"attention {length}{' causal' * causal}", attention, (length, causal), 1.0, "us"
    for name, at_most in (("softmax", 0.8), ("log_softmax", 0.8), ("cross_entropy", 0.8)):
        for shape in ((600, 700), (768, 65)):
            yield f"{name} {shape}", softmax, (name, shape), at_most, "us"


def main():
    options = arguments("attention", __doc__.splitlines()[0])
    torch = torch_or_none()
    report = Report(f"Attention: one thread, medians of interleaved runs, {options.seconds:g} s a row")
    for name, make, settings, at_most, unit in workloads():
        contenders = {"ours": make(autograd, nn, *settings)}
        if torch:
            contenders["torch"] = make(torch, torch.nn, *settings)
        report.add(name, interleaved(contenders, options.seconds), at_most, unit)
    steps = {
        "step of an encoder": lambda *libs: encoder(*libs, 0.0),
        "step of an encoder, dropout 0.1": lambda *libs: encoder(*libs, 0.1),
        "step of a small GPT": gpt,
    }
    for name, make in steps.items():
        contenders = {"ours": make(autograd, nn, optim)}
        if torch:
            contenders["torch"] = make(torch, torch.nn, torch.optim)
        report.add(name, interleaved(contenders, options.seconds), 0.9, "ms")
    report.save(options.json)


if __name__ == "__main__":
    main()

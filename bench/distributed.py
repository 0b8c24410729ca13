"""What a training step costs on several ranks here, and what a model fitted to its parts predicts for more of them.

python bench/distributed.py [--seconds S] [--json FILE] [--picture FILE]

A ResNet-8 learns, with 64 images a rank and one thread a rank. Measured on two ranks: the step without communication
(``no_sync``), with all of it after the backward pass, and with what can be hidden behind that pass; then calls of
several sizes, to which latency and bandwidth are fitted.
"""

from harness import arguments  # isort: skip  (one thread is set before NumPy loads)

import json
import math
import statistics
import subprocess
import sys
import time

import numpy as np

import autograd
import nn
import nn.functional as F
import optim
from autograd import distributed as dist
from autograd.cli.ranks import command, launcher
from nn.parallel import DistributedDataParallel

BATCH = 64
# The network of the prediction, by name: seconds until a message arrives, and bytes a second.
NETWORK, LATENCY, BANDWIDTH = "10 Gbit/s Ethernet, 20 us", 20e-6, 1.25e9
SIZES = [1, 1 << 10, 1 << 14, 1 << 16, 1 << 18, 1 << 20]


class Block(nn.Module):
    """Two 3x3 convolutions, and the way around them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs),
        )  # fmt: skip
        around = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        self.around = nn.Identity() if stride == 1 else around

    def forward(self, x):
        return F.relu(self.body(x) + self.around(x))


def resnet8():
    """For images (N, 3, 32, 32): 78,042 parameters."""
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(), Block(16, 16, 1), Block(16, 32, 2),
        Block(32, 64, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10),
    )  # fmt: skip


def steps(seconds):
    """The seconds of a step in each mode, which take turns; the slowest rank decides."""
    images, labels = autograd.randn(BATCH, 3, 32, 32), autograd.randint(0, 10, (BATCH,))
    models = {
        "compute": DistributedDataParallel(resnet8(), broadcast_buffers=False),
        "after": DistributedDataParallel(resnet8(), broadcast_buffers=False, overlap=False),
        "overlapped": DistributedDataParallel(resnet8(), broadcast_buffers=False),
    }
    optimizers = {name: optim.SGD(model.parameters(), lr=0.01) for name, model in models.items()}

    def step(name):
        models[name].zero_grad()
        F.cross_entropy(models[name](images), labels).backward()
        optimizers[name].step()

    times = {name: [] for name in models}
    end = None
    while end is None or len(times["compute"]) < end:
        for name in models:
            dist.barrier()
            start = time.perf_counter()
            if name == "compute":
                with models[name].no_sync():
                    step(name)
            else:
                step(name)
            times[name].append(time.perf_counter() - start)
        if end is None and len(times["compute"]) == 5:
            # As many rounds on all ranks, after those that warm up.
            rounds = autograd.tensor(5 + seconds / (sum(t[-1] for t in times.values())))
            dist.all_reduce(rounds, dist.ReduceOp.MIN)
            end = 5 + max(5, int(rounds.item()))
    each = autograd.tensor([times[name][5:] for name in models], dtype=autograd.float64)
    # A step is as long as it is on the slowest rank. How much steps of one rank differ says how long the others wait.
    compute = each[0]
    own = autograd.stack([compute.median(), 1.4826 * (compute - compute.median()).abs().median()])
    dist.all_reduce(each, dist.ReduceOp.MAX)
    dist.all_reduce(own, dist.ReduceOp.AVG)
    slowest = dict(zip(models, map(statistics.median, each.tolist())))
    return {**slowest, "compute of a rank": own[0].item(), "deviation": own[1].item()}


def calls(seconds):
    """The seconds of an all_reduce, by its bytes."""
    found = {}
    for size in SIZES:
        x, times = autograd.zeros(size), []
        for _ in range(max(20, min(400, int(seconds / len(SIZES) / (1e-4 + size * 4e-9))))):
            dist.barrier()
            start = time.perf_counter()
            dist.all_reduce(x)
            times.append(time.perf_counter() - start)
        found[4 * size] = statistics.median(times)
    return found


def rank(seconds):
    """What each rank does; the first prints what was found."""
    dist.init_process_group()
    autograd.manual_seed(0)
    found = {"steps": steps(seconds)}
    if dist.get_world_size() > 1:
        found["calls"] = calls(seconds / 4)
    if dist.get_rank() == 0:
        print(json.dumps(found))


def measured(ranks, seconds):
    """What `rank` finds on so many ranks."""
    own = [sys.executable, __file__, "--rank", str(seconds)]
    done = subprocess.run([*command(launcher(), ranks), *own], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def fitted(calls):
    """Seconds of a message, and bytes a second: the least squares of what each size is off by, as a part of it.

    On two ranks, a call has three messages in a row: one says what it is, two pass halves of its bytes.
    """
    sizes, times = np.array([int(s) for s in calls], "d"), np.array(list(calls.values()))
    table = np.stack([3 / times, sizes / times], 1)
    (latency, per_byte), *_ = np.linalg.lstsq(table, np.ones(len(times)))
    return float(latency), float(1 / per_byte)


def communication(ranks, size, latency, bandwidth, buckets=4):
    """Seconds to average ``size`` bytes in ``buckets`` calls: each says what it is in log2(n) rounds, then the ring
    passes 2(n - 1)/n of its bytes in 2(n - 1) messages, or in 2·log2(n) larger ones if that is faster."""
    if ranks == 1:
        return 0.0
    rounds = math.ceil(math.log2(ranks))
    part = size / buckets
    ring = 2 * (ranks - 1) * latency + 2 * (ranks - 1) / ranks * part / bandwidth
    halving = 2 * rounds * latency + 2 * (ranks - 1) / ranks * part / bandwidth
    return buckets * (rounds * latency + min(ring, halving))


def waiting(ranks, deviation):
    """Seconds by which the slowest of so many ranks is expected to be slower than the mean: steps vary normally."""
    return deviation * statistics.NormalDist().inv_cdf((ranks - 0.375) / (ranks + 0.25)) if ranks > 1 else 0.0


def predicted(ranks, compute, deviation, size, latency, bandwidth, hidden):
    """The seconds of a step: compute, waiting for the slowest, and what is not hidden of communication."""
    shown = (1 - hidden) * communication(ranks, size, latency, bandwidth)
    return compute + waiting(ranks, deviation) + shown


def main():
    options = arguments("distributed", __doc__.splitlines()[0])
    picture = options.json.with_suffix(".png")
    one, two = measured(1, options.seconds), measured(2, options.seconds)
    size = 4 * sum(p.numel() for p in resnet8().parameters())
    steps_of_two, alone = two["steps"], one["steps"]["compute"]
    compute, after, overlapped = (steps_of_two[name] for name in ("compute", "after", "overlapped"))
    latency, bandwidth = fitted(two["calls"])
    hidden = min(max((after - overlapped) / (after - compute), 0.0), 1.0)
    print(f"ResNet-8, {BATCH} images a rank, {size:,} bytes of gradients, one thread a rank, medians of steps")
    print(f"  1 rank   {one['steps']['overlapped'] * 1e3:7.2f} ms")
    print(f"  2 ranks  {overlapped * 1e3:7.2f} ms, of which compute {compute / overlapped:.1%} (at least 85 %)")
    print(f"           {after * 1e3:7.2f} ms without overlap, which hides {hidden:.0%} (at least 33 %)")
    print(f"a call on 2 ranks here: 3 x {latency * 1e6:.0f} us + bytes / {bandwidth / 1e9:.2f} GB/s")
    for count, seconds in two["calls"].items():
        model = 3 * latency + int(count) / bandwidth
        print(f"  {int(count):>9,} bytes  {seconds * 1e6:8.0f} us measured, {model * 1e6:8.0f} us fitted")
    own, deviation = steps_of_two["compute of a rank"], steps_of_two["deviation"]
    for name, seconds, share in (("after the pass", after, 0.0), ("overlapped", overlapped, hidden)):
        model = predicted(2, own, deviation, size, latency, bandwidth, share)
        print(
            f"2 ranks here, {name}: {model * 1e3:.2f} ms by the model, {seconds * 1e3:.2f} ms measured "
            f"({model / seconds - 1:+.1%})"
        )
    spread = deviation / own * alone
    ranks = [1 << i for i in range(11)]
    curve = {n: predicted(n, alone, spread, size, LATENCY, BANDWIDTH, hidden) for n in ranks}
    print(f"by the model, a rank a machine, over {NETWORK}:")
    for n, seconds in curve.items():
        speed = n * BATCH / seconds
        print(
            f"  {n:5,} ranks  {seconds * 1e3:7.2f} ms a step, {speed:11,.0f} images/s, {alone / seconds:6.1%} of ideal"
        )
    record = {"one": one, "two": two, "latency": latency, "bandwidth": bandwidth, "hidden": hidden, "curve": curve}
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(record, indent=1) + "\n")
    draw(picture, curve, alone, {1: one["steps"]["overlapped"], 2: overlapped}, spread, hidden, size)
    print(f"written to {options.json} and {picture}")


def draw(path, curve, base, here, spread, hidden, size):
    """Images a second over ranks: predicted, ideal, and as measured here."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(8, 5.5), layout="constrained")
    ranks = list(curve)
    axes.loglog(ranks, [n * BATCH / base for n in ranks], "--", color="0.6", base=2, label="ideal")
    axes.loglog(ranks, [n * BATCH / t for n, t in curve.items()], "o-", base=2, label=f"predicted, {NETWORK}")
    axes.loglog(list(here), [n * BATCH / t for n, t in here.items()], "D", base=2, label="measured on this machine")
    for n in (2, 32, 1024):
        axes.annotate(f"{base / curve[n]:.0%}", (n, n * BATCH / curve[n]), (8, -14), textcoords="offset points")
    axes.set(xlabel="ranks", ylabel="images a second", xticks=ranks, xticklabels=[f"{n:,}" for n in ranks])
    axes.set_title(
        f"ResNet-8, {BATCH} images a rank: a step computes {base * 1e3:.0f} ms ± {spread * 1e3:.1f} ms, averages "
        f"{size / 1e3:.0f} kB\nin 4 buckets, {hidden:.0%} of it hidden; one rank a machine, {NETWORK}, full bisection",
        fontsize=10,
    )
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--rank"]:
        rank(float(sys.argv[2]))
    else:
        main()

"""How much memory the training step of ResNet-8 takes.

python bench/memory.py [--json FILE]

Each library trains in processes of its own, on one thread, with the network and batch of bench/conv.py; given is the
median over these processes of the peak of resident memory (VmHWM of Linux, so that what code and libraries take counts
as what arrays do). Our kernels are compiled before: a process loads them, and Numba, at its first step, where PyTorch
loads all it has at its import. So there are three figures: all that the process takes; what is added by the steps to a
process that has made one on a single image, which is what arrays take; and what is added by the first steps of all to a
process that has imported the library and made network and batch.
"""

from harness import Report, arguments, torch_or_none  # isort: skip  (one thread is set before NumPy loads)

import re
import statistics
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from conv import resnet8, training_step

STATUS = Path("/proc/self/status")
PROCESSES, STEPS = 3, 10
BATCH, ONE = (32, 3, 32, 32), (1, 3, 32, 32)


def resident(kind):
    """VmRSS, what this process has in memory, or VmHWM, the most that it ever had, in bytes."""
    return 1024 * int(re.search(rf"{kind}:\s+(\d+) kB", STATUS.read_text())[1])


def libraries(name):
    """The library, its modules and its optimizers."""
    if name == "torch":
        torch = torch_or_none()
        return torch, torch.nn, torch.optim
    import autograd
    import nn
    import optim

    return autograd, nn, optim


def peaks(name, warm):
    """The peak of this process, and how much of it is above what there was before the steps."""
    modules = libraries(name)
    if warm:
        training_step(*modules, resnet8, ONE)()
    step = training_step(*modules, resnet8, BATCH)
    before = resident("VmRSS")
    for _ in range(STEPS):
        step()
    return resident("VmHWM"), resident("VmHWM") - before


def in_new_processes(name, warm):
    """The medians of what `peaks` gives in several processes."""
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as pool:
        found = list(pool.map(peaks, [name] * PROCESSES, [warm] * PROCESSES))
    return [statistics.median(column) for column in zip(*found)]


def main():
    options = arguments("memory", __doc__.partition("\n")[0])
    if not STATUS.exists():
        print(f"{STATUS}, where Linux says how much memory a process has, is not here")
        return
    names = ["ours", *["torch"] * bool(torch_or_none())]
    report = Report(f"Peak of resident memory, ResNet-8 with a batch of 32: medians of {PROCESSES} processes")
    in_new_processes("ours", False)  # compiles what isn't
    cold, warm = ({name: in_new_processes(name, state) for name in names} for state in (False, True))
    report.add("the process", {name: whole for name, (whole, _) in cold.items()}, 1.1, "MB")
    report.add("steps, after one on an image", {name: added for name, (_, added) in warm.items()}, 1.1, "MB")
    report.add("first steps, after the import", {name: added for name, (_, added) in cold.items()}, None, "MB")
    report.save(options.json)


if __name__ == "__main__":
    main()

"""Run the scripts with this package in PyTorch's place, compare with the numbers PyTorch gave, and write the table.

`make clients` calls it: ``python tests/clients/compare.py [NAME ...]``. With ``--record`` the scripts run under the
PyTorch that is installed, which gives the numbers that are compared with.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).parent
SCRIPTS, NUMBERS, TABLE = HERE / "scripts", HERE / "numbers", HERE / "README.md"
# What is between these marks in the README is written here.
BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"
TOLERANCE = 1e-5


def names() -> list[str]:
    """The libraries by the name of their distribution, in the order of the table."""
    return sorted(path.stem.removeprefix("client_") for path in SCRIPTS.glob("client_*.py"))


def installed(name: str) -> str | None:
    """The version of a library that is installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def run(name: str, pytorch: bool = False) -> list[float | str]:
    """What the script of a library keeps. RuntimeError with what it says where it fails."""
    paths = [str(HERE), str(HERE.parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths)), "TQDM_DISABLE": "1"}
    script = str(SCRIPTS / f"client_{name}.py")
    command = [sys.executable, *([] if pytorch else ["-m", "autograd", "run"]), script]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip() or done.stdout.strip()}")
    found: list[float | str] = json.loads(done.stdout.splitlines()[-1])
    return found


def recorded(name: str) -> list[float | str]:
    """What the script keeps under PyTorch."""
    found: list[float | str] = json.loads((NUMBERS / f"{name}.json").read_text())["numbers"]
    return found


def difference(ours: list[float | str], theirs: list[float | str]) -> float:
    """The largest difference, of large numbers relative to them. Texts are alike or not."""
    if len(ours) != len(theirs):
        return float("inf")
    return max(_apart(x, y) for x, y in zip(ours, theirs))


def _apart(x: float | str, y: float | str) -> float:
    if x == y or (x != x and y != y):
        return 0.0
    if isinstance(x, str) or isinstance(y, str):
        return float("inf")
    apart = abs(x - y) / max(1.0, abs(y))
    return apart if apart == apart else float("inf")


def record(name: str) -> None:
    """Write down what PyTorch gives."""
    made = {"library": installed(name), "torch": installed("torch"), "numbers": run(name, pytorch=True)}
    NUMBERS.mkdir(exist_ok=True)
    (NUMBERS / f"{name}.json").write_text(json.dumps(made) + "\n")


def row(name: str) -> tuple[str, bool]:
    """A line of the table, and whether the library is well."""
    found = installed(name)
    if found is None:
        return f"| {name} | | not installed | |", True
    try:
        apart = difference(run(name), recorded(name))
    except RuntimeError as error:
        return f"| {name} | {found} | fails: {str(error).splitlines()[-1][:100]} | |", False
    well = apart < TOLERANCE
    return f"| {name} | {found} | {'equal' if well else 'differs'} | {apart:.0e} |", well


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="the libraries; all of them, and the table is written, if not given")
    parser.add_argument("--record", action="store_true", help="write down what PyTorch gives")
    args = parser.parse_args()
    chosen = args.names or names()
    if args.record:
        for name in chosen:
            record(name)
            print("recorded", name, flush=True)
        return 0
    lines, all_well = ["| library | version | verdict | largest difference |", "|---|---|---|---|"], True
    print("\n".join(lines))
    for name in chosen:
        line, well = row(name)
        print(line, flush=True)
        lines.append(line)
        all_well = all_well and well
    if not args.names:
        before, _, rest = TABLE.read_text().partition(BEGIN)
        TABLE.write_text(f"{before}{BEGIN}" + "\n".join(lines) + f"\n{END}{rest.partition(END)[2]}")
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main())

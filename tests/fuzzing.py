"""Every public op and function on arguments that nobody thought of, beside PyTorch, in processes that may die of it.

A case is a row's name and a number: the number draws a sample of the row and what becomes of its arguments (other
values, dtypes, strides, sizes, numbers out of range). Ours and PyTorch's are called with equal arguments, forward and
back. Both refuse, or both give the same shapes, dtypes and numbers; everything else is a finding, unless one of
``fuzz/reasons.py`` says why it has to be so.

    python tests/fuzzing.py --seconds 3600 --seed 1     one hour, each finding and how many there are of each severity
    python tests/fuzzing.py --only sort --seconds 60    of one row
    python tests/fuzzing.py --case sort:17              one case again, with all that it was given and gave
"""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from collections import Counter

from fuzz.cases import PUBLIC, Case
from fuzz.comparing import SEVERITIES
from fuzz.processes import findings
from fuzz.reasons import unexplained


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", metavar="NAME", action="append")
    parser.add_argument("--case", metavar="NAME:NUMBER")
    options = parser.parse_args()
    if options.case:
        name, _, number = options.case.rpartition(":")
        case = Case.drawn(name, int(number))
        print(case, case.args, case.params, *findings([(name, int(number))]), sep="\n")
        return
    names = options.only or PUBLIC
    rounds = itertools.count(10**6 * options.seed)
    counts: Counter[str] = Counter()
    cases = ((name, number) for number in rounds for name in names)
    for finding in unexplained(findings(cases, time.monotonic() + options.seconds)):
        counts[finding.severity] += 1
        print(finding, flush=True)
    found = ", ".join(f"{counts[severity]} {severity}" for severity in SEVERITIES if counts[severity])
    print(f"up to number {next(rounds) - 1} of {len(names)} rows: {found or 'nothing found'}")
    sys.exit(bool(counts))


if __name__ == "__main__":
    main()

"""The steps of a trace told in lines of plain text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from .formulas import plain_amount
from .labels import FEW
from .schema import Record, Step

# The numbers of an array are written if there are at most so many.
SHOWN = 24


def headline(record: Record, step: Step) -> str:
    """What happens in a step.

    >>> headline({"nodes": {"n1": {"name": "y", "op": "mul"}}}, {"kind": "call", "node": "n1"})
    'mul makes y'
    """
    nodes = record["nodes"]
    node, parent = nodes[step["node"]], nodes.get(step.get("parent"), {}).get("name", "")
    match step["kind"]:
        case "call":
            return f"{node['op']} makes {node['name']}"
        case "start":
            return f"the walk back sets out from {node['name']}"
        case "local":
            return f"{node['op']} passes back to {parent}"
        case "accumulate":
            return f"the gradient of {parent} adds up"
        case "hook":
            return f"a hook changes the gradient of {node['name']}"
        case "leaf":
            return f"the gradient has arrived at {node['name']}"
        case _:
            return f"{step['optimizer']} moves {node['name']}"


def transcript(record: Record) -> Iterator[str]:
    """Every step as a few lines of plain text."""
    steps = record["steps"]
    width = len(str(len(steps)))
    indent = " " * (2 * width + 3)
    for number, step in enumerate(steps, 1):
        yield f"{number:{width}}/{len(steps)}  {step['phase']}: {headline(record, step)}"
        yield f"{indent}{step['formula']}"
        yield from (
            f"{indent}{line}" for line in (step["numbers"], *_result(record, step), *remarks(record, step)) if line
        )


def _result(record: Record, step: Step) -> list[str]:
    """The numbers of a small array that a step made."""
    key = {"call": "value", "local": "contribution", "accumulate": "after", "start": "gradient"}.get(
        step["kind"], "after"
    )
    number = record["nodes"][step["node"]]["value"] if step["kind"] == "call" else step.get(key)
    array = None if number is None else record["arrays"][number]
    if array is None or not 1 < len(array["cells"]) <= SHOWN or len(array["cells"]) != math.prod(array["shape"]):
        return []
    if len(array["shape"]) == 1 and len(array["cells"]) <= FEW:
        # They are in the formula.
        return []
    words = [plain_amount(float(cell)) for cell in array["cells"]]
    columns, width = array["shape"][-1], max(map(len, words))
    starts = range(0, len(words), columns)
    return ["  ".join(f"{word:>{width}}" for word in words[start : start + columns]) for start in starts]


def remarks(record: Record, step: Step) -> list[str]:
    """What else there is to say of a step: the rule, where in the user's code it is, what finite differences say."""
    return [line for line in (_rule(step), *_lines(record, step), _place(record, step), _check(step)) if line]


def _lines(record: Record, step: Step) -> list[str]:
    """How the step of an optimizer came about."""
    return [_line_of(line) for line in step.get("lines", ())]


def _line_of(line: dict[str, Any]) -> str:
    formula = f"{line['name']} = {line['formula'].replace('{', '').replace('}', '')}"
    return f"{formula} = {line['numbers']}" if line["numbers"] else formula


def _rule(step: Step) -> str:
    return f"rule  {step['rule']}" if step.get("rule") else ""


def _place(record: Record, step: Step) -> str:
    line = record["nodes"][step["node"]]["line"] if step["kind"] == "call" else None
    return f"{line['file']}:{line['number']}  {line['text']}" if line else ""


def _check(step: Step) -> str:
    check = step.get("check")
    if not check:
        return ""
    at = f" at {check['cell']}" if check["cell"] else ""
    verdict = "agrees" if check["agrees"] else "differs"
    numbers = f"{plain_amount(float(check['measured']))} beside {plain_amount(float(check['gradient']))}"
    return f"finite differences: {numbers}{at}, {verdict}"

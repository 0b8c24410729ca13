"""A trace in a terminal, one step at a time, with colours: on the package `rich`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from .formulas import plain_amount
from .schema import Record, Step
from .transcript import headline, remarks

# A block of at most so many rows and columns is shown of an array.
ROWS, COLUMNS = 12, 16
# Up to so many numbers are written.
FEW = 24
STYLES = {"forward": "bold blue", "backward": "bold dark_orange3", "update": "bold green"}
# The ends of the diverging scale: negative and positive.
NEGATIVE, POSITIVE = (33, 102, 172), (192, 57, 43)
MOVES = {"right": 1, "down": 1, " ": 1, "enter": 1, "n": 1, "left": -1, "up": -1, "p": -1, "backspace": -1}


def play_by_key(record: Record, pressed: Iterable[str]) -> None:
    """Show one step at a time: arrows, space, Home and End move, q ends."""
    now, last = 0, len(record["steps"]) - 1
    with Live(screen_of(record, 0), console=Console(), screen=True, auto_refresh=False) as live:
        for key in pressed:
            if key in ("q", "escape"):
                break
            now = {"home": 0, "end": last}.get(key, max(0, min(last, now + MOVES.get(key, 0))))
            live.update(screen_of(record, now), refresh=True)


def screen_of(record: Record, number: int) -> RenderableType:
    """One step, with the leaves below it."""
    step = record["steps"][number]
    style = STYLES[step["phase"]]
    parts: list[Any] = [
        Text(headline(record, step), style="bold"),
        Text(step["formula"]),
        Text(step["numbers"], style=style),
        *(Text(line, style="dim") for line in remarks(record, step)),
        Text(),
        _maps(record, step),
        Text(),
        _leaves(record, number),
    ]
    title = f"{record['title']}: {step['phase']} {number + 1}/{len(record['steps'])}"
    return Panel(
        Group(*parts),
        title=Text(title, style=style),
        subtitle="← → step   Home End   q quit",
        border_style=style.split()[-1],
    )


def _maps(record: Record, step: Step) -> RenderableType:
    node = record["nodes"][step["node"]]
    if step["kind"] == "call":
        shown = [(record["nodes"][key]["name"], value) for key, value in zip(node["inputs"], node["arguments"])]
        shown.append((node["name"], node["value"]))
    else:
        wanted = ("upstream", "local", "contribution", "before", "added", "gradient", "after")
        shown = [(name, step[name]) for name in wanted if step.get(name) is not None]
    return Columns(
        [_block(name, record["arrays"][value]) for name, value in shown if value is not None], padding=(0, 3)
    )


def _block(name: str, array: dict[str, Any]) -> RenderableType:
    """An array as coloured cells: of one with many dimensions the first plane."""
    shape = "×".join(map(str, array["shape"])) or "scalar"
    made = Text(f"{name} {shape}\n", style="dim")
    cells = array["cells"]
    if len(cells) == 1:
        return made.append(plain_amount(float(cells[0])), style="bold not dim")
    if 0 < len(cells) <= FEW:
        return made.append_text(_numbers(array))
    columns = len(array["index"][-1]) if array["index"] else 1
    rows = len(array["index"][-2]) if len(array["index"]) > 1 else 1
    most = max(abs(array["min"] or 0), abs(array["max"] or 0)) or 1
    for row in range(min(rows, ROWS)):
        for cell in cells[row * columns : row * columns + min(columns, COLUMNS)]:
            made.append("  ", style=f"on {_colour(float(cell) / most)}")
        made.append("\n")
    return made


def _numbers(array: dict[str, Any]) -> Text:
    """The numbers of a small array on their colours, a row a line."""
    columns, made = array["shape"][-1], Text(style="not dim")
    words = [plain_amount(float(cell)) for cell in array["cells"]]
    width = max(map(len, words)) + 2
    most = max(abs(array["min"] or 0), abs(array["max"] or 0)) or 1
    for place, (word, cell) in enumerate(zip(words, array["cells"]), 1):
        made.append(f"{word:^{width}}", style=f"bright_white on {_colour(float(cell) / most)}")
        made.append("" if place % columns else "\n")
    return made


def _colour(share: float) -> str:
    """Of a diverging scale with a dark middle at 0; purple of NaN."""
    if share != share:
        return "#a04fd8"
    end, weight = (NEGATIVE if share < 0 else POSITIVE), min(1.0, abs(share)) ** 0.7
    return "#" + "".join(f"{round(40 + (part - 40) * weight):02x}" for part in end)


def _leaves(record: Record, number: int) -> RenderableType:
    """Every leaf with its gradient so far."""
    table = Table("leaf", "gradient so far", box=None, header_style="dim", pad_edge=False)
    gradients: dict[str, int] = {}
    complete = set()
    for step in record["steps"][: number + 1]:
        if "parent" in step and "after" in step:
            gradients[step["parent"]] = step["after"]
        elif step["kind"] == "leaf":
            gradients[step["node"]] = step["gradient"]
            complete.add(step["node"])
    for key, node in record["nodes"].items():
        if not node["op"] and node["kind"] not in ("constant", "buffer"):
            array = record["arrays"][gradients[key]] if key in gradients else None
            style = "bold" if key in complete else "dim"
            table.add_row(node["name"], "waits" if array is None else _in_short(array), style=style)
    return table


def _in_short(array: dict[str, Any]) -> str:
    if len(array["cells"]) == 1:
        return plain_amount(float(array["cells"][0]))
    return f"norm {plain_amount(float(array['norm'] or 0))}"

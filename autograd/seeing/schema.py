"""What is in the record of a trace: plain data, which the page and the terminal play, and which any program can read.

It is made of what JSON has: dicts with str keys, lists, str, int, float, bool and None.

``format``, ``version``, ``title``
    "chalkgrad trace", 2, and what the page is called.
``nodes``
    By key, in reading order: every call, leaf and constant. ``kind`` ("op", "result", "leaf", "parameter", "buffer",
    "input", "constant"), ``name``, ``op`` and ``symbol`` ("" of what is no call), ``shape``, ``dtype``, ``modules``
    around it from the outside in, ``inputs`` (keys, in the order of the arguments) and ``arguments`` (numbers of
    arrays: what these were at the time of the call), ``value`` (number of an array; of a leaf, when it was first used),
    ``line`` of the user's code, or inside of a call of the op's (``file``, ``number``, ``text``; None where unknown),
    ``derivative`` (a text for each argument), ``settings``, ``cells``: for each input which of its elements an element
    was made of (see `cells`), and ``inside``: of a fused call that can be opened the place of its record in
    ``insides``.
``arrays``
    Summaries (see `summary`), which all else refers to by their place in this list.
``insides``
    Records of what fused calls consist of, with ``title``, ``nodes``, ``arrays`` and ``steps`` of their own: the calls
    of the op's reference, run on the arguments that were recorded.
``steps``
    In the order in which they happened. Each has ``phase``, ``kind``, ``node``, ``formula`` in symbols and ``numbers``.

    ==========  ============  ====================================================================================
    phase       kind          and besides
    ==========  ============  ====================================================================================
    forward     call          nothing: the node says it all
    backward    start         ``gradient``: what the walk sets out with
    backward    local         ``argument`` (its number) and ``parent``; ``upstream``, ``local`` (the derivative, where
                              there is one for each element), ``product``, ``axes`` that are summed to undo
                              broadcasting, ``contribution``; ``rule``: the derivative as text; ``cells``, ``reduced``;
                              ``after``: the gradient of the parent, if this is the first part of it
    backward    accumulate    what adds up from the second part on: ``argument``, ``parent``; ``before``, ``added``,
                              ``after``
    backward    hook          ``before`` and ``after``: of a gradient, of which a hook made another
    backward    leaf          ``gradient`` that arrived; ``before`` and ``after``: of ``.grad``; ``check`` by finite
                              differences: ``cell``, ``measured``, ``gradient``, ``along`` (``measured``, ``norm``),
                              ``noise``: how far off rounding may be, ``agrees``
    update      update        ``optimizer``, ``settings``, ``gradient``, ``before``, ``after``; ``straight``: whether it
                              is a step against the gradient; ``lines``: ``name``, ``formula`` (with the names of
                              what it is made of in braces), ``given`` (arrays, by these names), ``value``, ``numbers``
    ==========  ============  ====================================================================================

    Those of the phase "backward" have ``walk``, which tells one backward pass from the next. Those of calls and steps
    back that a compiled function replays in one go have the same number ``together``.
"""

from __future__ import annotations

from typing import Any

FORMAT, VERSION = "chalkgrad trace", 2

Record = dict[str, Any]
Step = dict[str, Any]

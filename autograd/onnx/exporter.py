"""`export`: a model as an ONNX file."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

from ..engine.above import is_module, is_parameter
from ..utils.files import replacing
from .arguments import Arguments, Axes
from .calls import Value
from .graph import Graph
from .loader import OURS
from .package import onnx_package
from .runs import Run, exported_run, state_of
from .sizes import Size

OLDEST, USUAL = 17, 20
# The largest file that the format allows.
LARGEST = 2**31 - 1


def export(
    model: Any,
    args: Any = (),
    f: str | os.PathLike[str] | None = None,
    *,
    kwargs: Mapping[str, Any] | None = None,
    input_names: Sequence[str] | None = None,
    output_names: Sequence[str] | None = None,
    opset_version: int = USUAL,
    dynamic_axes: Mapping[str, Any] | None = None,
    dynamic_shapes: Any = None,
) -> Any:
    """Write what ``model(*args, **kwargs)`` computes, in eval mode, to the ONNX file ``f``; the ``onnx.ModelProto``.

    What is written are the calls that ran: a branch that the inputs decide is the one that they took, a loop is written
    out. Parameters are initializers under their names in the state dict. The model is afterwards as it was.

    model: a module, or a function of Tensors. args: example inputs, a tuple or one Tensor; kwargs: further ones.
    f: the path; without one nothing is written. input_names, output_names: by default what ``forward`` calls its
    arguments, and ``output``. opset_version: from 17 on. dynamic_axes: axes whose size may differ in each call,
    ``{"x": {0: "batch"}}`` or ``{"x": [0]}`` by the names of inputs; dynamic_shapes: the same by the names of
    arguments, ``{"x": {0: "batch"}}``, or in their order, ``({0: "batch"},)``. Axes of one name have one size.
    A model with dynamic axes runs with other sizes too, to see what depends on them.

    NotImplementedError for an op that ONNX has no nodes for: it says which, and where it was called. RuntimeError for
    numbers that were computed past the ops, as by NumPy, and for what changes in other ways than sizes do. ValueError
    for names and axes that there aren't. ImportError without the package ``onnx``: ``pip install 'chalkgrad[onnx]'``.

    >>> import os, tempfile
    >>> import autograd.onnx
    >>> model = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    >>> path = os.path.join(tempfile.mkdtemp(), "model.onnx")
    >>> made = autograd.onnx.export(model, autograd.ones(4, 2), path, dynamic_axes={"input": {0: "batch"}})
    >>> [node.op_type for node in made.graph.node], [one.name for one in made.graph.initializer]
    (['Gemm', 'Relu'], ['0.weight', '0.bias'])
    >>> x = autograd.ones(7, 2)
    >>> autograd.allclose(autograd.onnx.load(path)(x), model(x))
    True
    """
    onnx = onnx_package()
    newest = onnx.defs.onnx_opset_version()
    if not isinstance(opset_version, int) or not OLDEST <= opset_version <= newest:
        raise ValueError(f"onnx.export: opset_version must be from {OLDEST} to {newest}, not {opset_version!r}")
    given = Arguments(model, args, kwargs, input_names)
    axes = given.axes(dynamic_axes, dynamic_shapes, output_names or ["output"])
    run = exported_run(model, given, axes, opset_version)
    made = _model_of(model, run, axes, opset_version, output_names)
    if made.ByteSize() > LARGEST:
        raise ValueError(f"onnx.export: the file would have {made.ByteSize():,} bytes; ONNX files end at 2 GB")
    onnx.checker.check_model(made)
    if f is not None:
        with replacing(f) as file:
            file.write(made.SerializeToString())
    return made


def _model_of(model: Any, run: Run, axes: Axes, opset: int, output_names: Sequence[str] | None) -> Any:
    state = [name for name, _ in state_of(model)]
    for value in run.inputs:
        if value.name in state:
            raise ValueError(
                f"onnx.export: {value.name!r} is the name of an input and of a parameter; rename it by input_names"
            )
    where = {label: (name, axis) for name, found in reversed(axes.items()) for axis, label in found.items()}
    graph = Graph(opset, where)
    for value in run.inputs:
        graph.add_input(value)
    read = {id(value): value for call in run.calls for value in call.values() if value.name}
    for value in [*read.values(), *run.outputs]:
        if value.name and value.source is None:
            graph.add_initializer(value)
    for call in run.calls:
        graph.add(call)
    names = _output_names(run.outputs, output_names)
    outputs = [_described(graph, name, value, _label(value)) for name, value in zip(names, run.outputs)]
    _call_outputs(graph, run, names)
    inputs = [_described(graph, value.name, value, axes.get(value.name, {})) for value in run.inputs]
    helper = graph.onnx.helper
    made = helper.make_graph(
        graph.nodes, type(model).__name__ if is_module(model) else "function", inputs, outputs,
        [graph.initializers[name] for name in state if name in graph.initializers],
    )  # fmt: skip
    whole = helper.make_model(made, producer_name="chalkgrad", opset_imports=[helper.make_opsetid("", opset)])
    buffers = [name for name, one in state_of(model) if name in graph.initializers and not is_parameter(one)]
    helper.set_model_props(whole, {OURS: json.dumps(buffers)})
    # Read by runtimes that are older than the package that wrote it.
    whole.ir_version = helper.find_min_ir_version_for(whole.opset_import)
    return whole


def _output_names(outputs: Sequence[Value], given: Sequence[str] | None) -> list[str]:
    count = len(outputs)
    names = ["output"] if count == 1 else [f"output_{i}" for i in range(count)]
    if given is not None:
        if len(set(given)) != len(given) or len(given) > count:
            raise ValueError(
                f"onnx.export: output_names must be different names for at most {count} outputs, not {list(given)}"
            )
        names[: len(given)] = given
    return names


def _call_outputs(graph: Graph, run: Run, names: Sequence[str]) -> None:
    """Give the outputs their names: that of the node's result, if it is one that nothing else is called."""
    found = [graph.name(value) for value in run.outputs]
    made = {output for node in graph.nodes for output in node.output}
    for name, old in zip(names, found):
        if name in graph.taken and name != old:
            raise ValueError(f"onnx.export: {name!r} is the name of an output and of something else; use output_names")
        graph.taken.add(name)
        if old not in made or found.count(old) > 1:
            graph.nodes.append(graph.onnx.helper.make_node("Identity", [old], [name], name=f"{name}_identity"))
            continue
        for node in graph.nodes:
            for names_of in (node.input, node.output):
                for i, one in enumerate(names_of):
                    if one == old:
                        names_of[i] = name


def _label(value: Value) -> dict[int, str]:
    return {
        axis: str(size).replace(" ", "")
        for axis, size in enumerate(value.shape)
        if isinstance(size, Size) and size.axes
    }


def _described(graph: Graph, name: str, value: Value, dynamic: Mapping[int, str]) -> Any:
    """What the file says of an input or output: its dtype, and its shape with the names of dynamic axes."""
    helper = graph.onnx.helper
    shape = [dynamic.get(i, None if isinstance(size, Size) else size) for i, size in enumerate(value.shape)]
    return helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype), shape)

"""`load`: an ONNX file as a module."""

from __future__ import annotations

import importlib
import json
import math
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

import nn

from ..engine.tensor import Tensor, wrap
from ..types.dtypes import canonical
from .from_onnx import TABLE
from .from_onnx.registry import How
from .model import Graph, OnnxModule, Step
from .package import onnx_package

# The inputs of nodes that are no weights, though they are numbers in the file: they are buffers.
SETTINGS = {
    "BatchNormalization": (3, 4),
    "Clip": (1, 2),
    "Dropout": (1,),
    "OneHot": (2,),
    "Pad": (2,),
    "Range": (0, 1, 2),
    "Resize": (1, 2),
    "Upsample": (1,),
}
OURS = "chalkgrad.buffers"


def load(f: str | os.PathLike[str]) -> OnnxModule:
    """The model in the ONNX file ``f``, as a module that computes the same and can be trained.

    Its parameters are the initializers of the file that are floats, under their names; what is no weight, such as the
    running mean of a batch norm, integers and single numbers, are buffers. It is in eval mode; in training mode dropout
    drops and batch norms use, and update, the statistics of the batch. Nothing in a file is run.

    ValueError for what is no valid ONNX file, NotImplementedError for nodes and types that we don't have:
    quantized and complex numbers, strings, sequences. ImportError without the package ``onnx``.

    >>> import os, tempfile
    >>> import autograd.onnx
    >>> path = os.path.join(tempfile.mkdtemp(), "model.onnx")
    >>> _ = autograd.onnx.export(nn.Linear(2, 1), autograd.ones(4, 2), path)
    >>> model = autograd.onnx.load(path)
    >>> model
    OnnxModule(input -> output, 1 nodes)
    >>> model(autograd.ones(4, 2)).sum().backward()
    >>> model.weight.grad
    tensor([[4., 4.]])
    """
    onnx = onnx_package()
    path = Path(f)
    proto = _checked(onnx, path)
    opset = next((one.version for one in proto.opset_import if one.domain in ("", "ai.onnx")), 1)
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    nodes: list[Any] = []
    for graph in _graphs(proto.graph):
        if graph.sparse_initializer:
            raise NotImplementedError(f"{path.name}: sparse initializers")
        arrays.update((one.name, array_of(onnx, one, path)) for one in graph.initializer)
        nodes += graph.node
    made = OnnxModule(_graph(onnx, proto.graph, opset), _state(arrays, nodes, _our_buffers(proto)))
    made.eval()
    return made


def _checked(onnx: Any, path: Path) -> Any:
    """The file as a message of the format, which the package has checked; functions in it written out."""
    proto = onnx.ModelProto()
    try:
        proto.ParseFromString(path.read_bytes())
    except OSError:
        raise
    except Exception as error:
        raise ValueError(f"{path.name} is no ONNX file: {error}") from None
    try:
        if proto.functions:
            proto = importlib.import_module("onnx.inliner").inline_local_functions(proto)
        _refuse_foreign_nodes(proto, path)
        onnx.checker.check_model(proto if not _is_external(onnx, proto) else str(path))
    except (onnx.checker.ValidationError, UnicodeError, RuntimeError, TypeError) as error:
        if isinstance(error, NotImplementedError):
            raise
        raise ValueError(f"{path.name} is no valid ONNX file: {str(error).strip()}") from None
    return proto


def _is_external(onnx: Any, proto: Any) -> bool:
    initializers = (one for graph in _graphs(proto.graph) for one in graph.initializer)
    return any(one.data_location == onnx.TensorProto.EXTERNAL for one in initializers)


def _graphs(graph: Any) -> Iterator[Any]:
    """A graph, and those that are attributes of nodes in it. In a file no two of them have a name in common."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g)


def _refuse_foreign_nodes(proto: Any, path: Path) -> None:
    """NotImplementedError that names the nodes that we don't have."""
    unknown: dict[str, str] = {}
    for node in (node for graph in _graphs(proto.graph) for node in graph.node):
        if node.domain not in ("", "ai.onnx") or node.op_type not in TABLE:
            kind = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
            unknown.setdefault(kind, node.name or (node.output[0] if node.output else ""))
    if unknown:
        which = ", ".join(f"{kind} ({name})" if name else kind for kind, name in unknown.items())
        raise NotImplementedError(f"{path.name}: there are no functions for the ONNX nodes {which}")


def _graph(onnx: Any, graph: Any, opset: int) -> Graph:
    known = {one.name for one in graph.initializer}
    return Graph(
        tuple(one.name for one in graph.input if one.name not in known),
        tuple(one.name for one in graph.output),
        tuple(_step(onnx, node, opset) for node in graph.node),
    )


def _step(onnx: Any, node: Any, opset: int) -> Step:
    attributes: dict[str, Any] = {}
    for one in node.attribute:
        value = onnx.helper.get_attribute_value(one)
        if isinstance(value, onnx.TensorProto):
            value = array_of(onnx, value, None)
        elif isinstance(value, onnx.GraphProto):
            value = _graph(onnx, value, opset)
        attributes[one.name] = value
    name = node.name or (node.output[0] if node.output else "")
    outputs = tuple(node.output)
    return Step(name, How(node.op_type, attributes, opset, len(outputs)), tuple(node.input), outputs)


def array_of(onnx: Any, proto: Any, path: Path | None) -> np.ndarray[Any, Any]:
    """The array of a tensor in a file, whose data may lie in another beside it; ValueError if it isn't all there."""
    try:
        dtype = np.dtype(onnx.helper.tensor_dtype_to_np_dtype(proto.data_type))
    except KeyError:
        dtype = np.dtype(object)
    if (
        dtype.kind not in "biuf"
        or dtype.itemsize > 8
        or dtype in (np.uint16, np.uint32, np.uint64)
        or not dtype.isbuiltin
    ):
        kind = onnx.TensorProto.DataType.Name(proto.data_type) if proto.data_type in range(1, 30) else proto.data_type
        raise NotImplementedError(f"the tensor {proto.name!r} is of {kind}, which no Tensor is")
    dims = list(proto.dims)
    if any(size < 0 for size in dims):
        raise ValueError(f"the tensor {proto.name!r} has the shape {dims}")
    if proto.data_location == onnx.TensorProto.EXTERNAL:
        if path is None:
            raise ValueError(f"the data of the tensor {proto.name!r} lies in another file")
        try:
            onnx.external_data_helper.load_external_data_for_tensor(proto, str(path.parent))
        except Exception as error:
            raise ValueError(f"the data of the tensor {proto.name!r} can't be read: {error}") from None
    count = math.prod(dims)
    given = len(proto.raw_data) // dtype.itemsize if proto.HasField("raw_data") else _numbers(proto)
    if given != count:
        raise ValueError(f"the tensor {proto.name!r} of shape {dims} has {given} numbers in place of {count}")
    return canonical(np.array(onnx.numpy_helper.to_array(proto), dtype))


def _numbers(proto: Any) -> int:
    return max(len(proto.float_data), len(proto.int32_data), len(proto.int64_data), len(proto.double_data))


def _our_buffers(proto: Any) -> list[str]:
    """The buffers of a model that we exported: floats that aren't learned."""
    found = next((one.value for one in proto.metadata_props if one.key == OURS), "[]")
    try:
        names = json.loads(found)
    except ValueError:
        return []
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _state(arrays: Mapping[str, np.ndarray[Any, Any]], nodes: Iterable[Any], buffers: list[str]) -> dict[str, Tensor]:
    """The initializers as parameters and buffers."""
    settings = set(buffers)
    for node in nodes:
        settings.update(node.input[i] for i in SETTINGS.get(node.op_type, ()) if i < len(node.input))
    return {
        name: nn.Parameter(wrap(array, None))
        if array.dtype.kind == "f" and array.ndim and name not in settings
        else wrap(array, None)
        for name, array in arrays.items()
    }

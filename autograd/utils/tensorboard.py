"""Losses, weights, pictures and graphs for TensorBoard, by tensorboardX's writer.

tensorboardX is an extra: ``pip install chalkgrad[tensorboard]``. Import this module to use it:
``from autograd.utils.tensorboard import SummaryWriter``. TensorBoard itself, which shows the files, is another package.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import tensorboardX
from tensorboardX.proto.attr_value_pb2 import AttrValue
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.graph_pb2 import GraphDef
from tensorboardX.proto.node_def_pb2 import NodeDef
from tensorboardX.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboardX.proto.versions_pb2 import VersionDef

from ..engine.grad_mode import enable_grad
from ..engine.tensor import Tensor
from ..seeing.tracing import trace
from ..transforms.tree import mapped


def _plain(value: Any) -> Any:
    """``value`` with arrays for Tensors, in lists, tuples and dicts too."""
    return mapped(lambda leaf: leaf.detach().numpy() if isinstance(leaf, Tensor) else leaf, value)


class SummaryWriter(tensorboardX.SummaryWriter):  # type: ignore[misc]
    """Writes what training gives into the folder ``log_dir``, where TensorBoard finds it.

    log_dir: by default a folder in ``runs/`` with the time and the machine in its name, and ``comment`` after it.
    The other arguments and methods are those of `torch.utils.tensorboard`; they take Tensors and arrays.

    >>> import tempfile
    >>> from autograd.utils.tensorboard import SummaryWriter
    >>> model = nn.Sequential(nn.Linear(3, 2), nn.ReLU())
    >>> with SummaryWriter(tempfile.mkdtemp()) as writer:
    ...     for step in range(3):
    ...         writer.add_scalar("loss", model(autograd.ones(1, 3)).sum(), step)
    ...     writer.add_histogram("weights", model[0].weight, step)
    ...     writer.add_image("picture", autograd.rand(3, 8, 8), step)
    ...     writer.add_graph(model, autograd.ones(1, 3))
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] | None = None,
        comment: str = "",
        purge_step: int | None = None,
        max_queue: int = 10,
        flush_secs: int = 120,
        filename_suffix: str = "",
    ) -> None:
        logdir = None if log_dir is None else os.fspath(log_dir)
        super().__init__(logdir, comment, purge_step, max_queue, flush_secs, filename_suffix)
        self.log_dir = self.logdir

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        new_style: bool = False,
        double_precision: bool = False,
    ) -> None:
        """Add a number, or a Tensor of one. ``new_style`` and ``double_precision`` are PyTorch's and have no effect."""
        super().add_scalar(tag, float(scalar_value), global_step, walltime)

    def add_scalars(self, main_tag: str, tag_scalar_dict: Mapping[str, Any], *args: Any, **options: Any) -> None:
        """Add numbers by their names to one plot."""
        super().add_scalars(main_tag, {tag: float(value) for tag, value in tag_scalar_dict.items()}, *args, **options)

    def add_graph(
        self, model: Any, input_to_model: Any = None, verbose: bool = False, use_strict_trace: bool = True
    ) -> None:
        """Add the graph of what ``model(*input_to_model)`` computes: each call of an op in the modules that made it.

        input_to_model: a Tensor, or a tuple of arguments. verbose: whether to print the graph too. The last argument
        is PyTorch's and has no effect.
        """
        given = input_to_model if isinstance(input_to_model, (tuple, list)) else (input_to_model,)
        with trace(check=False) as steps, enable_grad():
            model(*given)
        graph = GraphDef(node=_nodes(steps.record["nodes"]), versions=VersionDef(producer=22))
        if verbose:
            print(graph)
        self._get_file_writer().add_event(Event(graph_def=graph.SerializeToString()))


def _taking(name: str) -> Any:
    """The method of this name, which takes Tensors too."""
    method = getattr(tensorboardX.SummaryWriter, name)

    def taking(self: SummaryWriter, *args: Any, **options: Any) -> Any:
        return method(self, *_plain(args), **_plain(options))

    taking.__name__, taking.__doc__ = name, method.__doc__
    return taking


for _name in (
    "add_hparams",
    "add_histogram",
    "add_histogram_raw",
    "add_image",
    "add_images",
    "add_image_with_boxes",
    "add_video",
    "add_audio",
    "add_embedding",
    "add_pr_curve",
    "add_pr_curve_raw",
    "add_mesh",
):
    setattr(SummaryWriter, _name, _taking(_name))


def _nodes(nodes: Mapping[str, Mapping[str, Any]]) -> list[Any]:
    """The nodes of a trace's record as TensorBoard has them: it draws their names, which are paths, as nested boxes."""
    scopes = {key: _scope(node["modules"]) for key, node in nodes.items()}
    for key, node in nodes.items():
        # What was not computed stands where it is first used.
        for parent in node["inputs"]:
            if not nodes[parent]["op"]:
                scopes[parent] = scopes[parent] or scopes[key]
    names = {key: f"{scopes[key]}{node['op'] or node['name']}_{key}" for key, node in nodes.items()}
    return [
        NodeDef(
            name=names[key],
            op=node["op"] or node["kind"],
            input=[names[parent] for parent in node["inputs"]],
            attr={"_output_shapes": AttrValue(list=AttrValue.ListValue(shape=[_shape(node["shape"])]))},
        )
        for key, node in nodes.items()
    ]


def _scope(modules: Sequence[str]) -> str:
    parts = [module.split(" · ") for module in modules]
    return "".join(f"{kind}[{name.rpartition('.')[2]}]/" for name, kind in parts)


def _shape(lengths: Sequence[int]) -> Any:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=length) for length in np.asarray(lengths, int).tolist()])

"""What is written for TensorBoard."""

import struct

import numpy as np
import pytest

import autograd
import nn

pytest.importorskip("tensorboardX")

from tensorboardX.proto.event_pb2 import Event
from tensorboardX.proto.graph_pb2 import GraphDef

from autograd.utils.tensorboard import SummaryWriter


def events_in(folder):
    """The events in the files of a folder: each has its length before it, and a checksum before and behind."""
    found = []
    for path in sorted(folder.rglob("events*")):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            event = Event()
            event.ParseFromString(content[12 : 12 + length])
            found.append(event)
            content = content[16 + length :]
    return found


def values_in(folder):
    return [(event.step, value) for event in events_in(folder) for value in event.summary.value]


def test_numbers(tmp_path):
    x = autograd.tensor([1.5], requires_grad=True)
    with SummaryWriter(tmp_path) as writer:
        assert writer.log_dir == str(tmp_path)
        writer.add_scalar("loss", x * 2, 0)
        writer.add_scalar("loss", 2, global_step=1, new_style=True)
        writer.add_scalar("loss", np.float64(0.5), 2)
    assert [(s, v.tag, v.simple_value) for s, v in values_in(tmp_path)] == [
        (0, "loss", 3),
        (1, "loss", 2),
        (2, "loss", 0.5),
    ]


def test_several_numbers_in_one_plot(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.add_scalars("losses", {"train": autograd.tensor(1.0), "valid": 2.0}, 5)
    assert sorted((s, v.simple_value) for s, v in values_in(tmp_path)) == [(5, 1), (5, 2)]


def test_histograms_and_pictures(tmp_path):
    weight = nn.Parameter(autograd.arange(10.0))
    with SummaryWriter(tmp_path) as writer:
        writer.add_histogram("weights", weight, 3)
        writer.add_image("one", autograd.zeros(3, 4, 6), 3)
        writer.add_images("many", autograd.zeros(2, 1, 4, 4), 3)
        writer.add_text("note", "a text")
        writer.add_pr_curve("curve", autograd.tensor([0, 1]), autograd.tensor([0.2, 0.9]))
    found = {value.tag: value for _, value in values_in(tmp_path)}
    assert (found["weights"].histo.min, found["weights"].histo.max, found["weights"].histo.num) == (0, 9, 10)
    assert (found["one"].image.height, found["one"].image.width) == (4, 6)
    assert found["one"].image.encoded_image_string.startswith(b"\x89PNG")
    assert any("many" in tag for tag in found) and any("curve" in tag for tag in found)


def graph_in(folder):
    (found,) = (event.graph_def for event in events_in(folder) if event.graph_def)
    graph = GraphDef()
    graph.ParseFromString(found)
    return graph.node


def test_a_graph_is_what_ran(tmp_path):
    model = nn.Sequential(nn.Linear(3, 2), nn.Sequential(nn.ReLU(), nn.Linear(2, 5)))
    with SummaryWriter(tmp_path) as writer:
        writer.add_graph(model, autograd.ones(4, 3))
    nodes = graph_in(tmp_path)
    calls = [node for node in nodes if node.op in ("linear", "relu")]
    assert [node.op for node in calls] == ["linear", "relu", "linear"]
    assert [node.name.split("/")[1:-1] for node in calls] == [
        ["Linear[0]"],
        ["Sequential[1]", "ReLU[0]"],
        ["Sequential[1]", "Linear[1]"],
    ]
    assert calls[1].input == [calls[0].name] and calls[2].input[0] == calls[1].name
    sizes = calls[2].attr["_output_shapes"].list.shape[0].dim
    assert [size.size for size in sizes] == [4, 5]
    # A parameter stands beside the op that uses it.
    assert calls[0].input[1].rpartition("/")[0] == calls[0].name.rpartition("/")[0]
    assert len({node.name for node in nodes}) == len(nodes)


def test_a_graph_of_several_inputs(tmp_path):
    class Sum(nn.Module):
        def forward(self, x, y):
            return x + y

    with SummaryWriter(tmp_path) as writer, autograd.no_grad():
        writer.add_graph(Sum(), (autograd.ones(2), autograd.ones(2, requires_grad=True)))
    assert [node.op for node in graph_in(tmp_path)][-1] == "add"

"""Models as ONNX files, for other runtimes and from other libraries: PyTorch's ``torch.onnx``, and the way back.

>>> import io
>>> import autograd.onnx
>>> made = autograd.onnx.export(nn.Linear(2, 1), autograd.ones(1, 2))
>>> [node.op_type for node in made.graph.node]
['Gemm']
"""

from .exporter import export
from .loader import load

__all__ = ["export", "load"]

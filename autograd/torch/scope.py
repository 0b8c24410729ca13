"""Why a name of PyTorch's isn't here."""

from __future__ import annotations

import re

# The first that is found in the name says why. Whatever is found in none is missing.
OUT_OF_SCOPE = {
    "CUDA and other accelerators": r"\.(cuda|xpu|mps|mtia|hip|cudnn|accelerator|ipu|xla|vulkan)\b|cudnn_|miopen"
    r"|privateuse|mkldnn|cuda|triton|inductor",
    "sparse Tensors": r"sparse|coalesce|(crow|ccol|row|col)_indices|\b(smm|sspaddmm|spmm|hspmm|saddmm|dsmm|hsmm)\b",
    "quantized Tensors": r"quant|\bq(u?int|scheme|_)|per_(channel|tensor)_|\.ao\b|int_repr|fbgemm|fake_",
    "complex numbers": r"complex|polar|view_as_real|\b(istft|stft|angle|imag|conj)\b|fft\.|linalg\.eig",
    "parts of torch.distributed beyond groups of processes": r"distributed|c10d|rpc\b|nccl|gloo",
    "PyTorch's compilers and exporters": r"_inductor|_export|\.export\b|\bonnx\b|_functorch|_lazy|_prims|_refs|_decomp",
}


def absence(name: str) -> str:
    """What to say of PyTorch's ``name``, which isn't here.

    >>> absence("torch.sparse_coo_tensor")
    'sparse Tensors are out of scope here'
    >>> absence("torch.nn.SuperLinear")
    'torch.nn.SuperLinear is missing here, where chalkgrad stands for torch'
    """
    for what, pattern in OUT_OF_SCOPE.items():
        if re.search(pattern, name):
            return f"{what} are out of scope here"
    return f"{name} is missing here, where chalkgrad stands for torch"

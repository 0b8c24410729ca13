"""Why some findings have to be so."""

from __future__ import annotations

import fnmatch
import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from checking import arrays_in

from .cases import Case
from .comparing import far_apart
from .processes import Finding

# Ours takes the case, PyTorch refuses it with a message that has these words in it: why that may be.
TAKEN = {
    "not implemented for '": "PyTorch has no kernel for this dtype",
    "derivative for aten::": "PyTorch has no derivative of it",
    "Autograd not support dtype": "PyTorch asks for a gradient of integers that got floats written into them",
    "not supported": "PyTorch leaves this dtype or number out",
    "supports floating point": "PyTorch leaves float16 out",
    "only supports boolean": "uint8 masks are taken everywhere, as NumPy's",
    "does not support bool": "PyTorch leaves bools out",
    "dtype": "PyTorch doesn't promote these arguments",
    "scalar type": "PyTorch doesn't promote these arguments",
    "result type": "PyTorch computes in place there, in the dtype of one argument",
    "Expected a floating point": "integers are computed in floats",
    "modified by an inplace operation": "PyTorch's own function writes over what its derivative needs",
    "single memory location": "what is written to expanded memory is written to all that share it",
    "INTERNAL ASSERT": "PyTorch fails by itself",
    "view size is not compatible": "PyTorch's own function makes a view where it needs a copy",
    "without overflow": "a number too large for the dtype of others meets them in a wider one",
    "verflow when unpacking": "a size out of 64 bits is cut to what is there",
    "_LinAlgError": "what rounding leaves of a singular matrix is 0 in one library and tiny in the other",
    "would result in a division by zero": "a singular factor is told by the solve",
    "ivots": "pivots out of range are told where they are used",
    "storage": "arrays are bounded by their memory, which has gaps, not by their elements",
    "broadcast shape": "PyTorch computes in place there",
    "expanded size": "masks broadcast as everything does",
    "Index has to be a vector": "an index that chooses nothing may have any shape",
    "invalid shape dimension": "a size below -1 is inferred as -1 is",
    "index out of range in self": "an index that is read nowhere is not looked at",
    "to have non-zero": "nothing in, nothing out",
    "non-zero dim": "nothing in, nothing out",
    "non-empty": "nothing in, nothing out",
    "this dimension is emp": "nothing in, nothing out",
    "with possibly 0 batch size": "nothing in, nothing out",
    "other non-zero dimensions": "nothing in, nothing out",
    "from empty tensor": "nothing in, nothing out",
    "must be positive": "nothing in, nothing out",
    "step must be nonzero": "one element has no spacing",
    r"undefined Tensor in C\+\+": "PyTorch fails by itself",
    "ArrayRef: invalid slice": "PyTorch fails by itself",
    "Unsupported memory format": "PyTorch has no kernel for these strides",
    "identity of": "PyTorch leaves bools out",
    "inconsistent tensor size": "PyTorch doesn't broadcast two vectors",
    "ZeroDivisionError": "no place is in an array of nothing, whatever its number",
    "tensors used as indices must be": "an index may be of any integers",
}


def numbers_in(value: Any) -> Iterator[float]:
    """The Python numbers among arguments."""
    if isinstance(value, (list, tuple)):
        for part in value:
            yield from numbers_in(part)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value


def floats(case: Case) -> list[np.ndarray]:
    return [x for x in arrays_in([case.args, case.params]) if x.dtype.kind == "f"]


def parameters(case: Case) -> list[float]:
    return [*numbers_in(case.args), *numbers_in(list(case.params.values()))]


def strings(case: Case) -> list[str]:
    return [value for value in (*case.args, *case.params.values()) if isinstance(value, str)]


def not_finite(case: Case) -> bool:
    return any(not np.isfinite(x).all() for x in floats(case)) or not all(map(math.isfinite, parameters(case)))


def has_nan(case: Case) -> bool:
    return any(np.isnan(x).any() for x in floats(case)) or any(map(math.isnan, parameters(case)))


def nothing(case: Case) -> bool:
    return any(not x.size for x in arrays_in([case.args, case.params]))


def integers(case: Case) -> bool:
    return any(x.dtype.kind in "iub" for x in arrays_in([case.args, case.params]))


def of_integers(case: Case) -> bool:
    return bool(arrays := arrays_in([case.args, case.params])) and arrays[0].dtype.kind in "iub"


def unsorted(x: np.ndarray) -> bool:
    """Whether a row isn't in order, as one with NaN isn't."""
    return bool(x.ndim) and not (np.diff(x.astype("float64"), axis=-1) >= 0).all()


def half(case: Case) -> bool:
    return any(x.dtype == np.float16 for x in floats(case))


def beyond_32_bits(case: Case) -> bool:
    return any(isinstance(n, int) and not -(2**31) <= n < 2**31 for n in parameters(case))


def extreme(case: Case) -> bool:
    """Whether a number is so large or small, but not 0, that what is made of it may be infinite, NaN or 0."""
    sizes = [np.abs(x.astype("float64")) for x in floats(case)] + [np.abs(np.float64(n)) for n in parameters(case)]
    return any(not ((size == 0) | ((size > 1e-5) & (size < 1e5))).all() for size in sizes)


def ties(case: Case) -> bool:
    """Whether two numbers of an array are equal, or one is NaN."""
    return has_nan(case) or any(len(np.unique(x)) < x.size for x in arrays_in([case.args, case.params]))


def degenerate(case: Case) -> bool:
    """Whether a matrix has nothing in it, a NaN or a huge number, or singular values that are as good as 0 or equal."""
    if not all(0 <= n < 1 for n in parameters(case) if isinstance(n, float)):
        # A tolerance for which a rank means nothing.
        return True
    for x in floats(case):
        if not (np.abs(x.astype("float64")) <= 1e6).all():
            return True
        if x.ndim < 2:
            continue
        if not x.size:
            return True
        smallest = np.finfo(x.dtype).tiny
        close = 1e-3 if x.dtype == np.float64 else 1e-2
        x = x.astype("float64")
        triangles = (
            [x] if x.shape[-1] != x.shape[-2] else [x, np.tril(x) + np.tril(x, -1).mT, np.triu(x) + np.triu(x, 1).mT]
        )
        for matrix in triangles:
            values = np.linalg.svd(matrix, compute_uv=False)
            gaps = np.diff(np.concatenate([values, np.zeros_like(values[..., :1])], -1))
            if (-gaps <= close * values[..., :1]).any() or (values < smallest).any():
                return True
    return False


def dtypes_of_floats(case: Case) -> int:
    return len({x.dtype for x in floats(case)})


def in_memory_of_others(case: Case) -> bool:
    """Whether the elements of an array lie apart, share places or don't begin where its memory does."""
    return any(not x.flags.c_contiguous or x.base is not None for x in arrays_in([case.args]))


def parameters_not_finite(case: Case) -> bool:
    """Whether what the first array meets, a scale or an offset, is infinite or NaN."""
    return any(not np.isfinite(x).all() for x in arrays_in([case.args, case.params])[1:] if x.dtype.kind == "f")


def strided_integers(case: Case) -> bool:
    return any(x.dtype.kind in "iu" and not x.flags.c_contiguous for x in arrays_in([case.args, case.params]))


def strange(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether the two are apart only where one is infinite or NaN."""
    apart = ~(np.isfinite(ours) & np.isfinite(theirs))
    return not far_apart(np.where(apart, 0, ours), np.where(apart, 0, theirs), None, False)


def nan_of_pytorch(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether PyTorch has NaN wherever ours has something else."""
    return not far_apart(np.where(np.isnan(theirs), theirs, ours), theirs, None, False)


def eight_digits_alike(ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether the first digits are the same, of what isn't infinite or NaN in one of the two."""
    return strange(*(x.astype(np.float32, copy=False) for x in (ours, theirs)))


SINGULAR = (
    "factors of a matrix that is as good as singular, or of NaN, are not unique: each library's LAPACK has its own"
)
TIES = "of equal numbers, or of NaN, any may be the one that is picked, and have the gradient"
ORDER = "what meets an infinity or a NaN, or is 0 times one, depends on the order of products and sums"
MASKS = "masks are bools: PyTorch takes numbers for some, of which 0.5 is neither"
NOTHING = "PyTorch doesn't look at the other arguments where there is nothing to compute"
MATRICES = (
    "geqrf", "*qr", "*svd", "*eigh", "*eigvalsh", "*lstsq", "*pinv", "pinverse", "*cond", "*matrix_norm",
    "*matrix_rank", "*householder_product", "*ormqr", "*cholesky*", "*solve*", "*slogdet", "*det", "*logdet",
    "inverse", "linalg.inv*", "*tensorinv", "lu", "lu_*", "linalg.lu*", "*matrix_exp", "norm", "linalg.norm",
    "*svdvals",
)  # fmt: skip


@dataclass(frozen=True)
class Reason:
    """Why findings of these names and severities, with a text in which ``piece`` is found, have to be so: ``when`` the
    case and ``numbers``, ours and PyTorch's, are of that kind."""

    names: tuple[str, ...]
    severities: tuple[str, ...]
    why: str
    piece: str = ""
    when: Callable[[Case], bool] = lambda case: True
    numbers: Callable[[np.ndarray, np.ndarray], bool] | None = None

    def holds(self, finding: Finding) -> bool:
        named = any(fnmatch.fnmatchcase(finding.name, name) for name in self.names)
        said = finding.severity in self.severities and re.search(self.piece, finding.what) is not None
        if not (named and said and self.when(Case.drawn(finding.name, finding.number))):
            return False
        return self.numbers is None or (finding.numbers is not None and bool(self.numbers(*finding.numbers)))


EXPLAINED = [
    Reason(("*grid_sample",), ("value", "gradient"), "PyTorch reads and writes at a place of NaN, beyond its memory",
           when=lambda case: np.isnan(case.args[1]).any()),
    Reason(("*grid_sample",), ("gradient",), "PyTorch multiplies the slope of a pixel by 0 beyond the border",
           when=lambda case: not np.isfinite(case.args[0]).all(), numbers=nan_of_pytorch),
    Reason(("cosine_similarity",), ("gradient",), "PyTorch's eps is 0 in float16", when=half, numbers=nan_of_pytorch),
    Reason(("ldexp",), ("gradient",), "PyTorch rounds 2ᵒ to the integers that o is of",
           when=lambda case: case.args[1].dtype.kind in "iu"),
    Reason(("atan2",), ("gradient",), "PyTorch squares integers in their dtype", when=integers),
    *[Reason(("*",), ("accepts",), why, piece) for piece, why in TAKEN.items()],
    Reason(("*",), ("refuses",), "LAPACK has no float16; PyTorch takes it where LAPACK isn't called", "Got float16"),
    Reason(MATRICES, ("refuses",), "PyTorch doesn't look at an empty matrix",
           "^(?!backward).*(Expected a tensor of|square|at least 2 dimensions|dtype)", nothing),
    Reason(MATRICES, ("refuses",),
           "an iteration of LAPACK's isn't given NaN or infinities: it may never end; PyTorch's "
           "gives some of them NaN", "not finite", not_finite),
    Reason(MATRICES, ("refuses",),
           "what rounding leaves of a singular matrix is 0 in one library and tiny in the other",
           "singular", degenerate),
    Reason(MATRICES, ("accepts",), SINGULAR, "LinAlgError", degenerate),
    Reason(("lu_unpack", "*lu_solve"), ("refuses",), "PyTorch reads pivots of any shape, beyond their memory",
           "pivots"),
    Reason(("*",), ("refuses",), "PyTorch doesn't look at the dtypes of empty matrices",
           "expected Tensors of one dtype",
           nothing),
    Reason(("*",), ("refuses",), MASKS, "expected a mask of bools"),
    Reason(("where",), ("refuses",), MASKS, "expected condition to be a bool"),
    Reason(("cosine_similarity",), ("refuses",), "the cosine of integers would be rounded",
           "expected Tensors of floats"),
    Reason(("bernoulli", "normal"), ("refuses",), "PyTorch doesn't look at the dtype of nothing", when=nothing),
    Reason(("view_copy",), ("refuses",), "PyTorch's copies first, ours is a view, then copied"),
    Reason(("view_copy",), ("kind",), "PyTorch's copy in the dtype that it has is a constant", "has a gradient"),
    Reason(("take_along_dim", "ctc_loss"), ("refuses",), "PyTorch reads beyond the end of its memory", "out of bounds"),
    Reason(("*",), ("refuses",), "PyTorch hands the wrong shape on to oneDNN, which reads beyond it",
           "weight_ih of shape"),
    Reason(("*",), ("refuses",), "PyTorch broadcasts biases of cells", "bias_"),
    Reason(("*",), ("refuses",), "a pool of nothing is refused, as PyTorch does for most shapes",
           "batch dim size for input"),
    Reason(("*",), ("refuses",), "a pool of nothing is refused, as by its other forms",
           "with optional 0 dim batch size"),
    Reason(("nn.functional.local_response_norm", "nn.functional.lp_pool*", "nn.functional.avg_pool*"), ("refuses",),
           "means of integers would be rounded: avg_pool has floats only", "not implemented for", of_integers),
    Reason(("as_strided_scatter",), ("gradient",), "PyTorch's gradient of a source with gaps is at the wrong places"),
    Reason(("trapezoid", "cumulative_trapezoid"), ("value",), "PyTorch adds up neighbours in a type that overflows",
           when=lambda case: integers(case) or half(case)),
    Reason(("trapezoid", "cumulative_trapezoid"), ("kind", "accepts"), "PyTorch's integral of nothing has its dtype, "
           "integers too, or its shape", when=nothing),
    Reason(("trapezoid", "cumulative_trapezoid"), ("value",), "PyTorch subtracts the ends from the sum of all, which "
           "of infinities is NaN", when=not_finite, numbers=nan_of_pytorch),
    Reason(("trapezoid", "*vander"), ("kind",), "PyTorch makes constants of 0 intervals and of x⁰", "has a gradient"),
    Reason(("gru", "lstm", "rnn_tanh", "rnn_relu"), ("value", "gradient", "accepts", "refuses", "kind"),
           "PyTorch ignores the strides of batch sizes", when=strided_integers),
    Reason(("addbmm", "baddbmm", "addmm", "addmv", "addr"), ("value", "gradient"),
           "BLAS leaves out what alpha 0 weighs, even NaN", when=not_finite, numbers=strange),
    Reason(("histogramdd", "histogram", "histc"), ("value", "kind"), "bins narrower than a digit have any one of them",
           when=extreme),
    Reason(("histogramdd",), ("refuses",), NOTHING, when=nothing),
    Reason(("nn.functional.fractional_max_pool*",), ("refuses",), "PyTorch takes windows and results of no elements",
           "do not fit"),
    Reason(("nn.functional.fractional_max_pool3d",), ("accepts",), "windows may fit exactly, as in images",
           "too large"),
    Reason(("nn.functional.linear_cross_entropy",), ("gradient",), "nothing passes back to what is ignored",
           when=not_finite, numbers=strange),
    Reason(("ctc_loss",), ("gradient", "value"),
           "PyTorch's assumes targets without blanks and finite probabilities"),
    Reason(("pixel_unshuffle", "pixel_shuffle"), ("kind", "accepts"), "PyTorch leaves the shape of nothing as it is",
           when=nothing),
    Reason(("masked.logaddexp",), ("value", "gradient", "kind", "accepts", "refuses"),
           "PyTorch computes in the dtype of the first argument, and doesn't broadcast",
           when=lambda case: len({(x.dtype, x.shape) for x in arrays_in([case.args])}) > 1),
    Reason(("feature_alpha_dropout",), ("kind",), "PyTorch multiplies a bool by 0", when=integers),
    Reason(("nn.functional.huber_loss", "nn.functional.soft_margin_loss"), ("kind",),
           "PyTorch's loss of two dtypes is in the first", when=lambda case: dtypes_of_floats(case) > 1),
    Reason(("nn.functional.lp_pool1d", "nn.functional.lp_pool2d", "nn.functional.lp_pool3d"), ("value", "kind"),
           "an infinite norm is no sum of powers, and what PyTorch makes of it is the input's first element; "
           "of a huge or tiny one the root depends on how the exponent is rounded", when=extreme),
    Reason(("dist", "pdist", "cdist"), ("value", "gradient"), "a root of a huge or tiny norm depends on the "
           "exponent's rounding",
           when=lambda case: any(n and not 1e-30 < abs(n) < 1e30 for n in parameters(case))),
    Reason(("pdist", "cdist"), ("gradient",),
           "PyTorch's pdist and cdist have rules of their own for NaN and for equal maxima, which its norm has not",
           when=lambda case: has_nan(case) or math.inf in parameters(case)),
    Reason(("cdist",), ("gradient",), "the sum of no distances is 0, which is NaN times an infinity",
           when=lambda case: nothing(case) and not_finite(case), numbers=strange),
    Reason(("searchsorted", "bucketize"), ("value",), "nothing is said of boundaries that aren't sorted",
           when=lambda case: has_nan(case) or any(map(unsorted, arrays_in([case.args])))),
    Reason(("remainder", "fmod", "floor_divide"), ("value",), "PyTorch's quotient overflows; what is left doesn't",
           when=extreme, numbers=strange),
    Reason(("addmv",), ("kind",), "PyTorch's product of nothing keeps the shape of what it is added to", when=nothing),
    Reason(("mse_loss",), ("kind",), "PyTorch expands a number first, whose dtype counts then",
           when=lambda case: dtypes_of_floats(case) > 1 and any(not x.ndim for x in floats(case))),
    Reason(("*_loss",), ("kind",), "a loss of integers is in floats, and so is that of nothing",
           when=lambda case: integers(case) or nothing(case)),
    Reason(("isin",), ("accepts",), "PyTorch leaves bools out", "Unsupported input type"),
    Reason(("*_loss",), ("accepts", "refuses"), "one number has a loss, too, of a target in its own shape",
           when=lambda case: any(not x.ndim for x in arrays_in([case.args, case.params]))),
    Reason(("*",), ("refuses",), NOTHING,
           "^(?!backward).*(dtype|not implemented for|indices of int|is out of range|"
           "expected a bias|should contain|must divide|output_size|for each sample)", nothing),
    Reason(("*",), ("accepts",), "PyTorch cuts numbers to 32 bits, or to 64", r"\d{10}|verflow|bad_alloc|bits|allocate",
           beyond_32_bits),
    Reason(("eq", "ne", "lt", "le", "gt", "ge"), ("value",), "PyTorch cuts numbers to 64 bits", when=beyond_32_bits),
    Reason(("*",), ("refuses",), "PyTorch cuts numbers to 32 bits, or to 64",
           r"^[^;]*(\d{10}|verflow|too large|bits)", beyond_32_bits),
    Reason(("*pad",), ("accepts",), "more is cut off than there is: nothing is left", "length must be non-negative"),
    Reason(("pad",), ("refuses",), "what is cut off entirely has nothing to be repeated", "leaves nothing"),
    Reason(("embedding*",), ("accepts",), "an embedding of no rows has no row to pad with", "Padding_idx"),
    Reason(("repeat_interleave",), ("accepts",), "a number is repeated as a row of one", "out of range"),
    Reason(("scatter*",), ("accepts",), "PyTorch's derivative forgets that src may be the larger one", "catter"),
    Reason(("scatter*",), ("accepts",), "PyTorch's derivative forgets that src may be the larger one", "backward"),
    Reason(("linalg.lstsq",), ("accepts",), "batches broadcast", r"input\.dim\(\)"),
    Reason(("linalg.lstsq",), ("accepts", "refuses"), SINGULAR, when=degenerate),
    Reason(("bincount",), ("kind",), "PyTorch's counts of nothing ignore the weights", when=nothing),
    Reason(("nn.functional.dropout*", "alpha_dropout"), ("kind",),
           "PyTorch multiplies integers by 0 where all are dropped",
           when=integers),
    Reason(("nn.functional.dropout*",), ("refuses",), "PyTorch doesn't look where all are dropped",
           "at least 2 dimensions"),
    Reason(("as_strided*",), ("value", "gradient"),
           "ours counts from the start of NumPy's array, PyTorch from that of the view; where elements share a place "
           "PyTorch divides its gradient among them", when=in_memory_of_others),
    Reason(("as_strided*",), ("refuses",), "PyTorch doesn't look where nothing begins", "out of bounds",
           lambda case: 0 in parameters(case)),
    Reason(("nn.functional.multilabel_soft_margin_loss",), ("value", "kind"),
           "PyTorch divides by the classes of one argument, and rounds in the dtype of one",
           when=lambda case: len({(x.dtype, x.shape) for x in arrays_in([case.args])}) > 1),
    Reason(("nn.functional.scaled_dot_product_attention",), ("kind",), NOTHING, when=nothing),
    Reason(("pow",), ("gradient", "value"), "PyTorch's power ½ is sqrt, whose value at -inf and slope at -0 are others",
           when=lambda case: any(abs(n) == 0.5 for n in parameters(case)), numbers=strange),
    Reason(("mode",), ("value",), "each NaN counts as one, or all as one", when=has_nan),
    Reason(("gradient",), ("refuses",), "PyTorch subtracts bools where coordinates are given", "bool input"),
    Reason(("nn.functional.multilabel_margin_loss", "nn.functional.multi_margin_loss"), ("value", "refuses"),
           "PyTorch's mean of no rows is what was in its memory", when=nothing),
    Reason(("std_mean", "var_mean", "std", "var", "masked.std", "masked.var"), ("value", "gradient"),
           "the spread of infinite numbers, or of fewer than the correction, is infinite or NaN, and so is its slope; "
           "PyTorch passes NaN back to what is masked out, and its sums of float16 overflow",
           numbers=strange),
    Reason(("*triplet_margin*",), ("value",), "PyTorch rounds some of several dtypes to float32, or float16, first",
           when=lambda case: len({x.dtype for x in arrays_in([case.args])}) > 1),
    Reason(("nn.functional.poisson_nll_loss",), ("value",), "PyTorch rounds integers to float32 first", when=integers),
    Reason(("*",), ("exception",), "NumPy's own, and it says how much was asked for", "MemoryError"),
    Reason(("index_copy", "index_fill", "index_add", "one_hot"), ("accepts",), "an index may be of any integers",
           "ong tensor|LongTensor"),
    Reason(("mvlgamma",), ("accepts",), "PyTorch leaves bools out", "boolean tensor"),
    Reason(("masked.logsumexp", "masked.soft*", "masked.log_soft*", "*softmax", "*softmin", "logsumexp"), ("kind",),
           "PyTorch rounds what it computes of integers to integers, or leaves nothing as it is", when=of_integers),
    Reason(("index_reduce", "scatter_reduce"), ("gradient",), "PyTorch divides the product by its factors, 0 too",
           when=lambda case: "prod" in strings(case) and any((x == 0).any() for x in floats(case))),
    Reason(("nn.functional.embedding_bag",), ("refuses",), "PyTorch doesn't look at all of the offsets", "offsets"),
    Reason(("nn.functional.embedding_bag",), ("gradient",),
           "PyTorch divides a row by the count of another: scale_grad_by_freq is right for embedding only",
           when=lambda case: any(v is True for v in (case.params.get("scale_grad_by_freq"), *case.args[5:6]))),
    Reason(("digamma", "polygamma", "special.psi", "mvlgamma"), ("gradient", "value"),
           "PyTorch's ψ⁽¹⁾ has nine digits, and is a number at its poles, where sin πx is rounded",
           numbers=eight_digits_alike),
    Reason(("igamma", "igammac"), ("gradient",), "PyTorch's exponential of logarithms has nine digits",
           numbers=eight_digits_alike),
    Reason(("hardshrink", "hardtanh", "nn.functional.relu6", "softshrink", "nn.functional.softshrink"), ("gradient",),
           "PyTorch's gradient at NaN is 0 in its loop over vectors, and not in that over what is left", when=has_nan),
    Reason(("pow",), ("accepts",), "bools are integers beside a number", "negative integer powers",
           lambda case: any(x.dtype == np.bool_ for x in arrays_in([case.args]))),
    Reason(("logit",), ("value", "gradient"), "what eps cuts off on the wrong side depends on the order",
           when=lambda case: any(not 0 < n < 0.5 for n in parameters(case))),
    Reason(("nn.functional.soft_margin_loss",), ("gradient", "accepts"), "PyTorch negates targets in uint8",
           when=lambda case: any(x.dtype in (np.uint8, np.bool_) for x in arrays_in([case.args]))),
    Reason(("addcmul", "addcdiv"), ("refuses",), "PyTorch cuts the value to an integer", "floating point number"),
    Reason(("linalg.cholesky_ex",), ("value", "gradient"),
           "what LAPACK has reached of a matrix that isn't positive definite is no factor: ours is NaN",
           numbers=strange),
    Reason(("masked_fill",), ("kind",), "PyTorch cuts the value to an integer", when=of_integers),
    Reason(("masked_fill",), ("kind",), "what is filled into one number has the wider dtype",
           when=lambda case: not case.args[0].ndim and dtypes_of_floats(case) > 1),
    Reason(("lu_unpack",), ("kind",), "what is left of bools beside 0 and 1 are integers", when=of_integers),
    Reason(("linalg.lu_factor",), ("refuses",), SINGULAR, "zero on its diagonal", degenerate),
    Reason(("*matrix_norm",), ("gradient",), SINGULAR, when=ties),
    Reason(("histogram",), ("accepts",), "one edge makes no bins", "but got 0 for dimension"),
    Reason(("cov",), ("accepts", "written"), "PyTorch subtracts the mean of one column in place, from its argument"),
    Reason(("fft.fftshift", "fft.ifftshift"), ("accepts",), "a number has nothing to shift", "`shifts` required"),
    Reason(("nn.functional.adaptive*", "nn.functional.unfold", "nn.functional.fold"), ("accepts",),
           "one size in a list is that of all dimensions",
           "(equals to|must be|expected) 2"),
    Reason(("linear",), ("refuses",), "PyTorch broadcasts a bias", "expected a bias"),
    Reason(("linear",), ("refuses",), "PyTorch adds a bias of integers", "expected Tensors of one dtype", integers),
    Reason(("linalg.solve_triangular",), ("refuses",), "PyTorch reads B in the dtype of A", "one dtype"),
    Reason(("einsum",), ("refuses",), "PyTorch promotes where nothing is summed but not in its matrix products",
           "expected Tensors of one dtype"),
    Reason(("nn.functional.rms_norm",), ("refuses",), "PyTorch promotes in this norm only",
           "expected Tensors of one dtype"),
    Reason(("conv*",), ("refuses",), "PyTorch adds a bias of another dtype where no library's convolution is called",
           "expected Tensors of one dtype"),
    Reason(("conv_transpose*",), ("refuses",), "oneDNN doesn't look at the size of the output, PyTorch's own does",
           "Output size is too small"),
    Reason(("gru*", "lstm*", "rnn_*"), ("refuses",), "PyTorch's layers promote, or read one dtype as another, where no "
           "matrix product is in the way", "expected Tensors of one dtype"),
    Reason(("gru*", "lstm*", "rnn_*"), ("refuses",), "PyTorch broadcasts states, and doesn't count weights or rows",
           "expected"),
    Reason(("gru", "lstm", "rnn_tanh", "rnn_relu"), ("refuses",), "PyTorch doesn't look at the sizes of the steps",
           "the sizes of the steps"),
    Reason(("gru*", "lstm*", "rnn_*"), ("gradient", "value"), ORDER, when=not_finite, numbers=strange),
    Reason(("*group_norm", "*instance_norm", "*batch_norm", "*layer_norm"), ("value", "gradient"),
           "PyTorch adds bias - μ·a to x·a: of an infinite a that is NaN", when=parameters_not_finite, numbers=strange),
    Reason(("*instance_norm",), ("written",), "the difference of infinite statistics is NaN", when=not_finite,
           numbers=strange),
    Reason(("*instance_norm",), ("refuses",), "PyTorch repeats numbers for each image of the batch before it looks",
           "should contain"),
    Reason(("*instance_norm",), ("refuses",), "PyTorch cuts the statistics to integers", "can't be cast", integers),
    Reason(("*max_unpool*",), ("refuses",), "PyTorch doesn't look at indices of an output of nothing",
           "invalid max index", lambda case: 0 in parameters(case)),
    Reason(("cosine_embedding_loss",), ("value", "gradient"), "PyTorch reads 255 as a target of -1", when=integers),
    Reason(("std_mean", "var_mean", "std", "var"), ("gradient",), "PyTorch counts one element where dim is empty",
           when=lambda case: any(not v for v in case.params.values() if isinstance(v, (list, tuple)))),
    Reason(("gradient",), ("value",), "coordinates that are equal or infinite, or integers that overflow when they are "
           "subtracted, are no spacing", when=lambda case: ties(case) or not_finite(case) or integers(case)),
    Reason(("gradient",), ("kind",), "PyTorch computes with coordinates of integers in float32", when=integers),
    Reason(("gradient",), ("accepts",), "a number is a spacing, too", "0 dimensions"),
    Reason(("addcmul", "addcdiv"), ("gradient",), "PyTorch multiplies value by integers in their dtype",
           when=integers),
    Reason(("*interpolate",), ("value",), ORDER, when=extreme, numbers=strange),
    Reason(("*interpolate", "*adaptive*"), ("refuses",), "means of integers would be rounded", "not implemented for",
           of_integers),
    Reason(("index_add",), ("accepts",), "a source without dimensions is a row of one", "source tensor shape"),
    Reason(("index_fill",), ("accepts",), "PyTorch's derivative looks for negative indices, or for some in nothing",
           "INDICES"),
    Reason(("narrow_copy",), ("accepts",), "PyTorch's derivative forgets that start may count from the end",
           "backward"),
    Reason(("narrow_copy",), ("gradient",), "PyTorch's derivative forgets that start may count from the end",
           when=lambda case: any(n < 0 for n in parameters(case))),
    Reason(("as_strided*",), ("refuses",), "PyTorch's copy of the input has more memory than the input",
           "out of bounds", in_memory_of_others),
    Reason(("ormqr",), ("accepts",), "batches broadcast", "dimension"),
    Reason(("linalg.lstsq",), ("kind",), "batches broadcast"),
    Reason(("linalg.tensorsolve",), ("refuses",), "PyTorch's dimension 0 of a number is none", "permute"),
    Reason(("topk",), ("kind",), "the largest 0 of one number are none", when=lambda case: 0 in parameters(case)),
    Reason(("view_copy",), ("accepts",), "PyTorch looks at the strides of what may be copied", "self.stride"),
    Reason(("tensor_split",), ("accepts",), "a place out of range is cut to the ends", "SymInt"),
    Reason(("block_diag",), ("kind",), "a number is a matrix of one element, of its own dtype",
           when=lambda case: any(not x.ndim for x in arrays_in([case.args]))),
    Reason(("block_diag",), ("gradient",), "PyTorch's derivative counts no rows for a vector of nothing",
           when=nothing),
    Reason(("nn.functional.embedding_bag",), ("value",), "PyTorch's last bag goes on beyond the last offset",
           when=lambda case: case.args[-1:] == (True,)),
    Reason(("nn.functional.embedding_bag",), ("value",), "PyTorch's maximum leaves NaN out",
           when=lambda case: "max" in strings(case) and has_nan(case)),
    Reason(("nn.functional.embedding_bag",), ("refuses",), "PyTorch reads indices in the dtype of offsets",
           "expected indices of"),
    Reason(("nn.functional.embedding_bag",), ("refuses",), "PyTorch doesn't look at an index in no bag",
           "is out of range"),
    Reason(("pad",), ("refuses",), "PyTorch repeats what was cut off before, or what is beside it in memory",
           "Padding size", lambda case: any(n < 0 for n in parameters(case))),
    Reason(("scatter", "scatter_add", "scatter_reduce"), ("refuses",),
           "PyTorch takes the first of src for an index without dimensions, and all of it has one itself",
           "no larger size", lambda case: any(not x.ndim for x in arrays_in([case.args]))),
    Reason(("nn.functional.instance_norm",), ("accepts",), NOTHING, when=nothing),
    Reason(("index_put",), ("refuses",), "PyTorch fills in a number of another dtype where one mask is given",
           "dtypes match"),
    Reason(("fmod", "copysign", "floor_divide", "remainder"), ("kind",),
           "the row makes a Tensor of the number for PyTorch, of its own dtype",
           when=lambda case: isinstance(case.args[0], (int, float))),
    Reason(("broadcast_shapes",), ("refuses",), "NumPy's dimensions have 63 bits", "Maximum allowed", beyond_32_bits),
    Reason(("*householder_product", "*ormqr", "*cholesky_ex", "*matrix_exp", *MATRICES),
           ("value", "gradient", "kind"), SINGULAR, when=degenerate),
    Reason(("*svd",), ("value",), "the sign of a vector is free", "result [02]"),
    Reason(("*eigh",), ("value",), "the sign of a vector is free", "result 1"),
    Reason(("*svd", "*eigh"), ("gradient",), "the sign of a vector is free"),
    Reason(("*median", "kthvalue", "mode", "sort", "topk", "*min", "*max", "cummax", "cummin"), ("value",), TIES,
           "result 1", ties),
    Reason(("argsort", "*argmin", "*argmax"), ("value",), TIES, when=ties),
    Reason(("*median", "*quantile", "kthvalue", "mode", "sort", "topk", "*min", "*max", "cummax", "cummin"),
           ("gradient",), TIES, when=ties),
    Reason(("cross_entropy", "*soft_margin_loss", "masked.cumprod", "masked.prod", "cumprod",
           "prod", "masked.std", "masked.var",
           "nanmean", "std", "var", "*normalize", "*vander", "addcmul", "addcdiv", "renorm",
            "nn.functional.huber_loss", "nn.functional.smooth_l1_loss"), ("gradient", "value"), ORDER, when=extreme,
           numbers=strange),
    Reason(("matrix_power", "*multi_dot", "chain_matmul"), ("value", "gradient"), ORDER,
           when=lambda case: not_finite(case) or half(case), numbers=strange),
]  # fmt: skip


def explanation(finding: Finding) -> str | None:
    """Why it has to be so; None where there is no reason."""
    return next((reason.why for reason in EXPLAINED if reason.holds(finding)), None)


def unexplained(found: Iterable[Finding]) -> Iterator[Finding]:
    for finding in found:
        try:
            explained = explanation(finding) is not None
        except Exception as error:
            yield Finding("broken", finding.name, finding.number, f"a reason for {finding.what} raises {error!r}")
        else:
            if not explained:
                yield finding

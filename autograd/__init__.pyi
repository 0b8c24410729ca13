"""Made by `make stubs` from the registry of ops; not to be edited."""

from . import compiler as compiler, cuda as cuda, distributed as distributed, distributions as distributions, fft as fft, func as func, function as function, functional as functional, graph as graph, linalg as linalg, masked as masked, onnx as onnx, ops as ops, random as random, signal as signal, special as special, utils as utils
from .composed.activation import prelu as prelu, rrelu as rrelu
from .composed.arithmetic import addcdiv as addcdiv, addcmul as addcmul, clamp_max as clamp_max, clamp_min as clamp_min, fill as fill, float_power as float_power, frexp as frexp, ldexp as ldexp, mvlgamma as mvlgamma, polygamma as polygamma, rsub as rsub, where as where
from .composed.contraction import bilinear as bilinear, einsum as einsum, inner as inner, tensordot as tensordot
from .composed.convolution import conv1d as conv1d, conv2d as conv2d, conv3d as conv3d, conv_transpose1d as conv_transpose1d, conv_transpose2d as conv_transpose2d, conv_transpose3d as conv_transpose3d
from .composed.core import affine_grid_generator as affine_grid_generator, alpha_dropout_ as alpha_dropout_, batch_norm as batch_norm, constant_pad_nd as constant_pad_nd, conv_tbc as conv_tbc, convolution_of as convolution, detach as detach, detach_ as detach_, dropout as dropout, dropout_ as dropout_, embedding_renorm_ as embedding_renorm_, feature_alpha_dropout_ as feature_alpha_dropout_, feature_dropout as feature_dropout, feature_dropout_ as feature_dropout_, grid_sampler as grid_sampler, group_norm as group_norm, instance_norm as instance_norm, layer_norm as layer_norm, max_pool1d_with_indices as max_pool1d_with_indices, norm_except_dim as norm_except_dim
from .composed.counting import bincount as bincount, histc as histc, histogram as histogram, histogramdd as histogramdd, unique as unique, unique_consecutive as unique_consecutive
from .composed.ctc import ctc_loss as ctc_loss
from .composed.decomposition import geqrf as geqrf, householder_product as orgqr, ormqr as ormqr, qr as qr, svd as svd
from .composed.diagonals import diag as diag, diag_embed as diag_embed, diagflat as diagflat, tril_indices as tril_indices, triu_indices as triu_indices
from .composed.differences import cumulative_trapezoid as cumulative_trapezoid, diff as diff, gradient as gradient, trapezoid as trapezoid, trapezoid as trapz
from .composed.distance import dist as dist
from .composed.dropout import alpha_dropout as alpha_dropout, feature_alpha_dropout as feature_alpha_dropout
from .composed.extremes import aminmax as aminmax, cummax as cummax, cummin as cummin, max as max, min as min
from .composed.indexing import isin as isin, masked_select as masked_select, narrow as narrow, nonzero as nonzero, nonzero_static as nonzero_static, repeat_interleave as repeat_interleave, select as select, take as take, take_along_dim as take_along_dim, unravel_index as unravel_index
from .composed.joining import atleast_1d as atleast_1d, atleast_2d as atleast_2d, atleast_3d as atleast_3d, block_diag as block_diag, broadcast_shapes as broadcast_shapes, broadcast_tensors as broadcast_tensors, cartesian_prod as cartesian_prod, column_stack as column_stack, combinations as combinations, dstack as dstack, hstack as hstack, meshgrid as meshgrid, tile as tile, vstack as row_stack, vstack as vstack
from .composed.linalg import logdet as logdet, matrix_power as matrix_power, pinverse as pinverse, slogdet as slogdet
from .composed.lu import lu as lu, lu_solve as lu_solve, lu_unpack as lu_unpack
from .composed.margin_losses import cosine_embedding_loss as cosine_embedding_loss, margin_ranking_loss as margin_ranking_loss, triplet_margin_loss as triplet_margin_loss
from .composed.normalization import rms_norm as rms_norm
from .composed.norms import cosine_similarity as cosine_similarity, norm as norm, pairwise_distance as pairwise_distance, pdist as pdist, renorm as renorm
from .composed.ordering import bucketize as bucketize, kthvalue as kthvalue, median as median, mode as mode, msort as msort, nanmedian as nanmedian, nanquantile as nanquantile, quantile as quantile, searchsorted as searchsorted, sort as sort, topk as topk
from .composed.padding import pad as pad
from .composed.pixels import channel_shuffle as channel_shuffle, pixel_shuffle as pixel_shuffle, pixel_unshuffle as pixel_unshuffle
from .composed.pooling import Sizes
from .composed.products import addbmm as addbmm, addmm as addmm, addmv as addmv, addr as addr, baddbmm as baddbmm, bmm as bmm, chain_matmul as chain_matmul, dot as dot, kron as kron, mm as mm, mv as mv, outer as ger, outer as outer, vdot as vdot
from .composed.questions import allclose as allclose, equal as equal, is_distributed as is_distributed, is_floating_point as is_floating_point, is_same_size as is_same_size, is_tensor as is_tensor, numel as numel
from .composed.random import bernoulli as bernoulli, binomial as binomial, multinomial as multinomial, normal as normal, poisson as poisson
from .composed.real import adjoint as adjoint, angle as angle, conj as conj, conj_physical as conj_physical, is_conj as is_conj, is_neg as is_neg, real as real, resolve_conj as resolve_conj, resolve_neg as resolve_neg
from .composed.recurrent import gru as gru, gru_cell as gru_cell, lstm as lstm, lstm_cell as lstm_cell, rnn_relu as rnn_relu, rnn_relu_cell as rnn_relu_cell, rnn_tanh as rnn_tanh, rnn_tanh_cell as rnn_tanh_cell
from .composed.scatter import as_strided_scatter as as_strided_scatter, diagonal_scatter as diagonal_scatter, index_add as index_add, index_copy as index_copy, index_fill as index_fill, index_put as index_put, index_reduce as index_reduce, masked_fill as masked_fill, masked_scatter as masked_scatter, put as put, scatter as scatter, scatter_add as scatter_add, scatter_reduce as scatter_reduce, select_scatter as select_scatter, slice_scatter as slice_scatter
from .composed.shapes import as_strided as as_strided, expand_as as expand_as, fliplr as fliplr, flipud as flipud, movedim as moveaxis, movedim as movedim, ravel as ravel, reshape_as as reshape_as, rot90 as rot90, unflatten as unflatten, vander as vander, view as view, view_as as view_as
from .composed.solving import triangular_solve as triangular_solve
from .composed.splitting import chunk as chunk, chunk as unsafe_chunk, dsplit as dsplit, hsplit as hsplit, split as split, split as split_with_sizes, split as unsafe_split, split as unsafe_split_with_sizes, tensor_split as tensor_split, unbind as unbind, vsplit as vsplit
from .composed.statistics import corrcoef as corrcoef, cov as cov, std_mean as std_mean, var_mean as var_mean
from .composed.storage import from_file as from_file
from .composed.types import is_complex as is_complex, is_nonzero as is_nonzero, is_signed as is_signed, result_type as result_type
from .creation.data import as_tensor as as_tensor, asarray as asarray, from_dlpack as from_dlpack, from_numpy as from_numpy, tensor as tensor
from .creation.filled import empty as empty, empty_like as empty_like, empty_strided as empty_strided, eye as eye, full as full, full_like as full_like, ones as ones, ones_like as ones_like, scalar_tensor as scalar_tensor, zeros as zeros, zeros_like as zeros_like
from .creation.generator import Generator as Generator, get_rng_state as get_rng_state, initial_seed as initial_seed, manual_seed as manual_seed, seed as seed, set_rng_state as set_rng_state
from .creation.layout import layout as layout, memory_format as memory_format
from .creation.random import rand as rand, rand_like as rand_like, randint as randint, randint_like as randint_like, randn as randn, randn_like as randn_like, randperm as randperm
from .creation.ranges import arange as arange, linspace as linspace, logspace as logspace
from .creation.storage import StorageType, TypedStorage as TypedStorage, UntypedStorage as UntypedStorage, is_storage as is_storage
from .engine.backward import backward as backward, grad as grad
from .engine.custom import Function as Function
from .engine.debug import detect_anomaly as detect_anomaly, freeze_saved as freeze_saved, is_anomaly_check_nan_enabled as is_anomaly_check_nan_enabled, is_anomaly_enabled as is_anomaly_enabled, set_detect_anomaly as set_detect_anomaly, set_freeze_saved as set_freeze_saved
from .engine.grad_mode import enable_grad as enable_grad, inference_mode as inference_mode, is_grad_enabled as is_grad_enabled, is_inference_mode_enabled as is_inference_mode_enabled, no_grad as no_grad, set_grad_enabled as set_grad_enabled
from .engine.node import Node as Node
from .engine.size import Size as Size
from .engine.tensor import Operand, Tensor as Tensor
from .engine.walk import backward_steps as backward_steps
from .gradcheck import GradcheckError as GradcheckError, gradcheck as gradcheck, gradgradcheck as gradgradcheck
from .kernels.compiling.threads import are_deterministic_algorithms_enabled as are_deterministic_algorithms_enabled, get_num_interop_threads as get_num_interop_threads, get_num_threads as get_num_threads, is_deterministic_algorithms_warn_only_enabled as is_deterministic_algorithms_warn_only_enabled, set_num_interop_threads as set_num_interop_threads, set_num_threads as set_num_threads, use_deterministic_algorithms as use_deterministic_algorithms
from .ops.op import Op as Op
from .replay.compiled import compile as compile
from .scalar import Scalar as Scalar
from .seeing import plot as plot
from .seeing.drawing import draw as draw
from .seeing.tracing import Trace as Trace, trace as trace
from .serialization.loading import load as load
from .serialization.saving import save as save
from .surface.in_place import fill_ as fill_, zero_ as zero_
from .surface.legacy import TensorType
from .surface.memory import resize_as_ as resize_as_
from .surface.printing import set_printoptions as set_printoptions
from .torch.hook import as_torch as as_torch
from .transforms.vmap import vmap as vmap
from .types.device import device as device
from .types.dtypes import can_cast as can_cast, dtype as dtype, finfo as finfo, get_default_dtype as get_default_dtype, iinfo as iinfo, promote_types as promote_types, set_default_dtype as set_default_dtype
from builtins import bool as _bool, float as _float, int as _int
from collections.abc import Sequence
from typing import Any, overload

BoolStorage: StorageType
BoolTensor: TensorType
ByteStorage: StorageType
ByteTensor: TensorType
CharStorage: StorageType
CharTensor: TensorType
DoubleStorage: StorageType
DoubleTensor: TensorType
FloatStorage: StorageType
FloatTensor: TensorType
HalfStorage: StorageType
HalfTensor: TensorType
IntStorage: StorageType
IntTensor: TensorType
LongStorage: StorageType
LongTensor: TensorType
ShortStorage: StorageType
ShortTensor: TensorType
bool: dtype
channels_last: memory_format
channels_last_3d: memory_format
contiguous_format: memory_format
default_generator: Generator
double: dtype
float: dtype
float16: dtype
float32: dtype
float64: dtype
half: dtype
int: dtype
int16: dtype
int32: dtype
int64: dtype
int8: dtype
long: dtype
preserve_format: memory_format
short: dtype
strided: layout
uint8: dtype
def abs(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The absolute value; NotImplementedError for bools."""
def abs_(input: Tensor) -> Tensor:
    """In place: writes ``abs`` of this Tensor and the arguments into it, and returns it."""
def absolute(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The absolute value; NotImplementedError for bools."""
def acos(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The angle between 0 and π whose cosine is ``x``; NaN outside [-1, 1]."""
def acos_(input: Tensor) -> Tensor:
    """In place: writes ``acos`` of this Tensor and the arguments into it, and returns it."""
def acosh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of `cosh`: ``ln(x + √(x² - 1))``; NaN below 1."""
def acosh_(input: Tensor) -> Tensor:
    """In place: writes ``acosh`` of this Tensor and the arguments into it, and returns it."""
def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The means of as many windows as ``output_size`` says, which cover the input and are as alike as they can be."""
def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: _bool = False) -> Any:
    """The largest of each of as many windows as ``output_size`` says: as `adaptive_avg_pool1d`."""
def add(input: Operand, other: Operand, *, alpha: _float = ..., out: Tensor = ...) -> Tensor:
    """``x + y``, or ``x + alpha·y``."""
def addmv_(input: Tensor, mat: Tensor, vec: Tensor, *, beta: _float = 1, alpha: _float = 1) -> Tensor:
    """In place: writes ``addmv`` of this Tensor and the arguments into it, and returns it."""
def all(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, out: Tensor = ...) -> Tensor:
    """Whether all elements are nonzero, or all over ``dim``; uint8 stays uint8."""
def amax(input: Tensor, dim: _int | Sequence[_int] = (), keepdim: _bool = False, *, out: Tensor = ...) -> Tensor:
    """The largest element, or the largest over ``dim``. Several that are the largest share the gradient evenly."""
def amin(input: Tensor, dim: _int | Sequence[_int] = (), keepdim: _bool = False, *, out: Tensor = ...) -> Tensor:
    """The smallest element, or the smallest over ``dim``. Several that are the smallest share the gradient evenly."""
def any(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, out: Tensor = ...) -> Tensor:
    """Whether any element is nonzero, or any over ``dim``; uint8 stays uint8."""
def arccos(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The angle between 0 and π whose cosine is ``x``; NaN outside [-1, 1]."""
def arccos_(input: Tensor) -> Tensor:
    """In place: writes ``arccos`` of this Tensor and the arguments into it, and returns it."""
def arccosh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of `cosh`: ``ln(x + √(x² - 1))``; NaN below 1."""
def arccosh_(input: Tensor) -> Tensor:
    """In place: writes ``arccosh`` of this Tensor and the arguments into it, and returns it."""
def arcsin(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The angle between -π/2 and π/2 whose sine is ``x``; NaN outside [-1, 1]."""
def arcsin_(input: Tensor) -> Tensor:
    """In place: writes ``arcsin`` of this Tensor and the arguments into it, and returns it."""
def arcsinh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of `sinh`: ``ln(x + √(x² + 1))``."""
def arcsinh_(input: Tensor) -> Tensor:
    """In place: writes ``arcsinh`` of this Tensor and the arguments into it, and returns it."""
def arctan(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The angle between -π/2 and π/2 whose tangent is ``x``."""
def arctan2(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """The angle between -π and π of the point with abscissa ``y`` and ordinate ``x``."""
def arctan_(input: Tensor) -> Tensor:
    """In place: writes ``arctan`` of this Tensor and the arguments into it, and returns it."""
def arctanh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of `tanh`: ``½ ln((1 + x)/(1 - x))``; NaN outside [-1, 1]."""
def arctanh_(input: Tensor) -> Tensor:
    """In place: writes ``arctanh`` of this Tensor and the arguments into it, and returns it."""
def argmax(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor = ...) -> Tensor:
    """The index of the largest element (the first of several): in the flattened Tensor, or along ``dim``."""
def argmin(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, out: Tensor = ...) -> Tensor:
    """The index of the smallest element (the first of several): in the flattened Tensor, or along ``dim``."""
def argsort(input: Tensor, dim: _int = -1, descending: _bool = False, stable: _bool = False, *, out: Tensor = ...) -> Tensor:
    """The indices that put the elements along ``dim`` in order; equal ones keep theirs."""
def argwhere(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The indices of the elements that aren't 0, one in a row."""
def as_strided_copy(*args: Any, **kwargs: Any) -> Any:
    """`as_strided` in memory of its own."""
def asin(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The angle between -π/2 and π/2 whose sine is ``x``; NaN outside [-1, 1]."""
def asin_(input: Tensor) -> Tensor:
    """In place: writes ``asin`` of this Tensor and the arguments into it, and returns it."""
def asinh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of `sinh`: ``ln(x + √(x² + 1))``."""
def asinh_(input: Tensor) -> Tensor:
    """In place: writes ``asinh`` of this Tensor and the arguments into it, and returns it."""
def atan(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The angle between -π/2 and π/2 whose tangent is ``x``."""
def atan2(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """The angle between -π and π of the point with abscissa ``y`` and ordinate ``x``."""
def atan_(input: Tensor) -> Tensor:
    """In place: writes ``atan`` of this Tensor and the arguments into it, and returns it."""
def atanh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of `tanh`: ``½ ln((1 + x)/(1 - x))``; NaN outside [-1, 1]."""
def atanh_(input: Tensor) -> Tensor:
    """In place: writes ``atanh`` of this Tensor and the arguments into it, and returns it."""
def avg_pool1d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: _bool = False, count_include_pad: _bool = True) -> Tensor:
    """The mean of each window."""
def binary_cross_entropy_with_logits(input: Tensor, target: Tensor, weight: Tensor | None = None, pos_weight: Tensor | None = None, reduction: _int = 0) -> Tensor:
    """As `nn.functional.binary_cross_entropy_with_logits`; ``reduction`` is 0 for none, 1 for the mean, 2 for the sum."""
def bitwise_and(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x & y`` of integers or bools, bit by bit; NotImplementedError for floats."""
def bitwise_left_shift(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x·2ʸ``: the bits of an integer moved up; NotImplementedError for floats."""
def bitwise_not(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``~x`` of integers or bools, bit by bit; NotImplementedError for floats."""
def bitwise_or(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x | y`` of integers or bools, bit by bit; NotImplementedError for floats."""
def bitwise_right_shift(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``⌊x/2ʸ⌋``: the bits of an integer moved down; NotImplementedError for floats."""
def bitwise_xor(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x ^ y`` of integers or bools, bit by bit; NotImplementedError for floats."""
@overload
def broadcast_to(input: Tensor, shape: Sequence[_int]) -> Tensor:
    """Dimensions of size 1, and new ones in front, repeated to ``shape`` without copying; -1 keeps a size."""
@overload
def broadcast_to(input: Tensor, *shape: _int) -> Tensor:
    """Dimensions of size 1, and new ones in front, repeated to ``shape`` without copying; -1 keeps a size."""
def cat(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor = ...) -> Tensor:
    """Tensors joined along a dimension they have; other sizes must agree."""
def cdist(x1: Tensor, x2: Tensor, p: _float = 2.0, compute_mode: str = 'use_mm_for_euclid_dist_if_necessary', *, out: Tensor = ...) -> Tensor:
    """The distances ``‖xᵢ - yⱼ‖ₚ`` of all pairs of points, the rows of two matrices or stacks of them."""
def ceil(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The next integer above, as a float."""
def ceil_(input: Tensor) -> Tensor:
    """In place: writes ``ceil`` of this Tensor and the arguments into it, and returns it."""
def celu(input: Tensor, alpha: _float = 1.0, *, out: Tensor = ...) -> Tensor:
    """``x`` where x > 0, else ``alpha·(e^(x/alpha) - 1)``: an ELU whose slope is continuous (Barron, 2017)."""
def celu_(input: Tensor, alpha: _float = 1.0) -> Tensor:
    """In place: what `celu` gives, written into its input."""
def cholesky(A: Tensor, upper: _bool = False, *, out: Tensor = ...) -> Tensor:
    """The lower triangular L with ``A = L @ Lᵀ``, or its transpose; LinAlgError unless A is positive definite."""
def cholesky_inverse(input: Tensor, upper: _bool = False, *, out: Tensor = ...) -> Tensor:
    """``(L @ Lᵀ)⁻¹``, where input is L as `cholesky` makes it, or its transpose if ``upper``."""
def cholesky_solve(input: Tensor, input2: Tensor, upper: _bool = False, *, out: Tensor = ...) -> Tensor:
    """The X with ``L @ Lᵀ @ X = input``, where input2 is L as `cholesky` makes it, or its transpose if ``upper``."""
def clamp(input: Tensor, min: Operand | None = None, max: Operand | None = None, *, out: Tensor = ...) -> Tensor:
    """``x`` cut off below ``min`` and above ``max``, each a number, a Tensor or None; RuntimeError if both are None."""
def clamp_(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """In place: writes ``clamp`` of this Tensor and the arguments into it, and returns it."""
def clamp_max_(input: Tensor, max: Any) -> Tensor:
    """In place: writes ``clamp_max`` of this Tensor and the arguments into it, and returns it."""
def clamp_min_(input: Tensor, min: Any) -> Tensor:
    """In place: writes ``clamp_min`` of this Tensor and the arguments into it, and returns it."""
def clip(input: Tensor, min: Operand | None = None, max: Operand | None = None, *, out: Tensor = ...) -> Tensor:
    """``x`` cut off below ``min`` and above ``max``, each a number, a Tensor or None; RuntimeError if both are None."""
def clip_(input: Tensor, min: Operand | None = None, max: Operand | None = None) -> Tensor:
    """In place: writes ``clip`` of this Tensor and the arguments into it, and returns it."""
def clone(input: Tensor, *, memory_format: memory_format | None = ..., out: Tensor = ...) -> Tensor:
    """A copy in memory of its own, through which gradients pass."""
def concat(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor = ...) -> Tensor:
    """Tensors joined along a dimension they have; other sizes must agree."""
def concatenate(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor = ...) -> Tensor:
    """Tensors joined along a dimension they have; other sizes must agree."""
def constant_pad(input: Tensor, pad: Sequence[_int], value: _float = 0, *, out: Tensor = ...) -> Tensor:
    """``x`` in a border of ``value``; ``pad``: how many before and after the last dimension, then the one before it."""
def copysign(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``|x|`` with the sign of ``y``, which -0 has too."""
def cos(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The cosine of an angle in radians."""
def cos_(input: Tensor) -> Tensor:
    """In place: writes ``cos`` of this Tensor and the arguments into it, and returns it."""
def cosh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The hyperbolic cosine ``(eˣ + e⁻ˣ)/2``."""
def cosh_(input: Tensor) -> Tensor:
    """In place: writes ``cosh`` of this Tensor and the arguments into it, and returns it."""
def count_nonzero(input: Tensor, dim: _int | Sequence[_int] | None = None, *, out: Tensor = ...) -> Tensor:
    """How many elements are not zero, of all or over ``dim``."""
def cross(input: Tensor, other: Tensor, dim: _int | None = None, *, out: Tensor = ...) -> Tensor:
    """The cross product of vectors of three along ``dim``, or along the first dimension of size 3."""
def cross_entropy(input: Tensor, target: Tensor, weight: Tensor | None = None, ignore_index: _int = -100, reduction: str = 'mean', label_smoothing: _float = 0.0, *, out: Tensor = ...) -> Tensor:
    """``-ln softmax(x)[target]``: how surprised a classifier with these scores is by the right classes."""
def cumprod(input: Tensor, dim: _int, *, dtype: dtype | None = ..., out: Tensor = ...) -> Tensor:
    """The products of the first 1, 2, ... elements along ``dim``."""
def cumsum(input: Tensor, dim: _int, *, dtype: dtype | None = ..., out: Tensor = ...) -> Tensor:
    """The sums of the first 1, 2, ... elements along ``dim``."""
def deg2rad(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Degrees as radians: ``πx/180``."""
def deg2rad_(input: Tensor) -> Tensor:
    """In place: writes ``deg2rad`` of this Tensor and the arguments into it, and returns it."""
def det(A: Tensor, *, out: Tensor = ...) -> Tensor:
    """The determinant of a square matrix."""
def diagonal(input: Tensor, offset: _int = 0, dim1: _int = 0, dim2: _int = 1) -> Tensor:
    """The diagonal of the matrices in ``dim1`` and ``dim2``, as the last dimension; ``offset``: how far above the main."""
def diagonal_copy(*args: Any, **kwargs: Any) -> Any:
    """`diagonal` in memory of its own."""
def digamma(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``ψ(x)``, the derivative of ``ln Γ(x)``."""
def div(input: Operand, other: Operand, *, rounding_mode: str | None = ..., out: Tensor = ...) -> Tensor:
    """``x / y``; of integers, in the default dtype. rounding_mode: None, "floor" (down) or "trunc" (towards 0)."""
def divide(input: Operand, other: Operand, *, rounding_mode: str | None = ..., out: Tensor = ...) -> Tensor:
    """``x / y``; of integers, in the default dtype. rounding_mode: None, "floor" (down) or "trunc" (towards 0)."""
def elu(input: Tensor, alpha: _float = 1.0, *, out: Tensor = ...) -> Tensor:
    """``x`` where x > 0, else ``alpha·(eˣ - 1)``: smooth, with negative outputs (Clevert et al., 2015)."""
def embedding(input: Tensor, weight: Tensor, padding_idx: _int = -1, scale_grad_by_freq: _bool = False, *, out: Tensor = ...) -> Tensor:
    """The row of ``weight`` that each index names: of indices (...) and a matrix (count, size), (..., size)."""
def eq(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x == y``, element by element."""
def erf(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The error function ``2/√π ∫₀ˣ e^(-t²) dt``."""
def erf_(input: Tensor) -> Tensor:
    """In place: writes ``erf`` of this Tensor and the arguments into it, and returns it."""
def erfc(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``1 - erf(x)``, with all digits where that is small."""
def erfc_(input: Tensor) -> Tensor:
    """In place: writes ``erfc`` of this Tensor and the arguments into it, and returns it."""
def erfinv(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of `erf`; NaN outside [-1, 1]."""
def exp(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``eˣ``."""
def exp2(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``2ˣ``."""
def exp2_(input: Tensor) -> Tensor:
    """In place: writes ``exp2`` of this Tensor and the arguments into it, and returns it."""
def exp_(input: Tensor) -> Tensor:
    """In place: writes ``exp`` of this Tensor and the arguments into it, and returns it."""
@overload
def expand(input: Tensor, shape: Sequence[_int]) -> Tensor:
    """Dimensions of size 1, and new ones in front, repeated to ``shape`` without copying; -1 keeps a size."""
@overload
def expand(input: Tensor, *shape: _int) -> Tensor:
    """Dimensions of size 1, and new ones in front, repeated to ``shape`` without copying; -1 keeps a size."""
def expand_copy(*args: Any, **kwargs: Any) -> Any:
    """`expand` in memory of its own."""
def expm1(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``eˣ - 1``, accurate near 0."""
def expm1_(input: Tensor) -> Tensor:
    """In place: writes ``expm1`` of this Tensor and the arguments into it, and returns it."""
def fix(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The integer part, as a float."""
def fix_(input: Tensor) -> Tensor:
    """In place: writes ``fix`` of this Tensor and the arguments into it, and returns it."""
def flatten(input: Tensor, start_dim: _int = 0, end_dim: _int = -1) -> Tensor:
    """The dimensions from ``start_dim`` to ``end_dim`` as one."""
@overload
def flip(input: Tensor, dims: Sequence[_int]) -> Tensor:
    """The order of elements reversed along ``dims``."""
@overload
def flip(input: Tensor, *dims: _int) -> Tensor:
    """The order of elements reversed along ``dims``."""
def floor(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The next integer below, as a float."""
def floor_(input: Tensor) -> Tensor:
    """In place: writes ``floor`` of this Tensor and the arguments into it, and returns it."""
def floor_divide(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``⌊x / y⌋``; RuntimeError for an integer divided by 0."""
def fmax(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """The larger of the two, or the other one if one is NaN."""
def fmin(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """The smaller of the two, or the other one if one is NaN."""
def fmod(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x - y·trunc(x / y)``, which has the sign of x; RuntimeError for an integer divided by 0."""
def frac(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """What `trunc` leaves: ``x - trunc x``, with the sign of x; NotImplementedError for integers."""
def frac_(input: Tensor) -> Tensor:
    """In place: writes ``frac`` of this Tensor and the arguments into it, and returns it."""
def gather(input: Tensor, dim: _int, index: Tensor, *, sparse_grad: _bool = ..., out: Tensor = ...) -> Tensor:
    """``out[i][j] = x[index[i][j]][j]`` for ``dim`` 0, and likewise for others; IndexError for an index out of range."""
def gcd(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """The greatest common divisor of integers; NotImplementedError for floats and bools."""
def gcd_(input: Operand, other: Operand) -> Tensor:
    """In place: writes ``gcd`` of this Tensor and the arguments into it, and returns it."""
def ge(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x >= y``, element by element."""
def gelu(input: Tensor, approximate: str = 'none', *, out: Tensor = ...) -> Tensor:
    """``x·Φ(x)``, Φ the normal distribution function, or its tanh approximation (Hendrycks and Gimpel, 2016)."""
def greater(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x > y``, element by element."""
def greater_equal(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x >= y``, element by element."""
def gt(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x > y``, element by element."""
def hardshrink(input: Tensor, lambd: _float = 0.5, *, out: Tensor = ...) -> Tensor:
    """``x`` where it is beyond ±``lambd``, else 0."""
def hardtanh(input: Tensor, min_val: _float = -1.0, max_val: _float = 1.0, *, out: Tensor = ...) -> Tensor:
    """``x`` cut off at ``min_val`` and ``max_val``; ValueError unless min_val ≤ max_val."""
def heaviside(input: Tensor, values: Tensor, *, out: Tensor = ...) -> Tensor:
    """1 where x > 0, ``values`` (a Tensor of the same dtype) where x = 0, else 0."""
def hinge_embedding_loss(input: Tensor, target: Tensor, margin: _float = 1.0, reduction: _int = 0) -> Tensor:
    """As `nn.functional.hinge_embedding_loss`; ``reduction`` is 0 for none, 1 for the mean, 2 for the sum."""
def hypot(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``√(x² + y²)``, the hypotenuse, without overflow; NotImplementedError for integers."""
def i0(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``I₀(x)``, the modified Bessel function of order 0."""
def i0_(input: Tensor) -> Tensor:
    """In place: writes ``i0`` of this Tensor and the arguments into it, and returns it."""
def igamma(a: Operand, x: Operand, *, out: Tensor = ...) -> Tensor:
    """``P(a, x) = 1/Γ(a) ∫₀ˣ tᵃ⁻¹·e⁻ᵗ dt``, the incomplete gamma function; NotImplementedError for integers."""
def igammac(a: Operand, x: Operand, *, out: Tensor = ...) -> Tensor:
    """``Q(a, x) = 1 - P(a, x)``, with all digits where that is small; see `igamma`."""
def index_put_(input: Tensor, indices: Any, values: Tensor, accumulate: _bool = False) -> Tensor:
    """In place: writes ``index_put`` of this Tensor and the arguments into it, and returns it."""
def index_select(input: Tensor, dim: _int, index: Tensor, *, out: Tensor = ...) -> Tensor:
    """The slices of ``x`` along ``dim`` that a vector of ints names."""
def inverse(A: Tensor, *, out: Tensor = ...) -> Tensor:
    """The inverse of a square matrix; LinAlgError if it is singular."""
def isclose(input: Tensor, other: Tensor, rtol: _float = 1e-05, atol: _float = 1e-08, equal_nan: _bool = False, *, out: Tensor = ...) -> Tensor:
    """Whether ``|x - y| ≤ atol + rtol·|y|``, or x = y; both of one dtype. RuntimeError for negative tolerances."""
def isfinite(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Whether each element is neither infinite nor NaN."""
def isinf(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Whether each element is infinite."""
def isnan(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Whether each element is NaN."""
def isneginf(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Whether each element is -inf."""
def isposinf(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Whether each element is inf."""
def isreal(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Whether each element is a real number, as all are here."""
def kl_div(input: Tensor, target: Tensor, reduction: _int = 0, log_target: _bool = False) -> Tensor:
    """As `nn.functional.kl_div`; ``reduction`` is 0 for none, 1 for the mean, 2 for the sum."""
def lcm(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """The least common multiple of integers; NotImplementedError for floats and bools."""
def lcm_(input: Operand, other: Operand) -> Tensor:
    """In place: writes ``lcm`` of this Tensor and the arguments into it, and returns it."""
def ldexp_(input: Tensor, other: Tensor) -> Tensor:
    """In place: writes ``ldexp`` of this Tensor and the arguments into it, and returns it."""
def le(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x <= y``, element by element."""
def leaky_relu(input: Tensor, negative_slope: _float = 0.01, *, out: Tensor = ...) -> Tensor:
    """``x`` where x > 0, else ``negative_slope·x``: a ReLU that can't die."""
def lerp(input: Tensor, end: Operand, weight: Operand, *, out: Tensor = ...) -> Tensor:
    """``x + weight·(end - x)``: from ``x`` to ``end`` as the weight goes from 0 to 1."""
def less(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x < y``, element by element."""
def less_equal(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x <= y``, element by element."""
def lgamma(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``ln |Γ(x)|``; e^ of it is ``(x - 1)!`` for whole x."""
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None, *, out: Tensor = ...) -> Tensor:
    """A fully connected layer: ``x @ weightᵀ + bias``."""
def log(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The natural logarithm."""
def log10(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The logarithm to base 10."""
def log10_(input: Tensor) -> Tensor:
    """In place: writes ``log10`` of this Tensor and the arguments into it, and returns it."""
def log1p(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``ln(1 + x)``, accurate near 0."""
def log1p_(input: Tensor) -> Tensor:
    """In place: writes ``log1p`` of this Tensor and the arguments into it, and returns it."""
def log2(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The logarithm to base 2."""
def log2_(input: Tensor) -> Tensor:
    """In place: writes ``log2`` of this Tensor and the arguments into it, and returns it."""
def log_(input: Tensor) -> Tensor:
    """In place: writes ``log`` of this Tensor and the arguments into it, and returns it."""
def log_softmax(input: Tensor, dim: _int, *, dtype: dtype | None = ..., out: Tensor = ...) -> Tensor:
    """``ln softmax(x)``, computed so that no probability is lost to rounding; NotImplementedError for integers."""
def logaddexp(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``ln(eˣ + eʸ)``, without overflow; NotImplementedError for integers."""
def logaddexp2(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``log₂(2ˣ + 2ʸ)``, without overflow; NotImplementedError for integers."""
def logcumsumexp(input: Tensor, dim: _int, *, out: Tensor = ...) -> Tensor:
    """``log Σ exp(xᵢ)`` of the first 1, 2, ... elements along ``dim``, without overflow; not for integers."""
def logical_and(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """Whether both are nonzero, element by element."""
def logical_not(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Whether each element is zero."""
def logical_or(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """Whether either is nonzero, element by element."""
def logical_xor(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """Whether just one is nonzero, element by element."""
def logit(input: Tensor, eps: _float | None = None, *, out: Tensor = ...) -> Tensor:
    """``ln(x/(1 - x))``, the inverse of `sigmoid`; with ``eps``, of ``x`` cut off at eps and 1 - eps."""
def logit_(input: Tensor, eps: _float | None = None) -> Tensor:
    """In place: writes ``logit`` of this Tensor and the arguments into it, and returns it."""
def logsumexp(input: Tensor, dim: _int | Sequence[_int], keepdim: _bool = False, *, out: Tensor = ...) -> Tensor:
    """``log Σ exp(xᵢ)`` over ``dim``, without overflow."""
def lt(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x < y``, element by element."""
def matmul(input: Tensor, other: Tensor, *, out: Tensor = ...) -> Tensor:
    """The product of matrices, of stacks of matrices, or of vectors with either."""
def matrix_exp(A: Tensor, *, out: Tensor = ...) -> Tensor:
    """``Σ Aᵏ/k!`` of a square matrix."""
def max_pool1d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Any:
    """The largest value of each window; the gradient goes to the first of the largest."""
def max_pool2d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Any:
    """The largest value of each window; the gradient goes to the first of the largest."""
def max_pool3d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: _bool = False, return_indices: _bool = False) -> Any:
    """The largest value of each window; the gradient goes to the first of the largest."""
def maximum(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """The larger of the two; NaN if either is."""
def mean(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: dtype | None = ..., out: Tensor = ...) -> Tensor:
    """The arithmetic mean of all elements, or over ``dim``; RuntimeError for integers without a ``dtype`` of floats."""
def minimum(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """The smaller of the two; NaN if either is."""
def mse_loss(input: Operand, target: Operand, reduction: str = 'mean', *, out: Tensor = ...) -> Tensor:
    """``(x - target)²``, its mean, or its sum."""
def mul(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x · y``."""
def multiply(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x · y``."""
def nan_to_num(input: Tensor, nan: _float = 0.0, posinf: _float | None = None, neginf: _float | None = None, *, out: Tensor = ...) -> Tensor:
    """``x`` with ``nan`` for NaN, ``posinf`` and ``neginf`` for ±inf (None: the largest and the least of the dtype)."""
def nan_to_num_(input: Tensor, nan: _float = 0.0, posinf: _float | None = None, neginf: _float | None = None) -> Tensor:
    """In place: writes ``nan_to_num`` of this Tensor and the arguments into it, and returns it."""
def nanmean(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: dtype | None = ..., out: Tensor = ...) -> Tensor:
    """The mean of what is not NaN, of all elements or over ``dim``; RuntimeError for integers."""
def nansum(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, *, dtype: dtype | None = ..., out: Tensor = ...) -> Tensor:
    """The sum of what is not NaN, of all elements or over ``dim``."""
def narrow_copy(*args: Any, **kwargs: Any) -> Any:
    """`narrow` in memory of its own."""
def ne(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x != y``, element by element."""
def neg(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``-x``; RuntimeError for bools."""
def neg_(input: Tensor) -> Tensor:
    """In place: writes ``neg`` of this Tensor and the arguments into it, and returns it."""
def negative(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``-x``; RuntimeError for bools."""
def negative_(input: Tensor) -> Tensor:
    """In place: writes ``negative`` of this Tensor and the arguments into it, and returns it."""
def nextafter(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """The float next to ``x`` on the way to ``y``; NotImplementedError for integers."""
def not_equal(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x != y``, element by element."""
def one_hot(input: Tensor, num_classes: _int = -1, *, out: Tensor = ...) -> Tensor:
    """For each class index a row of zeros with a 1 at it; as many classes as the largest index needs if not given."""
@overload
def permute(input: Tensor, dims: Sequence[_int]) -> Tensor:
    """The dimensions in another order."""
@overload
def permute(input: Tensor, *dims: _int) -> Tensor:
    """The dimensions in another order."""
def permute_copy(*args: Any, **kwargs: Any) -> Any:
    """`permute` in memory of its own."""
def poisson_nll_loss(input: Tensor, target: Tensor, log_input: _bool = True, full: _bool = False, eps: _float = 1e-08, reduction: _int = 0) -> Tensor:
    """As `nn.functional.poisson_nll_loss`; ``reduction`` is 0 for none, 1 for the mean, 2 for the sum."""
def positive(input: Tensor) -> Tensor:
    """``x`` itself; RuntimeError for bools."""
def pow(input: Operand, exponent: Operand, *, out: Tensor = ...) -> Tensor:
    """``xʸ``, y being the exponent; RuntimeError for integers to a negative Python integer."""
def prod(input: Tensor, dim: _int | None = None, keepdim: _bool = False, *, dtype: dtype | None = ..., out: Tensor = ...) -> Tensor:
    """The product of all elements, or over ``dim``; integers and bools are multiplied as int64."""
def rad2deg(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Radians as degrees: ``180x/π``."""
def rad2deg_(input: Tensor) -> Tensor:
    """In place: writes ``rad2deg`` of this Tensor and the arguments into it, and returns it."""
def reciprocal(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``1/x``."""
def reciprocal_(input: Tensor) -> Tensor:
    """In place: writes ``reciprocal`` of this Tensor and the arguments into it, and returns it."""
def relu(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``max(0, x)``: cheap, and not saturated for x > 0; a unit whose input stays below 0 learns no more ("dies")."""
def relu_(input: Tensor) -> Tensor:
    """In place: writes ``relu`` of this Tensor and the arguments into it, and returns it."""
def remainder(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x - y·⌊x / y⌋``, which has the sign of y; RuntimeError for an integer divided by 0."""
@overload
def repeat(input: Tensor, sizes: Sequence[_int]) -> Tensor:
    """``x`` laid side by side, ``sizes[i]`` times along dimension i."""
@overload
def repeat(input: Tensor, *sizes: _int) -> Tensor:
    """``x`` laid side by side, ``sizes[i]`` times along dimension i."""
@overload
def reshape(input: Tensor, shape: Sequence[_int]) -> Tensor:
    """The same elements in another shape; one size may be -1."""
@overload
def reshape(input: Tensor, *shape: _int) -> Tensor:
    """The same elements in another shape; one size may be -1."""
def roll(input: Tensor, shifts: _int | Sequence[_int], dims: _int | Sequence[_int] | None = None, *, out: Tensor = ...) -> Tensor:
    """The elements moved on by ``shifts`` along ``dims``, those pushed out coming in again; flattened without ``dims``."""
def round(input: Tensor, decimals: _int = 0, *, out: Tensor = ...) -> Tensor:
    """Rounded to ``decimals`` places, halves to the even neighbour; NotImplementedError for places of integers."""
def round_(input: Tensor, decimals: _int = 0) -> Tensor:
    """In place: writes ``round`` of this Tensor and the arguments into it, and returns it."""
def rrelu_(input: Tensor, lower: _float = 0.125, upper: _float = 0.3333333333333333, training: _bool = False, inplace: _bool = False) -> Tensor:
    """In place: what `rrelu` gives, written into its input."""
def rsqrt(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``1/√x``."""
def rsqrt_(input: Tensor) -> Tensor:
    """In place: writes ``rsqrt`` of this Tensor and the arguments into it, and returns it."""
def select_copy(*args: Any, **kwargs: Any) -> Any:
    """`select` in memory of its own."""
def selu(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``scale·x`` where x > 0, else ``scale·alpha·(eˣ - 1)``: keeps mean 0 and variance 1 (Klambauer et al., 2017)."""
def selu_(input: Tensor) -> Tensor:
    """In place: what `selu` gives, written into its input."""
def sgn(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """-1, 0 or 1; 0 for NaN."""
def sigmoid(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The logistic function ``σ(x) = 1/(1 + e⁻ˣ)``, between 0 and 1."""
def sigmoid_(input: Tensor) -> Tensor:
    """In place: writes ``sigmoid`` of this Tensor and the arguments into it, and returns it."""
def sign(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """-1, 0 or 1; 0 for NaN."""
def signbit(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """Whether each element is negative, as -0 is too."""
def silu(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``x·σ(x)``, also called swish (Ramachandran et al., 2017)."""
def sin(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The sine of an angle in radians."""
def sin_(input: Tensor) -> Tensor:
    """In place: writes ``sin`` of this Tensor and the arguments into it, and returns it."""
def sinc(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``sin(πx)/(πx)``, and 1 at 0."""
def sinc_(input: Tensor) -> Tensor:
    """In place: writes ``sinc`` of this Tensor and the arguments into it, and returns it."""
def sinh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The hyperbolic sine ``(eˣ - e⁻ˣ)/2``."""
def sinh_(input: Tensor) -> Tensor:
    """In place: writes ``sinh`` of this Tensor and the arguments into it, and returns it."""
def softmax(input: Tensor, dim: _int, *, dtype: dtype | None = ..., out: Tensor = ...) -> Tensor:
    """``e^xᵢ / Σⱼ e^xⱼ`` over ``dim``: positive numbers that add up to 1; NotImplementedError for integers."""
def softplus(input: Tensor, beta: _float = 1.0, threshold: _float = 20.0, *, out: Tensor = ...) -> Tensor:
    """``ln(1 + e^(beta·x))/beta``, a smooth ReLU; ``x`` itself where beta·x is above ``threshold``."""
def split_copy(*args: Any, **kwargs: Any) -> Any:
    """`split` in memory of its own."""
def split_with_sizes_copy(*args: Any, **kwargs: Any) -> Any:
    """`split_with_sizes` in memory of its own."""
def sqrt(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The square root."""
def sqrt_(input: Tensor) -> Tensor:
    """In place: writes ``sqrt`` of this Tensor and the arguments into it, and returns it."""
def square(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """``x²``; of bools, as integers."""
def square_(input: Tensor) -> Tensor:
    """In place: writes ``square`` of this Tensor and the arguments into it, and returns it."""
def squeeze(input: Tensor, dim: _int | Sequence[_int] | None = None) -> Tensor:
    """Without the dimensions of size 1, or without those of ``dim`` that have it."""
def squeeze_copy(*args: Any, **kwargs: Any) -> Any:
    """`squeeze` in memory of its own."""
def stack(tensors: Sequence[Tensor], dim: _int = 0, *, out: Tensor = ...) -> Tensor:
    """Tensors of one shape side by side along a new dimension."""
def std(input: Tensor, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, correction: _float | None = None, *, out: Tensor = ...) -> Tensor:
    """The standard deviation ``√var`` of all elements, or over ``dim``, with the arguments of `var`."""
def sub(input: Operand, other: Operand, *, alpha: _float = ..., out: Tensor = ...) -> Tensor:
    """``x - y``, or ``x - alpha·y``; RuntimeError for bools."""
def subtract(input: Operand, other: Operand, *, alpha: _float = ..., out: Tensor = ...) -> Tensor:
    """``x - y``, or ``x - alpha·y``; RuntimeError for bools."""
def sum(input: Tensor, dim: _int | Sequence[_int] | None = None, keepdim: _bool = False, dtype: dtype | None = None, *, out: Tensor = ...) -> Tensor:
    """The sum of all elements, or over ``dim``; integers and bools are summed as int64."""
@overload
def sum_to_size(input: Tensor, size: Sequence[_int]) -> Tensor:
    """Summed over the dimensions that broadcasting ``size`` to the shape of ``x`` would repeat: the adjoint of expand."""
@overload
def sum_to_size(input: Tensor, *size: _int) -> Tensor:
    """Summed over the dimensions that broadcasting ``size`` to the shape of ``x`` would repeat: the adjoint of expand."""
def swapaxes(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Two dimensions swapped."""
def swapdims(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Two dimensions swapped."""
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; a vector or scalar as it is. RuntimeError for more dimensions."""
def t_copy(*args: Any, **kwargs: Any) -> Any:
    """`t` in memory of its own."""
def tan(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The tangent of an angle in radians."""
def tan_(input: Tensor) -> Tensor:
    """In place: writes ``tan`` of this Tensor and the arguments into it, and returns it."""
def tanh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The hyperbolic tangent ``(eˣ - e⁻ˣ)/(eˣ + e⁻ˣ)``, between -1 and 1."""
def tanh_(input: Tensor) -> Tensor:
    """In place: writes ``tanh`` of this Tensor and the arguments into it, and returns it."""
def threshold(input: Tensor, threshold: _float, value: _float, *, out: Tensor = ...) -> Tensor:
    """``x`` where it is above ``threshold``, else ``value``."""
def threshold_(input: Tensor, threshold: _float, value: _float) -> Tensor:
    """In place: what `threshold` gives, written into its input."""
def transpose(input: Tensor, dim0: _int, dim1: _int) -> Tensor:
    """Two dimensions swapped."""
def transpose_copy(*args: Any, **kwargs: Any) -> Any:
    """`transpose` in memory of its own."""
def tril(input: Tensor, diagonal: _int = 0, *, out: Tensor = ...) -> Tensor:
    """The lower triangles of matrices: 0 above the ``diagonal``, counted upwards from the main one."""
def triu(input: Tensor, diagonal: _int = 0, *, out: Tensor = ...) -> Tensor:
    """The upper triangles of matrices: 0 below the ``diagonal``, counted upwards from the main one."""
def true_divide(input: Operand, other: Operand, *, rounding_mode: str | None = ..., out: Tensor = ...) -> Tensor:
    """``x / y``; of integers, in the default dtype. rounding_mode: None, "floor" (down) or "trunc" (towards 0)."""
def trunc(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The integer part, as a float."""
def trunc_(input: Tensor) -> Tensor:
    """In place: writes ``trunc`` of this Tensor and the arguments into it, and returns it."""
def unbind_copy(*args: Any, **kwargs: Any) -> Any:
    """`unbind` in memory of its own."""
def unfold_copy(*args: Any, **kwargs: Any) -> Any:
    """`unfold` in memory of its own."""
def unsqueeze(input: Tensor, dim: _int) -> Tensor:
    """With a new dimension of size 1 at ``dim``."""
def unsqueeze_copy(*args: Any, **kwargs: Any) -> Any:
    """`unsqueeze` in memory of its own."""
def var(input: Tensor, dim: _int | Sequence[_int] | None = None, unbiased: _bool = True, keepdim: _bool = False, correction: _float | None = None, *, out: Tensor = ...) -> Tensor:
    """The variance ``Σ(xᵢ - mean x)² / (n - correction)`` of all elements, or over ``dim``."""
def view_copy(*args: Any, **kwargs: Any) -> Any:
    """`view` in memory of its own."""
def xlogy(input: Operand, other: Operand, *, out: Tensor = ...) -> Tensor:
    """``x·ln y``, and 0 where x is 0."""
def xlogy_(input: Operand, other: Operand) -> Tensor:
    """In place: writes ``xlogy`` of this Tensor and the arguments into it, and returns it."""
__all__ = [
    "BoolStorage",
    "BoolTensor",
    "ByteStorage",
    "ByteTensor",
    "CharStorage",
    "CharTensor",
    "DoubleStorage",
    "DoubleTensor",
    "FloatStorage",
    "FloatTensor",
    "Function",
    "Generator",
    "GradcheckError",
    "HalfStorage",
    "HalfTensor",
    "IntStorage",
    "IntTensor",
    "LongStorage",
    "LongTensor",
    "Node",
    "Op",
    "Scalar",
    "ShortStorage",
    "ShortTensor",
    "Size",
    "Tensor",
    "Trace",
    "TypedStorage",
    "UntypedStorage",
    "abs",
    "abs_",
    "absolute",
    "acos",
    "acos_",
    "acosh",
    "acosh_",
    "adaptive_avg_pool1d",
    "adaptive_max_pool1d",
    "add",
    "addbmm",
    "addcdiv",
    "addcmul",
    "addmm",
    "addmv",
    "addmv_",
    "addr",
    "adjoint",
    "affine_grid_generator",
    "all",
    "allclose",
    "alpha_dropout",
    "alpha_dropout_",
    "amax",
    "amin",
    "aminmax",
    "angle",
    "any",
    "arange",
    "arccos",
    "arccos_",
    "arccosh",
    "arccosh_",
    "arcsin",
    "arcsin_",
    "arcsinh",
    "arcsinh_",
    "arctan",
    "arctan2",
    "arctan_",
    "arctanh",
    "arctanh_",
    "are_deterministic_algorithms_enabled",
    "argmax",
    "argmin",
    "argsort",
    "argwhere",
    "as_strided",
    "as_strided_copy",
    "as_strided_scatter",
    "as_tensor",
    "as_torch",
    "asarray",
    "asin",
    "asin_",
    "asinh",
    "asinh_",
    "atan",
    "atan2",
    "atan_",
    "atanh",
    "atanh_",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "avg_pool1d",
    "backward",
    "backward_steps",
    "baddbmm",
    "batch_norm",
    "bernoulli",
    "bilinear",
    "binary_cross_entropy_with_logits",
    "bincount",
    "binomial",
    "bitwise_and",
    "bitwise_left_shift",
    "bitwise_not",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "block_diag",
    "bmm",
    "bool",
    "broadcast_shapes",
    "broadcast_tensors",
    "broadcast_to",
    "bucketize",
    "can_cast",
    "cartesian_prod",
    "cat",
    "cdist",
    "ceil",
    "ceil_",
    "celu",
    "celu_",
    "chain_matmul",
    "channel_shuffle",
    "channels_last",
    "channels_last_3d",
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "chunk",
    "clamp",
    "clamp_",
    "clamp_max",
    "clamp_max_",
    "clamp_min",
    "clamp_min_",
    "clip",
    "clip_",
    "clone",
    "column_stack",
    "combinations",
    "compile",
    "compiler",
    "concat",
    "concatenate",
    "conj",
    "conj_physical",
    "constant_pad",
    "constant_pad_nd",
    "contiguous_format",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_tbc",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "convolution",
    "copysign",
    "corrcoef",
    "cos",
    "cos_",
    "cosh",
    "cosh_",
    "cosine_embedding_loss",
    "cosine_similarity",
    "count_nonzero",
    "cov",
    "cross",
    "cross_entropy",
    "ctc_loss",
    "cuda",
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "cumulative_trapezoid",
    "default_generator",
    "deg2rad",
    "deg2rad_",
    "det",
    "detach",
    "detach_",
    "detect_anomaly",
    "device",
    "diag",
    "diag_embed",
    "diagflat",
    "diagonal",
    "diagonal_copy",
    "diagonal_scatter",
    "diff",
    "digamma",
    "dist",
    "distributed",
    "distributions",
    "div",
    "divide",
    "dot",
    "double",
    "draw",
    "dropout",
    "dropout_",
    "dsplit",
    "dstack",
    "dtype",
    "einsum",
    "elu",
    "embedding",
    "embedding_renorm_",
    "empty",
    "empty_like",
    "empty_strided",
    "enable_grad",
    "eq",
    "equal",
    "erf",
    "erf_",
    "erfc",
    "erfc_",
    "erfinv",
    "exp",
    "exp2",
    "exp2_",
    "exp_",
    "expand",
    "expand_as",
    "expand_copy",
    "expm1",
    "expm1_",
    "eye",
    "feature_alpha_dropout",
    "feature_alpha_dropout_",
    "feature_dropout",
    "feature_dropout_",
    "fft",
    "fill",
    "fill_",
    "finfo",
    "fix",
    "fix_",
    "flatten",
    "flip",
    "fliplr",
    "flipud",
    "float",
    "float16",
    "float32",
    "float64",
    "float_power",
    "floor",
    "floor_",
    "floor_divide",
    "fmax",
    "fmin",
    "fmod",
    "frac",
    "frac_",
    "freeze_saved",
    "frexp",
    "from_dlpack",
    "from_file",
    "from_numpy",
    "full",
    "full_like",
    "func",
    "function",
    "functional",
    "gather",
    "gcd",
    "gcd_",
    "ge",
    "gelu",
    "geqrf",
    "ger",
    "get_default_dtype",
    "get_num_interop_threads",
    "get_num_threads",
    "get_rng_state",
    "grad",
    "gradcheck",
    "gradgradcheck",
    "gradient",
    "graph",
    "greater",
    "greater_equal",
    "grid_sampler",
    "group_norm",
    "gru",
    "gru_cell",
    "gt",
    "half",
    "hardshrink",
    "hardtanh",
    "heaviside",
    "hinge_embedding_loss",
    "histc",
    "histogram",
    "histogramdd",
    "hsplit",
    "hstack",
    "hypot",
    "i0",
    "i0_",
    "igamma",
    "igammac",
    "iinfo",
    "index_add",
    "index_copy",
    "index_fill",
    "index_put",
    "index_put_",
    "index_reduce",
    "index_select",
    "inference_mode",
    "initial_seed",
    "inner",
    "instance_norm",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "inverse",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "is_complex",
    "is_conj",
    "is_deterministic_algorithms_warn_only_enabled",
    "is_distributed",
    "is_floating_point",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "is_neg",
    "is_nonzero",
    "is_same_size",
    "is_signed",
    "is_storage",
    "is_tensor",
    "isclose",
    "isfinite",
    "isin",
    "isinf",
    "isnan",
    "isneginf",
    "isposinf",
    "isreal",
    "kl_div",
    "kron",
    "kthvalue",
    "layer_norm",
    "layout",
    "lcm",
    "lcm_",
    "ldexp",
    "ldexp_",
    "le",
    "leaky_relu",
    "lerp",
    "less",
    "less_equal",
    "lgamma",
    "linalg",
    "linear",
    "linspace",
    "load",
    "log",
    "log10",
    "log10_",
    "log1p",
    "log1p_",
    "log2",
    "log2_",
    "log_",
    "log_softmax",
    "logaddexp",
    "logaddexp2",
    "logcumsumexp",
    "logdet",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logit",
    "logit_",
    "logspace",
    "logsumexp",
    "long",
    "lstm",
    "lstm_cell",
    "lt",
    "lu",
    "lu_solve",
    "lu_unpack",
    "manual_seed",
    "margin_ranking_loss",
    "masked",
    "masked_fill",
    "masked_scatter",
    "masked_select",
    "matmul",
    "matrix_exp",
    "matrix_power",
    "max",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool3d",
    "maximum",
    "mean",
    "median",
    "memory_format",
    "meshgrid",
    "min",
    "minimum",
    "mm",
    "mode",
    "moveaxis",
    "movedim",
    "mse_loss",
    "msort",
    "mul",
    "multinomial",
    "multiply",
    "mv",
    "mvlgamma",
    "nan_to_num",
    "nan_to_num_",
    "nanmean",
    "nanmedian",
    "nanquantile",
    "nansum",
    "narrow",
    "narrow_copy",
    "ne",
    "neg",
    "neg_",
    "negative",
    "negative_",
    "nextafter",
    "no_grad",
    "nonzero",
    "nonzero_static",
    "norm",
    "norm_except_dim",
    "normal",
    "not_equal",
    "numel",
    "one_hot",
    "ones",
    "ones_like",
    "onnx",
    "ops",
    "orgqr",
    "ormqr",
    "outer",
    "pad",
    "pairwise_distance",
    "pdist",
    "permute",
    "permute_copy",
    "pinverse",
    "pixel_shuffle",
    "pixel_unshuffle",
    "plot",
    "poisson",
    "poisson_nll_loss",
    "polygamma",
    "positive",
    "pow",
    "prelu",
    "preserve_format",
    "prod",
    "promote_types",
    "put",
    "qr",
    "quantile",
    "rad2deg",
    "rad2deg_",
    "rand",
    "rand_like",
    "randint",
    "randint_like",
    "randn",
    "randn_like",
    "random",
    "randperm",
    "ravel",
    "real",
    "reciprocal",
    "reciprocal_",
    "relu",
    "relu_",
    "remainder",
    "renorm",
    "repeat",
    "repeat_interleave",
    "reshape",
    "reshape_as",
    "resize_as_",
    "resolve_conj",
    "resolve_neg",
    "result_type",
    "rms_norm",
    "rnn_relu",
    "rnn_relu_cell",
    "rnn_tanh",
    "rnn_tanh_cell",
    "roll",
    "rot90",
    "round",
    "round_",
    "row_stack",
    "rrelu",
    "rrelu_",
    "rsqrt",
    "rsqrt_",
    "rsub",
    "save",
    "scalar_tensor",
    "scatter",
    "scatter_add",
    "scatter_reduce",
    "searchsorted",
    "seed",
    "select",
    "select_copy",
    "select_scatter",
    "selu",
    "selu_",
    "set_default_dtype",
    "set_detect_anomaly",
    "set_freeze_saved",
    "set_grad_enabled",
    "set_num_interop_threads",
    "set_num_threads",
    "set_printoptions",
    "set_rng_state",
    "sgn",
    "short",
    "sigmoid",
    "sigmoid_",
    "sign",
    "signal",
    "signbit",
    "silu",
    "sin",
    "sin_",
    "sinc",
    "sinc_",
    "sinh",
    "sinh_",
    "slice_scatter",
    "slogdet",
    "softmax",
    "softplus",
    "sort",
    "special",
    "split",
    "split_copy",
    "split_with_sizes",
    "split_with_sizes_copy",
    "sqrt",
    "sqrt_",
    "square",
    "square_",
    "squeeze",
    "squeeze_copy",
    "stack",
    "std",
    "std_mean",
    "strided",
    "sub",
    "subtract",
    "sum",
    "sum_to_size",
    "svd",
    "swapaxes",
    "swapdims",
    "t",
    "t_copy",
    "take",
    "take_along_dim",
    "tan",
    "tan_",
    "tanh",
    "tanh_",
    "tensor",
    "tensor_split",
    "tensordot",
    "threshold",
    "threshold_",
    "tile",
    "topk",
    "trace",
    "transpose",
    "transpose_copy",
    "trapezoid",
    "trapz",
    "triangular_solve",
    "tril",
    "tril_indices",
    "triplet_margin_loss",
    "triu",
    "triu_indices",
    "true_divide",
    "trunc",
    "trunc_",
    "uint8",
    "unbind",
    "unbind_copy",
    "unflatten",
    "unfold_copy",
    "unique",
    "unique_consecutive",
    "unravel_index",
    "unsafe_chunk",
    "unsafe_split",
    "unsafe_split_with_sizes",
    "unsqueeze",
    "unsqueeze_copy",
    "use_deterministic_algorithms",
    "utils",
    "vander",
    "var",
    "var_mean",
    "vdot",
    "view",
    "view_as",
    "view_copy",
    "vmap",
    "vsplit",
    "vstack",
    "where",
    "xlogy",
    "xlogy_",
    "zero_",
    "zeros",
    "zeros_like",
]
__version__: str

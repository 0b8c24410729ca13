"""Made by `make stubs` from the registry of ops; not to be edited."""

from autograd.composed.activation import glu as glu, logsigmoid as logsigmoid, prelu as prelu, rrelu as rrelu, softsign as softsign, tanhshrink as tanhshrink
from autograd.composed.attention import scaled_dot_product_attention as scaled_dot_product_attention
from autograd.composed.contraction import bilinear as bilinear
from autograd.composed.convolution import conv1d as conv1d, conv2d as conv2d, conv3d as conv3d, conv_transpose1d as conv_transpose1d, conv_transpose2d as conv_transpose2d, conv_transpose3d as conv_transpose3d
from autograd.composed.core import conv_tbc as conv_tbc
from autograd.composed.cross_entropy import binary_cross_entropy as binary_cross_entropy, binary_cross_entropy_with_logits as binary_cross_entropy_with_logits, cross_entropy as cross_entropy, nll_loss as nll_loss
from autograd.composed.ctc import ctc_loss as ctc_loss
from autograd.composed.dropout import alpha_dropout as alpha_dropout, dropout as dropout, dropout1d as dropout1d, dropout2d as dropout2d, dropout3d as dropout3d, feature_alpha_dropout as feature_alpha_dropout
from autograd.composed.embedding import embedding as embedding, embedding_bag as embedding_bag
from autograd.composed.fold import fold as fold, unfold as unfold
from autograd.composed.grid import affine_grid as affine_grid, grid_sample as grid_sample
from autograd.composed.grouped import grouped_mm as grouped_mm
from autograd.composed.interpolation import interpolate as interpolate, upsample as upsample, upsample_bilinear as upsample_bilinear, upsample_nearest as upsample_nearest
from autograd.composed.linear_cross_entropy import linear_cross_entropy as linear_cross_entropy
from autograd.composed.losses import gaussian_nll_loss as gaussian_nll_loss, huber_loss as huber_loss, kl_div as kl_div, l1_loss as l1_loss, mse_loss as mse_loss, poisson_nll_loss as poisson_nll_loss, smooth_l1_loss as smooth_l1_loss
from autograd.composed.margin_losses import cosine_embedding_loss as cosine_embedding_loss, hinge_embedding_loss as hinge_embedding_loss, margin_ranking_loss as margin_ranking_loss, multi_margin_loss as multi_margin_loss, multilabel_margin_loss as multilabel_margin_loss, multilabel_soft_margin_loss as multilabel_soft_margin_loss, soft_margin_loss as soft_margin_loss, triplet_margin_loss as triplet_margin_loss, triplet_margin_with_distance_loss as triplet_margin_with_distance_loss
from autograd.composed.multi_head_attention import multi_head_attention_forward as multi_head_attention_forward
from autograd.composed.normalization import batch_norm as batch_norm, group_norm as group_norm, instance_norm as instance_norm, layer_norm as layer_norm, local_response_norm as local_response_norm, normalize as normalize, rms_norm as rms_norm
from autograd.composed.norms import cosine_similarity as cosine_similarity, pairwise_distance as pairwise_distance, pdist as pdist
from autograd.composed.padding import pad as pad
from autograd.composed.pixels import channel_shuffle as channel_shuffle, channel_shuffle as native_channel_shuffle, pixel_shuffle as pixel_shuffle, pixel_unshuffle as pixel_unshuffle
from autograd.composed.pooling import Sizes
from autograd.composed.softmax import gumbel_softmax as gumbel_softmax, log_softmax as log_softmax, softmax as softmax, softmin as softmin
from autograd.engine.tensor import Tensor
from typing import Any

def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """The means of as many windows as ``output_size`` says, which cover the input and are as alike as they can be."""
def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """The means of as many windows as ``output_size`` says, which cover the input and are as alike as they can be."""
def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """The means of as many windows as ``output_size`` says, which cover the input and are as alike as they can be."""
def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of each of as many windows as ``output_size`` says: as `adaptive_avg_pool1d`."""
def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool1d`, which gives also where the largest are, whatever ``return_indices`` says."""
def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of each of as many windows as ``output_size`` says: as `adaptive_avg_pool2d`."""
def adaptive_max_pool2d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool2d`, which gives also where the largest are, whatever ``return_indices`` says."""
def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """The largest of each of as many windows as ``output_size`` says: as `adaptive_avg_pool3d`."""
def adaptive_max_pool3d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool3d`, which gives also where the largest are, whatever ``return_indices`` says."""
def avg_pool1d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False, count_include_pad: bool = True) -> Tensor:
    """The mean of each window."""
def avg_pool2d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """The mean of each window."""
def avg_pool3d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None) -> Tensor:
    """The mean of each window."""
def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` where x > 0, else ``alpha·(e^(x/alpha) - 1)``: an ELU whose slope is continuous (Barron, 2017)."""
def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """In place: what `celu` gives, written into its input."""
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` where x > 0, else ``alpha·(eˣ - 1)``: smooth, with negative outputs (Clevert et al., 2015)."""
def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """In place: what `elu` gives, written into its input."""
def fractional_max_pool2d(input: Tensor, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Any = None, return_indices: bool = False, _random_samples: Tensor | None = None) -> Any:
    """The largest value of each window; the windows lie at random, in each channel at places of its own."""
def fractional_max_pool2d_with_indices(input: Tensor, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Any = None, return_indices: bool = False, _random_samples: Tensor | None = None) -> Any:
    """`fractional_max_pool2d`, which gives also where the largest are, whatever ``return_indices`` says."""
def fractional_max_pool3d(input: Tensor, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Any = None, return_indices: bool = False, _random_samples: Tensor | None = None) -> Any:
    """The largest value of each window; the windows lie at random, in each channel at places of its own."""
def fractional_max_pool3d_with_indices(input: Tensor, kernel_size: Sizes, output_size: Sizes | None = None, output_ratio: Any = None, return_indices: bool = False, _random_samples: Tensor | None = None) -> Any:
    """`fractional_max_pool3d`, which gives also where the largest are, whatever ``return_indices`` says."""
def gelu(input: Tensor, approximate: str = 'none', *, out: Tensor = ...) -> Tensor:
    """``x·Φ(x)``, Φ the normal distribution function, or its tanh approximation (Hendrycks and Gimpel, 2016)."""
def hardshrink(input: Tensor, lambd: float = 0.5, *, out: Tensor = ...) -> Tensor:
    """``x`` where it is beyond ±``lambd``, else 0."""
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """``x/6 + ½`` cut off at 0 and 1: a sigmoid of straight lines."""
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x·hardsigmoid(x)`` (Howard et al., 2019)."""
def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """``x`` cut off at ``min_val`` and ``max_val``; ValueError unless min_val ≤ max_val."""
def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """In place: what `hardtanh` gives, written into its input."""
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """``x`` where x > 0, else ``negative_slope·x``: a ReLU that can't die."""
def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """In place: what `leaky_relu` gives, written into its input."""
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None, *, out: Tensor = ...) -> Tensor:
    """A fully connected layer: ``x @ weightᵀ + bias``."""
def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False) -> Tensor:
    """``(Σxᵖ)^(1/p)`` over each window, p being ``norm_type``: the sum for 1, the largest for inf."""
def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False) -> Tensor:
    """``(Σxᵖ)^(1/p)`` over each window, p being ``norm_type``: the sum for 1, the largest for inf."""
def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False) -> Tensor:
    """``(Σxᵖ)^(1/p)`` over each window, p being ``norm_type``: the sum for 1, the largest for inf."""
def max_pool1d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """The largest value of each window; the gradient goes to the first of the largest."""
def max_pool1d_with_indices(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """`max_pool1d`, which gives also where the largest are, whatever ``return_indices`` says."""
def max_pool2d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """The largest value of each window; the gradient goes to the first of the largest."""
def max_pool2d_with_indices(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """`max_pool2d`, which gives also where the largest are, whatever ``return_indices`` says."""
def max_pool3d(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """The largest value of each window; the gradient goes to the first of the largest."""
def max_pool3d_with_indices(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False) -> Any:
    """`max_pool3d`, which gives also where the largest are, whatever ``return_indices`` says."""
def max_unpool1d(input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, output_size: Any = None) -> Tensor:
    """Zeros with the elements of ``input`` where they were the largest: undoes `max_pool1d` as far as can be."""
def max_unpool2d(input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, output_size: Any = None) -> Tensor:
    """Zeros with the elements of ``input`` where they were the largest: undoes `max_pool2d` as far as can be."""
def max_unpool3d(input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0, output_size: Any = None) -> Tensor:
    """Zeros with the elements of ``input`` where they were the largest: undoes `max_pool3d` as far as can be."""
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """``x·tanh(ln(1 + eˣ))`` (Misra, 2019)."""
def one_hot(input: Tensor, num_classes: int = -1, *, out: Tensor = ...) -> Tensor:
    """For each class index a row of zeros with a 1 at it; as many classes as the largest index needs if not given."""
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """``max(0, x)``: cheap, and not saturated for x > 0; a unit whose input stays below 0 learns no more ("dies")."""
def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """``min(max(0, x), 6)``."""
def relu_(input: Tensor) -> Tensor:
    """In place: what `relu` gives, written into its input."""
def rrelu_(input: Tensor, lower: float = 0.125, upper: float = 0.3333333333333333, training: bool = False) -> Tensor:
    """In place: what `rrelu` gives, written into its input."""
def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """``scale·x`` where x > 0, else ``scale·alpha·(eˣ - 1)``: keeps mean 0 and variance 1 (Klambauer et al., 2017)."""
def selu_(input: Tensor) -> Tensor:
    """In place: what `selu` gives, written into its input."""
def sigmoid(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The logistic function ``σ(x) = 1/(1 + e⁻ˣ)``, between 0 and 1."""
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """``x·σ(x)``, also called swish (Ramachandran et al., 2017)."""
def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0, *, out: Tensor = ...) -> Tensor:
    """``ln(1 + e^(beta·x))/beta``, a smooth ReLU; ``x`` itself where beta·x is above ``threshold``."""
def softshrink(input: Tensor, lambd: float = 0.5, *, out: Tensor = ...) -> Tensor:
    """``x`` moved towards 0 by ``lambd``, but not past it; RuntimeError for a negative ``lambd``."""
def tanh(input: Tensor, *, out: Tensor = ...) -> Tensor:
    """The hyperbolic tangent ``(eˣ - e⁻ˣ)/(eˣ + e⁻ˣ)``, between -1 and 1."""
def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """``x`` where it is above ``threshold``, else ``value``."""
def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """In place: what `threshold` gives, written into its input."""
__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d",
    "adaptive_max_pool3d_with_indices",
    "affine_grid",
    "alpha_dropout",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "batch_norm",
    "bilinear",
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "celu",
    "celu_",
    "channel_shuffle",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_tbc",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
    "cosine_embedding_loss",
    "cosine_similarity",
    "cross_entropy",
    "ctc_loss",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "elu",
    "elu_",
    "embedding",
    "embedding_bag",
    "feature_alpha_dropout",
    "fold",
    "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices",
    "gaussian_nll_loss",
    "gelu",
    "glu",
    "grid_sample",
    "group_norm",
    "grouped_mm",
    "gumbel_softmax",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "hardtanh_",
    "hinge_embedding_loss",
    "huber_loss",
    "instance_norm",
    "interpolate",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "leaky_relu_",
    "linear",
    "linear_cross_entropy",
    "local_response_norm",
    "log_softmax",
    "logsigmoid",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "margin_ranking_loss",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
    "mish",
    "mse_loss",
    "multi_head_attention_forward",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "native_channel_shuffle",
    "nll_loss",
    "normalize",
    "one_hot",
    "pad",
    "pairwise_distance",
    "pdist",
    "pixel_shuffle",
    "pixel_unshuffle",
    "poisson_nll_loss",
    "prelu",
    "relu",
    "relu6",
    "relu_",
    "rms_norm",
    "rrelu",
    "rrelu_",
    "scaled_dot_product_attention",
    "selu",
    "selu_",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "soft_margin_loss",
    "softmax",
    "softmin",
    "softplus",
    "softshrink",
    "softsign",
    "tanh",
    "tanhshrink",
    "threshold",
    "threshold_",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
    "unfold",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]

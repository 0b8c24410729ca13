"""Tables of vectors, looked up by index."""

from __future__ import annotations

import autograd
from autograd import Tensor, no_grad

from . import functional as F
from . import init
from .module import Module
from .parameter import Parameter


class _Table(Module):
    """What both kinds share: ``weight`` (num_embeddings, embedding_dim), normal at the start, 0 at padding_idx."""

    weight: Parameter

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None,
        weight: Tensor | None,
        freeze: bool,
        device: object,
        dtype: autograd.dtype | None,
    ) -> None:
        super().__init__()
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise AssertionError(f"padding_idx must be within num_embeddings: {padding_idx} of {num_embeddings}")
        self.num_embeddings, self.embedding_dim = num_embeddings, embedding_dim
        self.padding_idx = None if padding_idx is None else padding_idx % num_embeddings
        if weight is None:
            made = autograd.empty(num_embeddings, embedding_dim, dtype=dtype, device=device)
            self.weight = Parameter(made, requires_grad=not freeze)
            self.reset_parameters()
        elif weight.shape != (num_embeddings, embedding_dim):
            raise AssertionError(
                f"Shape of weight does not match num_embeddings and embedding_dim: {tuple(weight.shape)} for "
                f"{(num_embeddings, embedding_dim)}"
            )
        else:
            self.weight = Parameter(weight, requires_grad=not freeze)

    def reset_parameters(self) -> None:
        """Draw the vectors anew."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            with no_grad():
                self.weight[self.padding_idx] = 0.0


def _rows_of(embeddings: Tensor) -> tuple[int, int]:
    if embeddings.dim() != 2:
        raise AssertionError(f"Embeddings parameter is expected to be 2-dimensional, not {tuple(embeddings.shape)}")
    return embeddings.shape[0], embeddings.shape[1]


class Embedding(_Table):
    """A vector for each of ``num_embeddings`` indices: indices (...) to (..., embedding_dim).

    padding_idx: an index whose vector starts as 0 and gets no gradient. max_norm: vectors looked up whose ``norm_type``
    norm is larger are scaled down to it. scale_grad_by_freq: whether to divide the gradient of a vector by how often it
    was looked up. sparse: accepted, but gradients are always dense. weight starts normal.

    AssertionError for a padding_idx out of range; when called, IndexError for an index out of range.

    >>> nn.Embedding(10, 3)(autograd.tensor([[1, 2], [4, 5]])).shape
    autograd.Size([2, 2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__(num_embeddings, embedding_dim, padding_idx, _weight, _freeze, device, dtype)
        self.max_norm, self.norm_type = max_norm, norm_type
        self.scale_grad_by_freq, self.sparse = scale_grad_by_freq, sparse

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
    ) -> Embedding:
        """The table whose rows are those of ``embeddings``, whose memory is shared; not learned if ``freeze``.

        >>> nn.Embedding.from_pretrained(autograd.tensor([[1., 2.], [3., 4.]]))(autograd.tensor([1]))
        tensor([[3., 4.]])
        """
        return cls(
            *_rows_of(embeddings), padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse, embeddings, freeze
        )

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        )

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        for name, default in (
            ("padding_idx", None),
            ("max_norm", None),
            ("norm_type", 2),
            ("scale_grad_by_freq", False),
        ):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text + (", sparse=True" if self.sparse else "")


class EmbeddingBag(_Table):
    """The sum, mean or largest of the vectors of bags of indices: see `nn.functional.embedding_bag`.

    mode: "sum", "mean" or "max". padding_idx: an index that counts as absent. Otherwise as `Embedding`. Called with
    bags (B, N), or with a vector of indices and the offsets at which its bags begin; gives (B, embedding_dim).

    >>> nn.EmbeddingBag(10, 3)(autograd.tensor([1, 2, 4, 5]), autograd.tensor([0, 3])).shape
    autograd.Size([2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: object = None,
        dtype: autograd.dtype | None = None,
    ) -> None:
        super().__init__(num_embeddings, embedding_dim, padding_idx, _weight, False, device, dtype)
        self.max_norm, self.norm_type, self.scale_grad_by_freq = max_norm, norm_type, scale_grad_by_freq
        self.mode, self.sparse, self.include_last_offset = mode, sparse, include_last_offset

    @classmethod
    def from_pretrained(
        cls,
        embeddings: Tensor,
        freeze: bool = True,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
    ) -> EmbeddingBag:
        """The table whose rows are those of ``embeddings``, whose memory is shared; not learned if ``freeze``.

        >>> nn.EmbeddingBag.from_pretrained(autograd.tensor([[1., 2.], [3., 4.]]))(autograd.tensor([[0, 1]]))
        tensor([[2., 3.]])
        """
        made = cls(
            *_rows_of(embeddings), max_norm, norm_type, scale_grad_by_freq, mode, sparse, embeddings,
            include_last_offset, padding_idx,
        )  # fmt: skip
        made.weight.requires_grad_(not freeze)
        return made

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        return F.embedding_bag(
            input, self.weight, offsets, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.mode, self.sparse,
            per_sample_weights, self.include_last_offset, self.padding_idx,
        )  # fmt: skip

    def extra_repr(self) -> str:
        text = f"{self.num_embeddings}, {self.embedding_dim}"
        for name, default in (("max_norm", None), ("norm_type", 2), ("scale_grad_by_freq", False)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return (
            text + f", mode={self.mode!r}" + ("" if self.padding_idx is None else f", padding_idx={self.padding_idx}")
        )

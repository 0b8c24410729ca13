"""Networks as estimators of scikit-learn: for its pipelines, searches and scores.

scikit-learn is an extra: ``pip install chalkgrad[sklearn]``. Import this module to use it: ``import nn.estimator``.

>>> import nn.estimator
>>> from sklearn.datasets import load_iris
>>> from sklearn.model_selection import GridSearchCV
>>> from sklearn.pipeline import make_pipeline
>>> from sklearn.preprocessing import StandardScaler
>>> X, y = load_iris(return_X_y=True)
>>> model = make_pipeline(StandardScaler(), nn.estimator.Classifier(epochs=20, random_state=0))
>>> search = GridSearchCV(model, {"classifier__lr": [0.0001, 0.01]}, cv=3).fit(X, y)
>>> search.best_params_, search.score(X, y) > 0.95
({'classifier__lr': 0.01}, True)
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d, validate_data

import autograd
import optim
from autograd import Tensor
from autograd.utils.data import DataLoader, TensorDataset

from .activation import ReLU
from .container import Sequential
from .flatten import Flatten
from .linear import Linear
from .loss import CrossEntropyLoss, MSELoss
from .module import Module

Array = np.ndarray[Any, Any]


class _Estimator(BaseEstimator):  # type: ignore[misc]
    """What both estimators do alike."""

    def __init__(
        self,
        module: Module | Callable[[int, int], Module] | None = None,
        *,
        hidden: Sequence[int] = (32,),
        criterion: Callable[[Tensor, Tensor], Tensor] | None = None,
        optimizer: Callable[..., Any] = optim.Adam,
        lr: float = 0.01,
        epochs: int = 100,
        batch_size: int = 32,
        validation_fraction: float = 0.0,
        patience: int | None = None,
        callbacks: Iterable[Callable[[Any, dict[str, Any]], Any]] | None = None,
        dtype: str = "float32",
        random_state: Any = None,
    ) -> None:
        self.module = module
        self.hidden = hidden
        self.criterion = criterion
        self.optimizer = optimizer
        self.lr = lr
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.callbacks = callbacks
        self.dtype = dtype
        self.random_state = random_state

    def _made(self, inputs: int, outputs: int) -> Module:
        """The network to train: a copy of the one that was given, or a new one."""
        if isinstance(self.module, Module):
            return copy.deepcopy(self.module)
        if self.module is not None:
            return self.module(inputs, outputs)
        layers: list[Module] = [Flatten()]
        for width in self.hidden:
            layers += [Linear(inputs, width), ReLU()]
            inputs = width
        return Sequential(*layers, Linear(inputs, outputs))

    def _trained(self, X: Array, targets: Array, outputs: int, criterion: Any, stratify: Array | None) -> Any:
        random = check_random_state(self.random_state)
        seed, split = (int(random.randint(2**31 - 1)) for _ in range(2))
        held_out = None
        if self.validation_fraction:
            X, valid, targets, valid_targets = train_test_split(
                X, targets, test_size=self.validation_fraction, random_state=split, stratify=stratify
            )
            held_out = autograd.as_tensor(valid), autograd.as_tensor(valid_targets)
        with autograd.random.fork_rng():
            autograd.manual_seed(seed)
            self.module_ = self._made(int(np.prod(X.shape[1:])), outputs)
            self._train(autograd.as_tensor(X), autograd.as_tensor(targets), held_out, self.criterion or criterion)
        return self

    def _train(self, x: Tensor, targets: Tensor, held_out: tuple[Tensor, Tensor] | None, criterion: Any) -> None:
        network = self.module_
        optimizer = self.optimizer(network.parameters(), lr=self.lr)
        loader = DataLoader(TensorDataset(x, targets), batch_size=self.batch_size, shuffle=True)
        watched = "train_loss" if held_out is None else "valid_loss"
        best, best_state, waited = float("inf"), None, 0
        self.history_: list[dict[str, Any]] = []
        for epoch in range(self.epochs):
            network.train()
            total = 0.0
            for batch, wanted in loader:
                optimizer.zero_grad()
                loss = criterion(network(batch), wanted)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
            record = {"epoch": epoch, "train_loss": total / len(x)}
            if held_out is not None:
                outputs = autograd.as_tensor(self._outputs(held_out[0]))
                record["valid_loss"] = criterion(outputs, held_out[1]).item()
            self.history_.append(record)
            if self.patience is not None:
                waited += 1
                if record[watched] < best:
                    best, best_state, waited = record[watched], copy.deepcopy(network.state_dict()), 0
            # All of them are called, even if one has had enough.
            enough = [callback(self, record) for callback in self.callbacks or ()]
            if any(enough) or (self.patience is not None and waited >= self.patience):
                break
        if best_state is not None:
            network.load_state_dict(best_state)
        network.eval()

    def _outputs(self, x: Tensor) -> Array:
        """What the network gives for ``x``, batch by batch.

        In float64: products of float32 round otherwise for few rows than for many, and so would depend on the others.
        """
        network = copy.deepcopy(self.module_).double().eval()
        with autograd.no_grad():
            batches = [batch.double() if batch.is_floating_point() else batch for batch in x.split(self.batch_size)]
            return np.concatenate([network(batch).float().numpy() for batch in batches])

    def _outputs_of(self, X: Any) -> Array:
        check_is_fitted(self, "module_")
        return self._outputs(autograd.as_tensor(validate_data(self, X, dtype=self.dtype, allow_nd=True, reset=False)))


class Classifier(ClassifierMixin, _Estimator):  # type: ignore[misc]
    """A network that tells classes apart, as an estimator of scikit-learn.

    module: the network, which gives a score for each class (of which a copy is trained); or a function of the numbers
    of features and classes that makes it; by default linear layers with ReLU of the widths ``hidden`` between them.
    criterion: a function of these scores and the numbers of the classes; the cross-entropy by default.
    optimizer: a class or function of parameters and ``lr``. epochs, batch_size: how often all samples are shown, and
    how many at once. validation_fraction: the part of the samples that is held out, as many of each class. patience:
    training ends when the loss on these (on all, if none are held out) didn't fall for so many epochs, and the network
    is then what it was at its best. callbacks: functions ``callback(estimator, record)`` that are called after each
    epoch with its number and losses by name; training ends where one returns True. dtype: what samples become, such as
    ``"int64"`` for an embedding. random_state: as everywhere in scikit-learn.

    After ``fit``: ``module_``, the network; ``history_``, the records of the epochs; ``classes_``, the labels.

    >>> import nn.estimator
    >>> X = numpy.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    >>> model = nn.estimator.Classifier(random_state=0).fit(X, ["same", "other", "other", "same"])
    >>> model.predict(X).tolist()
    ['same', 'other', 'other', 'same']
    >>> model.predict_proba(X).shape, len(model.history_)
    ((4, 2), 100)
    """

    def fit(self, X: Any, y: Any) -> Classifier:
        """Train a new network on samples ``X``, of shape (N, features) or (N, ...), with the labels ``y`` (N)."""
        X, y = validate_data(self, X, y, dtype=self.dtype, allow_nd=True)
        check_classification_targets(y)
        y = column_or_1d(y, warn=True)
        self.classes_, targets = np.unique(y, return_inverse=True)
        targets = targets.astype(np.int64)
        return self._trained(X, targets, len(self.classes_), CrossEntropyLoss(), targets)

    def predict_proba(self, X: Any) -> Array:
        """The softmax of the network's scores, of shape (N, classes)."""
        scores = autograd.as_tensor(self._outputs_of(X))
        return scores.double().softmax(1).numpy()

    def predict(self, X: Any) -> Array:
        """The label with the highest score, for each sample."""
        highest = self._outputs_of(X).argmax(1)
        return self.classes_[highest]


class Regressor(RegressorMixin, _Estimator):  # type: ignore[misc]
    """A network that predicts numbers, as an estimator of scikit-learn.

    criterion: a function of what the network gives and of what is wanted; the mean squared error by default. The other
    arguments and what there is after ``fit`` are those of `Classifier`.

    >>> import nn.estimator
    >>> x = numpy.linspace(-1, 1, 50)[:, None]
    >>> stopped = nn.estimator.Regressor(validation_fraction=0.2, patience=10, random_state=0).fit(x, x[:, 0] ** 2)
    >>> stopped.score(x, x[:, 0] ** 2) > 0.9
    True
    """

    def fit(self, X: Any, y: Any) -> Regressor:
        """Train a new network on samples ``X``, of shape (N, features) or (N, ...), with ``y``: (N) or (N, outputs)."""
        X, y = validate_data(self, X, y, dtype=self.dtype, allow_nd=True, multi_output=True, y_numeric=True)
        self._flat = y.ndim == 1
        targets = y.reshape(len(y), -1).astype(np.float32)
        return self._trained(X, targets, targets.shape[1], MSELoss(), None)

    def predict(self, X: Any) -> Array:
        """What the network gives, of the shape that ``y`` had, in float64."""
        outputs = self._outputs_of(X).astype(np.float64)
        return outputs[:, 0] if self._flat else outputs

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

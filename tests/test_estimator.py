"""Networks as estimators of scikit-learn."""

import pickle

import numpy as np
import pytest

import autograd
import nn

pytest.importorskip("sklearn")

from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris, make_regression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

import optim
from nn.estimator import Classifier, Regressor


@parametrize_with_checks([Classifier(), Regressor()])
def test_what_scikit_learn_asks_of_an_estimator(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def iris():
    X, y = load_iris(return_X_y=True)
    return StandardScaler().fit_transform(X), np.array(["setosa", "versicolor", "virginica"])[y]


def test_a_pipeline_and_a_search(iris):
    X, y = iris
    model = make_pipeline(StandardScaler(), Classifier(epochs=15, random_state=0))
    search = GridSearchCV(model, {"classifier__lr": [1e-5, 0.02], "classifier__hidden": [(4,), (16, 16)]}, cv=2)
    search.fit(X, y)
    assert search.best_params_["classifier__lr"] == 0.02 and search.score(X, y) > 0.93
    assert cross_val_score(search.best_estimator_, X, y, cv=2).min() > 0.9


def test_early_stopping_keeps_the_best(iris):
    X, y = iris
    model = Classifier(lr=0.1, epochs=500, validation_fraction=0.3, patience=5, random_state=0).fit(X, y)
    losses = [record["valid_loss"] for record in model.history_]
    assert len(losses) < 500 and int(np.argmin(losses)) == len(losses) - 6
    again = Classifier(lr=0.1, epochs=len(losses) - 5, validation_fraction=0.3, random_state=0).fit(X, y)
    assert np.allclose(model.predict_proba(X), again.predict_proba(X), atol=1e-6)
    with pytest.raises(ValueError, match="test_size"):
        Classifier(validation_fraction=1.5).fit(X, y)


def test_the_best_without_samples_held_out(iris):
    X, y = iris
    model = Classifier(optimizer=optim.SGD, lr=1e-9, epochs=50, patience=3, random_state=0).fit(X, y)
    assert len(model.history_) < 50 and set(model.history_[0]) == {"epoch", "train_loss"}


def test_callbacks_see_every_epoch_and_may_end_training(iris):
    X, y = iris
    seen = []

    def note(estimator, record):
        seen.append((estimator.module_, record["epoch"], record["train_loss"]))

    model = Classifier(callbacks=[note, lambda estimator, record: record["epoch"] == 3], random_state=0).fit(X, y)
    assert [epoch for _, epoch, _ in seen] == [0, 1, 2, 3] and all(module is model.module_ for module, _, _ in seen)
    assert [record["train_loss"] for record in model.history_] == [loss for _, _, loss in seen]


def test_a_network_of_ones_own(iris):
    X, y = iris
    given = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.Linear(8, 3))
    before = {name: value.clone() for name, value in given.state_dict().items()}
    model = Classifier(given, criterion=nn.CrossEntropyLoss(label_smoothing=0.1), optimizer=optim.AdamW, random_state=0)
    assert clone(model.fit(X, y)).fit(X, y).score(X, y) > 0.95
    # It is a copy that learns.
    assert all(value.equal(before[name]) for name, value in given.state_dict().items())
    assert not model.module_.training
    made = Classifier(lambda inputs, outputs: nn.Linear(inputs, outputs), random_state=0).fit(X, y)
    assert made.module_.weight.shape == (3, 4)


def test_images_and_words():
    X, y = load_digits(return_X_y=True)
    images = (X[:300] / 16).reshape(-1, 1, 8, 8)
    make = lambda inputs, outputs: nn.Sequential(nn.Conv2d(1, 8, 3), nn.ReLU(), nn.Flatten(), nn.Linear(288, outputs))
    assert Classifier(make, epochs=15, random_state=0).fit(images, y[:300]).score(images, y[:300]) > 0.95
    words = np.random.default_rng(0).integers(5, size=(60, 3))
    model = Classifier(nn.Sequential(nn.Embedding(5, 8), nn.Flatten(), nn.Linear(24, 2)), dtype="int64", random_state=0)
    assert model.fit(words, words[:, 0] > 2).score(words, words[:, 0] > 2) > 0.95


@pytest.mark.parametrize("outputs", [1, 3])
def test_a_regression_of_several_numbers(outputs):
    X, y = make_regression(100, 5, n_targets=outputs, random_state=0)
    y = y / y.std(0)
    model = Regressor(epochs=60, random_state=0).fit(X, y)
    assert model.predict(X).shape == y.shape and model.score(X, y) > 0.9
    twin = pickle.loads(pickle.dumps(model))
    assert np.array_equal(twin.predict(X), model.predict(X))


def test_the_numbers_of_others_are_left_alone(iris):
    autograd.manual_seed(3)
    wanted = autograd.rand(3)
    autograd.manual_seed(3)
    first = Classifier(epochs=2, random_state=1).fit(*iris)
    assert autograd.rand(3).equal(wanted)
    assert np.array_equal(
        first.predict_proba(iris[0]), Classifier(epochs=2, random_state=1).fit(*iris).predict_proba(iris[0])
    )


def test_workers_train_folds_side_by_side(iris):
    pytest.importorskip("joblib")
    alone, together = (cross_val_score(Classifier(epochs=3, random_state=0), *iris, cv=2, n_jobs=n) for n in (1, 2))
    assert np.array_equal(alone, together)

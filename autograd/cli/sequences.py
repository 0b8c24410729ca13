"""The ways to use a recurrent network, each a task that trains on real data and is measured against a baseline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd
import nn
from autograd import Tensor
from autograd.utils.data import TensorDataset
from nn.utils.rnn import pack_padded_sequence

from . import names, temperatures
from .task import Task, share

F = nn.functional


class Classifier(nn.Module):
    """Many to one: from the letters of a name to scores of two classes, by the last states of an LSTM."""

    def __init__(self, hidden: int, **how: Any) -> None:
        super().__init__()
        self.letters = nn.Embedding(names.SYMBOLS, 16, padding_idx=names.END)
        self.lstm = nn.LSTM(16, hidden, batch_first=True, **how)
        self.scores = nn.Linear(hidden * (2 if self.lstm.bidirectional else 1), 2)

    def forward(self, letters: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(self.letters(letters), lengths, batch_first=True, enforce_sorted=False)
        _, (h, _) = self.lstm(packed)
        return self.scores(autograd.cat(list(h[-2:]), -1) if self.lstm.bidirectional else h[-1])


def classification(purpose: str, model: Classifier, classes: dict[str, list[str]], seed: int) -> Task:
    """Tell which of two lists of names one is from; as many of each, a fifth of them held out."""
    (first, one), (second, other) = classes.items()
    apart = [names.shuffled([n for n in a if n not in set(b)], seed) for a, b in ((one, other), (other, one))]
    count = min(map(len, apart))
    held = count // 5
    letters, lengths = names.encoded(apart[0][:count] + apart[1][:count])
    labels = autograd.arange(2).repeat_interleave(count)
    unseen = [*range(held), *range(count, count + held)]
    seen = [i for i in range(2 * count) if i % count >= held]
    x, n, y = letters[unseen], lengths[unseen], labels[unseen]

    def measure(letters: Tensor, lengths: Tensor, labels: Tensor) -> tuple[Tensor, float, int]:
        scores = model(letters, lengths)
        return F.cross_entropy(scores, labels), (scores.argmax(1) == labels).sum().item(), len(labels)

    def show() -> list[str]:
        picked = [0, 1, 2, held, held + 1, held + 2]
        chances = model(x[picked], n[picked]).softmax(1)[:, 0].tolist()
        return [
            f"{names.decoded(x[i].tolist()):12} {p:4.0%} {first}, {1 - p:4.0%} {second}"
            for i, p in zip(picked, chances)
        ]

    train_set = TensorDataset(letters[seen], lengths[seen], labels[seen])
    held_out = lambda: share(measure(x, n, y))
    return Task(purpose, model, train_set, measure, held_out, 0.5, "always the same answer", show)


def classify(seed: int) -> Task:
    classes = {"first name": names.load("girls") + names.load("boys"), "surname": names.load("surnames")[:8000]}
    purpose = "Many to one: is it a first name or a surname?"
    return classification(purpose, Classifier(64), classes, seed)


def stacked(seed: int) -> Task:
    classes = {"girl": names.load("girls"), "boy": names.load("boys")}
    purpose = "Many to one by a stack of two LSTM layers that read both ways: is it a girl's name or a boy's?"
    model = Classifier(48, num_layers=2, bidirectional=True, dropout=0.3)
    return classification(purpose, model, classes, seed)


class Speller(nn.Module):
    """One to many: an LSTM that scores the next letter, given those before."""

    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Embedding(names.SYMBOLS, 16)
        self.lstm = nn.LSTM(16, 128, batch_first=True)
        self.scores = nn.Linear(128, names.SYMBOLS)

    def forward(self, letters: Tensor, states: Any = None) -> tuple[Tensor, Any]:
        out, states = self.lstm(self.letters(letters), states)
        return self.scores(out), states

    def spell(self, start: str, generator: autograd.Generator, most: int = 12) -> str:
        """A name that begins with ``start``, letter by letter as the chances are."""
        letters = [names.START, *[names.LETTERS.index(letter) + 1 for letter in start]]
        scores, states = self(autograd.tensor([letters]))
        while len(letters) <= most:
            chances = (scores[0, -1] * 1.5).softmax(0)
            letter = int(autograd.multinomial(chances, 1, generator=generator))
            if letter in (names.END, names.START):
                break
            letters.append(letter)
            scores, states = self(autograd.tensor([[letter]]), states)
        return names.decoded(letters[1:])


def generate(seed: int) -> Task:
    model = Speller()
    letters, lengths = names.encoded(names.shuffled(names.load("girls") + names.load("boys"), seed))
    # After the start the first letter, after the last the end, and behind that nothing is asked for.
    start = autograd.full((len(letters), 1), names.START)
    given = autograd.cat([start, letters], 1)
    asked = autograd.cat([letters, autograd.zeros(len(letters), 1).long()], 1)
    asked[autograd.arange(asked.shape[1]) > lengths.unsqueeze(1)] = -100
    held = len(letters) // 10

    def measure(given: Tensor, asked: Tensor) -> tuple[Tensor, float, int]:
        scores, _ = model(given)
        loss = F.cross_entropy(scores.flatten(0, 1), asked.flatten())
        count = int((asked >= 0).sum().item())
        return loss, loss.item() / np.log(2) * count, count

    counts = np.bincount(asked[held:].numpy()[asked[held:].numpy() >= 0], minlength=names.SYMBOLS)
    unseen = asked[:held].numpy()[asked[:held].numpy() >= 0]
    baseline = -float(np.log2(counts / counts.sum())[unseen].mean())

    def show() -> list[str]:
        generator = autograd.Generator().manual_seed(seed)
        starts = ("a", "jo", "mar", "z")
        return [f"{s.capitalize():4} " + ", ".join(model.spell(s, generator) for _ in range(5)) for s in starts]

    return Task(
        "One to many: from a start, spell a first name. Scored by the bits that a letter of an unseen name costs.",
        model, TensorDataset(given[held:], asked[held:]), measure,
        lambda: share(measure(given[:held], asked[:held])), baseline, "how frequent letters are", show, percent=False,
        unit=" bits a letter",
    )  # fmt: skip


class Tagger(nn.Module):
    """Many to many, in step: a GRU that reads both ways gives scores of two classes for each letter."""

    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Embedding(names.SYMBOLS, 8, padding_idx=names.END)
        self.gru = nn.GRU(8, 16, batch_first=True, bidirectional=True)
        self.scores = nn.Linear(32, 2)

    def forward(self, letters: Tensor) -> Tensor:
        return self.scores(self.gru(self.letters(letters))[0])


def is_vowel(name: str, position: int) -> bool:
    """Whether a letter is a vowel: y is one unless another vowel follows it."""
    if name[position] == "y":
        return name[position + 1 : position + 2] not in [*"aeiou"]
    return name[position] in "aeiou"


def tag(seed: int) -> Task:
    model, given = Tagger(), names.shuffled(names.load("girls") + names.load("boys"), seed)
    letters, _ = names.encoded(given)
    labels = autograd.full(letters.shape, -100)
    for row, name in zip(labels, given):
        row[: len(name)] = autograd.tensor([is_vowel(name, i) for i in range(len(name))]).long()
    held = len(given) // 5

    def measure(letters: Tensor, labels: Tensor) -> tuple[Tensor, float, int]:
        scores, known = model(letters), labels >= 0
        loss = F.cross_entropy(scores.flatten(0, 1), labels.flatten())
        return loss, ((scores.argmax(-1) == labels) & known).sum().item(), int(known.sum())

    def show() -> list[str]:
        picked = [i for i in range(held) if "y" in given[i]][:5]
        vowels = model(letters[picked]).argmax(-1).tolist()
        marks = ["".join("v" if one else "c" for one in row)[: len(given[i])] for i, row in zip(picked, vowels)]
        return [f"{given[i]:12} {mark}" for i, mark in zip(picked, marks)]

    unseen = labels[:held][labels[:held] >= 0].double().mean().item()
    return Task(
        "Many to many, in step: which letters are vowels, and which consonants? It depends, for y.",
        model, TensorDataset(letters[held:], labels[held:]), measure,
        lambda: share(measure(letters[:held], labels[:held])), max(unseen, 1 - unseen), "always a consonant", show,
    )  # fmt: skip


class Reverser(nn.Module):
    """Many to many, out of step: a decoder starts from the last state of an encoder (Cho et al., 2014)."""

    def __init__(self) -> None:
        super().__init__()
        self.letters = nn.Embedding(names.SYMBOLS, 24)
        self.encoder = nn.GRU(24, 128, batch_first=True)
        self.decoder = nn.GRU(24, 128, batch_first=True)
        self.scores = nn.Linear(128, names.SYMBOLS)

    def encode(self, letters: Tensor, lengths: Tensor) -> Tensor:
        packed = pack_padded_sequence(self.letters(letters), lengths, batch_first=True, enforce_sorted=False)
        return self.encoder(packed)[1]

    def forward(self, letters: Tensor, lengths: Tensor, answer: Tensor) -> Tensor:
        """The scores of each letter of the answer when those before it are known: teacher forcing."""
        start = autograd.full((len(letters), 1), names.START)
        known = self.letters(autograd.cat([start, answer[:, :-1]], 1))
        return self.scores(self.decoder(known, self.encode(letters, lengths))[0])

    def answer(self, letters: Tensor, lengths: Tensor) -> Tensor:
        """The answer letter by letter, each time the one with the highest score, which the next step is told."""
        states, made = self.encode(letters, lengths), [autograd.full((len(letters), 1), names.START)]
        for _ in range(letters.shape[1]):
            out, states = self.decoder(self.letters(made[-1]), states)
            made.append(self.scores(out).argmax(-1))
        return autograd.cat(made[1:], 1)


def reverse(seed: int) -> Task:
    model = Reverser()
    given = names.shuffled([name for name in names.load("surnames")[:8000] if len(name) <= 7][:4000], seed)
    letters, lengths = names.encoded(given)
    answers, _ = names.encoded([name[::-1] for name in given])
    held = len(given) // 10

    def measure(letters: Tensor, lengths: Tensor, answers: Tensor) -> tuple[Tensor, float, int]:
        scores, known = model(letters, lengths, answers), answers > 0
        loss = F.cross_entropy(scores.flatten(0, 1), answers.flatten())
        return loss, ((scores.argmax(-1) == answers) & known).sum().item(), int(known.sum())

    def held_out() -> float:
        known = answers[:held] > 0
        right = (model.answer(letters[:held], lengths[:held]) == answers[:held]) & known
        return right.sum().item() / known.sum().item()

    def show() -> list[str]:
        made = model.answer(letters[:6], lengths[:6]).tolist()
        return [f"{names.decoded(letters[i].tolist()):10} {names.decoded(row).lower()}" for i, row in enumerate(made)]

    flat = answers.numpy()
    unseen, counts = flat[:held][flat[:held] > 0], np.bincount(flat[held:][flat[held:] > 0])
    baseline = float((unseen == counts.argmax()).mean())
    train_set = TensorDataset(letters[held:], lengths[held:], answers[held:])
    purpose = "Many to many, out of step: write a name backwards. Scored by the letters in place, without a teacher."
    return Task(purpose, model, train_set, measure, held_out, baseline, "always the most frequent letter", show)


class Forecaster(nn.Module):
    """Many to one: an LSTM reads the last hours and says by how much the next differs from the last."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(1, 32, batch_first=True)
        self.change = nn.Linear(32, 1)

    def forward(self, hours: Tensor) -> Tensor:
        scaled = (hours - 52.0) / 10.0
        return hours[:, -1, 0] + self.change(self.lstm(scaled)[0][:, -1])[:, 0]


def temperature(seed: int) -> Task:
    model = Forecaster()
    hours, following = temperatures.windows(temperatures.load(), 48)
    kept = len(hours) * 4 // 5

    def measure(hours: Tensor, following: Tensor) -> tuple[Tensor, float, int]:
        found = model(hours)
        return F.mse_loss(found, following), (found - following).abs().sum().item(), len(following)

    def show() -> list[str]:
        picked = [kept + 7 + 100 * i for i in range(5)]
        found = model(hours[picked]).tolist()
        return [
            f"now {hours[i, -1, 0].item():.1f} °F, next hour {following[i].item():.1f} °F, forecast {f:.1f} °F"
            for i, f in zip(picked, found)
        ]

    baseline = (hours[kept:, -1, 0] - following[kept:]).abs().mean().item()
    return Task(
        "Many to one: the temperature of the next hour from those of two days. Scored by the mean error in °F.",
        model, TensorDataset(hours[:kept], following[:kept]), measure,
        lambda: share(measure(hours[kept:], following[kept:])), baseline, "as warm as now (persistence)", show,
        percent=False, unit=" °F",
    )  # fmt: skip


TASKS: dict[str, Callable[[int], Task]] = {
    "classify": classify,
    "generate": generate,
    "tag": tag,
    "reverse": reverse,
    "stacked": stacked,
    "temperature": temperature,
}

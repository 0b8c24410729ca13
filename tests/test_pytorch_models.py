"""Models whose parameters PyTorch saved give the same outputs here."""

import io

import numpy as np
import pytest

import autograd
import nn

torch = pytest.importorskip("torch")
PACKAGES = {"ours": (autograd, nn), "theirs": (torch, torch.nn)}


def resnet18(torch, nn):
    """ResNet-18 with torchvision's names."""

    class BasicBlock(nn.Module):
        def __init__(self, before, channels, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(before, channels, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(channels)
            self.relu = nn.ReLU(inplace=True)
            self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(channels)
            self.downsample = None
            if stride != 1:
                self.downsample = nn.Sequential(
                    nn.Conv2d(before, channels, 1, stride, bias=False), nn.BatchNorm2d(channels)
                )

        def forward(self, x):
            around = x if self.downsample is None else self.downsample(x)
            return self.relu(self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x))))) + around)

    class ResNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
            self.bn1 = nn.BatchNorm2d(64)
            self.relu = nn.ReLU(inplace=True)
            self.maxpool = nn.MaxPool2d(3, 2, 1)
            for number, (before, channels) in enumerate([(64, 64), (64, 128), (128, 256), (256, 512)], 1):
                first = BasicBlock(before, channels, 1 if number == 1 else 2)
                setattr(self, f"layer{number}", nn.Sequential(first, BasicBlock(channels, channels, 1)))
            self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
            self.fc = nn.Linear(512, 1000)

        def forward(self, x):
            x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
            x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
            return self.fc(torch.flatten(self.avgpool(x), 1))

    return ResNet()


def lstm(torch, nn):
    class Tagger(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(20, 8)
            self.lstm = nn.LSTM(8, 16, num_layers=2, bidirectional=True, batch_first=True)
            self.head = nn.Linear(32, 5)

        def forward(self, x):
            return self.head(self.lstm(self.embedding(x))[0])

    return Tagger()


def gpt2(torch, nn):
    """A small GPT-2, its embedding tied to its head."""
    F = nn.functional
    width, heads, layers, length, words = 32, 4, 3, 16, 50

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.ln_1 = nn.LayerNorm(width)
            self.c_attn = nn.Linear(width, 3 * width)
            self.c_proj = nn.Linear(width, width)
            self.ln_2 = nn.LayerNorm(width)
            self.mlp = nn.Sequential(
                nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width)
            )
            self.register_buffer("mask", torch.tril(torch.ones(length, length)).view(1, 1, length, length))

        def forward(self, x):
            batch, steps, _ = x.shape
            q, k, v = (
                part.view(batch, steps, heads, width // heads).transpose(1, 2)
                for part in self.c_attn(self.ln_1(x)).split(width, dim=2)
            )
            scores = (q @ k.transpose(-2, -1)) / (width // heads) ** 0.5
            scores = scores.masked_fill(self.mask[:, :, :steps, :steps] == 0, float("-inf"))
            mixed = (F.softmax(scores, dim=-1) @ v).transpose(1, 2).contiguous().view(batch, steps, width)
            x = x + self.c_proj(mixed)
            return x + self.mlp(self.ln_2(x))

    class GPT(nn.Module):
        def __init__(self):
            super().__init__()
            self.wte = nn.Embedding(words, width)
            self.wpe = nn.Embedding(length, width)
            self.h = nn.ModuleList([Block() for _ in range(layers)])
            self.ln_f = nn.LayerNorm(width)
            self.lm_head = nn.Linear(width, words, bias=False)
            self.lm_head.weight = self.wte.weight

        def forward(self, ids):
            x = self.wte(ids) + self.wpe(torch.arange(ids.shape[1]))
            for block in self.h:
                x = block(x)
            return self.lm_head(self.ln_f(x))

    return GPT()


def image(rng):
    return rng.standard_normal((2, 3, 64, 64)).astype(np.float32)


def tokens(rng):
    return rng.integers(20, size=(3, 12))


@pytest.mark.parametrize("kind", ["zip", "old", "safetensors"])
@pytest.mark.parametrize("make, given", [(resnet18, image), (lstm, tokens), (gpt2, tokens)])
def test_a_model_that_pytorch_saved(make, given, kind, tmp_path):
    torch.manual_seed(0)
    theirs = make(torch, torch.nn)
    for module in theirs.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_()
            module.running_var.uniform_(0.5, 2)
    path = tmp_path / "model"
    if kind == "safetensors":
        other = pytest.importorskip("safetensors.torch")
        other.save_model(theirs, path)
    else:
        torch.save(theirs.state_dict(), path, _use_new_zipfile_serialization=kind == "zip")
    ours = make(autograd, nn)
    # save_model leaves out the second name of a parameter.
    strict = kind != "safetensors" or make is not gpt2
    ours.load_state_dict(autograd.load(path), strict=strict)
    x = given(np.random.default_rng(0))
    ours.eval(), theirs.eval()
    wanted = theirs(torch.from_numpy(x)).detach().numpy()
    found = ours(autograd.from_numpy(x)).detach().numpy()
    assert np.abs(found - wanted).max() < 1e-5 * max(1, np.abs(wanted).max())


@pytest.mark.parametrize("make, given", [(resnet18, image), (lstm, tokens), (gpt2, tokens)])
def test_a_model_that_is_saved_for_pytorch(make, given):
    autograd.manual_seed(0)
    ours, theirs = make(autograd, nn), make(torch, torch.nn)
    file = io.BytesIO()
    autograd.save(ours.state_dict(), file, format="pt")
    file.seek(0)
    theirs.load_state_dict(torch.load(file, weights_only=True))
    x = given(np.random.default_rng(0))
    ours.eval(), theirs.eval()
    wanted = theirs(torch.from_numpy(x)).detach().numpy()
    found = ours(autograd.from_numpy(x)).detach().numpy()
    assert np.abs(found - wanted).max() < 1e-5 * max(1, np.abs(wanted).max())


def test_an_optimizer_that_pytorch_saved():
    """Adam goes on from there as PyTorch would."""
    import optim

    made = {}
    for name, (package, layers) in PACKAGES.items():
        model = layers.Linear(3, 2)
        made[name] = model, {"ours": optim, "theirs": torch.optim}[name].Adam(model.parameters(), lr=0.1), package

    def step(name):
        model, optimizer, package = made[name]
        optimizer.zero_grad()
        model(package.ones(4, 3)).pow(2).sum().backward()
        optimizer.step()

    step("theirs")
    file = io.BytesIO()
    torch.save([made["theirs"][0].state_dict(), made["theirs"][1].state_dict()], file)
    file.seek(0)
    model, optimizer = autograd.load(file)
    made["ours"][0].load_state_dict(model)
    made["ours"][1].load_state_dict(optimizer)
    step("ours"), step("theirs")
    wanted = made["theirs"][0].weight.detach().numpy()
    assert np.allclose(made["ours"][0].weight.detach().numpy(), wanted, atol=1e-6)

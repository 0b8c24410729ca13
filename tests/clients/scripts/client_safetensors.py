import os
import tempfile

import torch
from safetensors import safe_open
from safetensors.torch import load, load_file, load_model, save, save_file, save_model
from training import keep, small_net, tell, train

net, x, y = small_net()
train(net.parameters(), lambda: torch.nn.functional.cross_entropy(net(x), y))
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "net.safetensors")
    save_file({name: value.contiguous() for name, value in net.state_dict().items()}, path, {"made": "here"})
    found = load_file(path)
    keep(*[found[name] for name in sorted(found)])
    with safe_open(path, framework="pt", device="cpu") as file:
        keep(*[file.get_tensor(name) for name in sorted(file.keys())])
        keep(file.get_slice("0.weight")[2:5])
    save_model(net, path)
    other = small_net()[0]
    load_model(other, path)
    keep(other(x))
again = load(save({"a": torch.arange(3), "b": torch.ones(2, dtype=torch.float16)}))
keep(again["a"], again["b"])
tell()

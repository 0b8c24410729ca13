import torch
from peft import IA3Config, LoraConfig, get_peft_model
from training import keep, small_net, tell, train

for config in (
    LoraConfig(r=4, target_modules=["0"], lora_alpha=8, lora_dropout=0.0, modules_to_save=["2"]),
    IA3Config(target_modules=["0"], feedforward_modules=[]),
):
    net, x, y = small_net()
    model = get_peft_model(net, config)
    train(model.parameters(), lambda: torch.nn.functional.cross_entropy(model(x), y))
    keep(model(x), model.merge_and_unload()(x))
tell()

import torch
from accelerate import Accelerator
from torch.utils.data import DataLoader, TensorDataset
from training import keep, small_net, tell

net, x, y = small_net()
accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
optimizer = torch.optim.AdamW(net.parameters(), lr=0.01)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, 2)
net, optimizer, data, schedule = accelerator.prepare(
    net, optimizer, DataLoader(TensorDataset(x, y), batch_size=4), schedule
)
for _ in range(5):
    for inputs, targets in data:
        with accelerator.accumulate(net):
            loss = torch.nn.functional.cross_entropy(net(inputs), targets)
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            keep(accelerator.gather(loss))
keep(accelerator.unwrap_model(net)(x))
tell()

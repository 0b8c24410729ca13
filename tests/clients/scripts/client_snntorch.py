import snntorch as snn
import torch
from snntorch import functional as SF
from snntorch import spikegen, surrogate
from torch import nn
from training import keep, tell, train

torch.manual_seed(0)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(8, 16), nn.Linear(16, 3)
        self.spiking = snn.Leaky(beta=0.9, spike_grad=surrogate.fast_sigmoid())
        self.last = snn.Synaptic(alpha=0.8, beta=0.9, spike_grad=surrogate.atan())

    def forward(self, x):
        one = self.spiking.init_leaky()
        current, two = self.last.init_synaptic()
        spikes, potentials = [], []
        for now in x:
            out, one = self.spiking(self.first(now), one)
            out, current, two = self.last(self.second(out), current, two)
            spikes.append(out)
            potentials.append(two)
        return torch.stack(spikes), torch.stack(potentials)


net, data, y = Net(), torch.rand(5, 8), torch.tensor([0, 1, 2, 0, 1])
x = spikegen.rate(data, num_steps=6)
keep(x, *net(x))
rate, loss = SF.ce_rate_loss(), SF.mse_count_loss(correct_rate=0.8, incorrect_rate=0.2)
train(net.parameters(), lambda: rate(net(x)[0], y) + nn.functional.mse_loss(net(x)[1].mean(0)[:, 0], y.float()))
keep(loss(net(x)[0], y), SF.accuracy_rate(net(x)[0], y))
tell()

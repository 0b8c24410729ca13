from pytorch_optimizer import load_optimizer
from torch.nn.functional import cross_entropy
from training import small_net, tell, train

NAMES = """adabelief adabound adai adalite adamax adamg adamod adamp adams adan adanorm adapnm adashift adatam
ademamix adopt aggmo aida amos avagrad came dadaptadam dadaptlion diffgrad fadam fromage grokfastadamw
kate lamb lars lion madgrad mars msvag nero novograd padam pid pnm prodigy qhadam qhm ranger ranger21
sgdp sgdw signsgd sm3 srmm stableadamw swats tiger yogi"""
for name in NAMES.split():
    net, x, y = small_net()
    options = {"num_iterations": 20} if name == "ranger21" else {}
    try:
        optimizer = load_optimizer(name)(net.parameters(), lr=1e-3, **options)
    except (NotImplementedError, TypeError):
        continue
    train(net.parameters(), lambda: cross_entropy(net(x), y), optimizer)
tell()

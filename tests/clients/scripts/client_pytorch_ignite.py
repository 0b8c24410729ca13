import tempfile

import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import EMAHandler, LRScheduler, ModelCheckpoint
from ignite.metrics import Accuracy, ConfusionMatrix, Loss, Precision, Recall, RunningAverage
from torch.utils.data import DataLoader, TensorDataset
from training import keep, small_net, tell

net, x, y = small_net()
loader = DataLoader(TensorDataset(x, y), batch_size=4, shuffle=True)
optimizer, loss = torch.optim.SGD(net.parameters(), 0.1), torch.nn.CrossEntropyLoss()
trainer = create_supervised_trainer(net, optimizer, loss, device="cpu")
RunningAverage(output_transform=lambda found: found).attach(trainer, "average")
metrics = {"accuracy": Accuracy(), "loss": Loss(loss), "precision": Precision(average=True)}
metrics |= {"recall": Recall(average=True), "confusion": ConfusionMatrix(3)}
evaluator = create_supervised_evaluator(net, metrics, device="cpu")


@trainer.on(Events.EPOCH_COMPLETED)
def evaluate(engine):
    evaluator.run(loader)
    keep(engine.state.metrics["average"], *[evaluator.state.metrics[name] for name in metrics])


schedule = LRScheduler(torch.optim.lr_scheduler.StepLR(optimizer, 3))
trainer.add_event_handler(Events.ITERATION_STARTED, schedule)
EMAHandler(net, momentum=0.1).attach(trainer, event=Events.ITERATION_COMPLETED)
with tempfile.TemporaryDirectory() as folder:
    saving = ModelCheckpoint(folder, "kept", n_saved=1, require_empty=False)
    trainer.add_event_handler(Events.EPOCH_COMPLETED, saving, {"net": net, "optimizer": optimizer})
    trainer.run(loader, max_epochs=3)
keep(*net.parameters())
tell()

import logging
import tempfile
import warnings

import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, TensorDataset
from training import keep, small_net, tell

warnings.simplefilter("ignore")
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)


class Task(pl.LightningModule):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def training_step(self, batch, index):
        x, y = batch
        loss = torch.nn.functional.cross_entropy(self.net(x), y)
        self.log("loss", loss)
        keep(loss)
        return loss

    def validation_step(self, batch, index):
        self.log("val_loss", torch.nn.functional.cross_entropy(self.net(batch[0]), batch[1]))

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=0.01)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)]


net, x, y = small_net()
data = DataLoader(TensorDataset(x, y), batch_size=4)
task = Task(net)
with tempfile.TemporaryDirectory() as folder:
    trainer = pl.Trainer(
        max_epochs=4, accelerator="cpu", logger=False, enable_progress_bar=False, default_root_dir=folder,
        enable_model_summary=False, gradient_clip_val=1.0, num_sanity_val_steps=0,
    )  # fmt: skip
    trainer.fit(task, data, data)
    keep(trainer.callback_metrics["val_loss"])
    trainer.save_checkpoint(f"{folder}/kept.ckpt")
    again = Task.load_from_checkpoint(f"{folder}/kept.ckpt", net=small_net()[0])
    keep(again.net(x))
tell()

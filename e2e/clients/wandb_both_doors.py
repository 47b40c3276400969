"""Pulls a version that REST logged, then logs one that REST will read."""

import json
import tempfile
from pathlib import Path

import wandb

theirs = wandb.Api().artifact("doors/both:production")
folder = theirs.download(root=tempfile.mkdtemp(), skip_cache=True)
theirs.verify(root=folder)
pulled = (Path(folder) / "weights.bin").read_text()
# A fresh object knows no link yet: the file is asked for by its digest.
fresh = wandb.Api().artifact("doors/both:production")
single = fresh.get_entry("weights.bin").download(root=tempfile.mkdtemp(), skip_cache=True)

with wandb.init(project="doors") as run:
    used = run.use_artifact("both:production")
    assert used.version == "v0", used.version
    mine = wandb.Artifact("both", type="model")
    with mine.new_file("weights.bin") as file:
        file.write("from wandb")
    mine = run.log_artifact(mine, aliases=["production"])
    mine.wait()
    version = mine.version

print(json.dumps({"pulled": pulled, "single": Path(single).read_text(), "version": version}))

"""Logs one file as it lies there, and tells which version it became."""

import sys

import wandb

with wandb.init(project="parts", settings=wandb.Settings(init_timeout=300)) as run:
    artifact = wandb.Artifact("large", type="model")
    artifact.add_file(sys.argv[1], "weights.bin", policy="immutable", skip_cache=True)
    print(run.log_artifact(artifact).wait(timeout=400).version)

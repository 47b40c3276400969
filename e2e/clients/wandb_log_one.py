"""Logs one version with content of its own, and tells its number."""

import json
import sys

import wandb

with wandb.init(project="parallel", settings=wandb.Settings(init_timeout=300)) as run:
    artifact = wandb.Artifact("one-name", type="model")
    with artifact.new_file("content.txt") as file:
        file.write(sys.argv[1])
    logged = run.log_artifact(artifact)
    logged.wait()
    print(json.dumps({"version": logged.version}))

"""Logs one version with content of its own, and tells its number."""

import json
import os
import sys

# Beside 31 others its public API would give up after 19 seconds: its own process gets no turn.
os.environ["WANDB_HTTP_TIMEOUT"] = "240"

import wandb  # noqa: E402

with wandb.init(project="parallel", settings=wandb.Settings(init_timeout=300)) as run:
    artifact = wandb.Artifact("one-name", type="model")
    with artifact.new_file("content.txt") as file:
        file.write(sys.argv[1])
    logged = run.log_artifact(artifact)
    logged.wait()
    print(json.dumps({"version": logged.version}))

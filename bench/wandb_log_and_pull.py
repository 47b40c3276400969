"""Logs a folder and downloads it again, and tells how many seconds each step took."""

import json
import sys
import time

import wandb

folder, target = sys.argv[1:]
seconds = {}
with wandb.init(project="bench") as run:
    # The first artifact of a process asks for more than the others.
    first = wandb.Artifact("first", type="model")
    first.add_file(__file__)
    run.log_artifact(first).wait()

    begun = time.perf_counter()
    artifact = wandb.Artifact("files", type="model")
    artifact.add_dir(folder)
    seconds["add"] = time.perf_counter() - begun

    begun = time.perf_counter()
    run.log_artifact(artifact).wait(timeout=600)
    seconds["log"] = time.perf_counter() - begun

logged = wandb.Api().artifact("bench/files:latest")
begun = time.perf_counter()
logged.download(target, skip_cache=True)
seconds["download"] = time.perf_counter() - begun
print(json.dumps(seconds))

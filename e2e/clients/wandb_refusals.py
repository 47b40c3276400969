"""Asks for what is refused for good, and tells what the client said after how many seconds."""

import json
import time

import wandb

refusals = {}


def refused(what, ask):
    start = time.monotonic()
    try:
        ask()
    except Exception as error:
        seconds = round(time.monotonic() - start, 1)
        refusals[what] = {"seconds": seconds, "message": str(error)}
    else:
        raise AssertionError(f"{what} was not refused")


def artifact_of(name, kind="model"):
    artifact = wandb.Artifact(name, type=kind)
    with artifact.new_file("content.txt") as file:
        file.write(f"{name} {kind}")
    return artifact


def save(**attributes):
    found = wandb.Api().artifact("refusals/model:latest")
    for name, value in attributes.items():
        setattr(found, name, value)
    found.save()


run = wandb.init(project="refusals")
run.log_artifact(artifact_of("model")).wait()
refused("a bad tag", lambda: run.log_artifact(artifact_of("tagged"), tags=["a/b"]).wait())
refused("another type", lambda: run.log_artifact(artifact_of("model", "dataset")).wait())
run.finish()
refused("another entity", lambda: wandb.init(entity="nobody", project="p"))
refused("a confusable alias", lambda: save(aliases=["Production"]))
refused("large metadata", lambda: save(metadata={"text": "x" * 2_000_000}))
refused("a wrong key", lambda: wandb.Api(api_key="x" * 40).default_entity)
refused(
    "an operation that is not served",
    lambda: list(wandb.Api().automations(entity=wandb.Api().default_entity)),
)
print(json.dumps({"refusals": refusals}))

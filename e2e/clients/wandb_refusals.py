"""Asks for what is refused for good, and tells what the client said after how many seconds."""

import json
import sys
import time

import wandb

MEMBER_KEY = sys.argv[1]

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


def of_member(reference):
    return wandb.Api(api_key=MEMBER_KEY).artifact(reference)


def promote(reference):
    found = of_member(reference)
    found.aliases.append("production")
    found.save()


def demote(reference):
    found = of_member(reference)
    found.aliases.remove("production")
    found.save()


with wandb.init(entity="Guarded", project="refusals") as run:
    guarded = run.log_artifact(artifact_of("guarded"), aliases=["production"]).wait()
    run.log_artifact(artifact_of("other")).wait()
    run.link_artifact(guarded, "wandb-registry-model/Guarded", aliases=["production"])
    gone = run.log_artifact(artifact_of("gone")).wait()
    refused(
        "a missing registry",
        lambda: run.link_artifact(guarded, "wandb-registry-None/Guarded"),
    )
gone.delete(delete_aliases=True)
path = "Guarded/refusals"
refused("a protected alias that is added", lambda: promote(f"{path}/other:v0"))
refused("a protected alias that is taken away", lambda: demote(f"{path}/guarded:production"))
refused(
    "a registry that one may only read",
    lambda: of_member(f"{path}/guarded:v0").link("wandb-registry-model/Guarded"),
)
refused("a deleted version", lambda: wandb.Api().artifact(f"{path}/gone:v0"))
refused("a project of others", lambda: of_member("admin/refusals/model:v0"))
refused("a missing alias", lambda: wandb.Api().artifact("refusals/model:canary"))
refused("a missing collection", lambda: wandb.Api().artifact("refusals/nothing:latest"))
refused("another entity", lambda: wandb.init(entity="nobody", project="p"))
refused("a confusable alias", lambda: save(aliases=["Production"]))
refused("large metadata", lambda: save(metadata={"text": "x" * 2_000_000}))
refused("a wrong key", lambda: wandb.Api(api_key="x" * 40).default_entity)
refused(
    "an operation that is not served",
    lambda: list(wandb.Api().automations(entity=wandb.Api().default_entity)),
)
print(json.dumps({"refusals": refusals}))

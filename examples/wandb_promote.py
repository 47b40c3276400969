"""Log a model, promote it, pull it, move it back: with the wandb client as it comes from PyPI.

    export WANDB_BASE_URL=http://127.0.0.1:4747 WANDB_API_KEY=<key>
    python examples/wandb_promote.py
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import wandb

PROJECT = "promotion-story"
NAME = "image-classifier"
FILE = "my_awesome_model.h5"

work = Path(tempfile.mkdtemp())


def check(holds, what):
    if not holds:
        sys.exit(f"NOT AS EXPECTED: {what}")


def log_model(accuracy, aliases):
    """Logs a fresh model from a run; gives the artifact's path and the model's bytes."""
    weights = os.urandom(1024)
    (work / FILE).write_bytes(weights)
    with wandb.init(project=PROJECT, job_type="train", config={"lr": 0.1}) as run:
        run.log({"accuracy": accuracy})
        artifact = wandb.Artifact(NAME, type="model", metadata={"accuracy": accuracy})
        artifact.add_file(str(work / FILE))
        logged = run.log_artifact(artifact, aliases=aliases)
        logged.wait()
        # Read before the run ends.
        entity, project = run.entity, run.project
    print(f"logged {logged.version} with {sorted(logged.aliases)}")
    return f"{entity}/{project}/{NAME}", weights


def find(reference):
    return wandb.Api().artifact(reference)


def promote(reference):
    """Appends `production` to a version's aliases and takes `staging` away."""
    artifact = find(f"{reference}:staging")
    print(f"staging is {artifact.version}")
    artifact.aliases.append("production")
    artifact.save()
    artifact.aliases.remove("staging")
    artifact.save()
    print(f"promoted {artifact.version}: {sorted(artifact.aliases)}")
    return artifact.version


def pull(reference):
    artifact = find(f"{reference}:production")
    # skip_cache: the bytes come from the server, not from an earlier pull.
    folder = artifact.download(root=tempfile.mkdtemp(dir=work), skip_cache=True)
    artifact.verify(root=folder)
    return artifact, (Path(folder) / FILE).read_bytes()


def refused(reference):
    """Asks for what is not there: the answer must come at once, not after minutes of retries."""
    start = time.monotonic()
    try:
        find(reference)
    except wandb.errors.CommError as error:
        print(f"refused: {error}")
        check(time.monotonic() - start < 10, f"{reference} was refused only after a while")
        return
    check(False, f"{reference} was found")


reference, weights = log_model(0.91, ["staging"])
first = promote(reference)
pulled, bytes_ = pull(reference)
check(pulled.version == first, f"production is {pulled.version}, not {first}")
check(bytes_ == weights, "the pulled model has other bytes than the logged one")
check(pulled.metadata["accuracy"] == 0.91, "the metadata came with it")
check("staging" not in find(f"{reference}:{first}").aliases, f"{first} kept staging")
print(f"pulled {pulled.version}: the same {len(bytes_)} bytes")

reference, better = log_model(0.97, ["staging"])
second = promote(reference)
pulled, bytes_ = pull(reference)
check(second != first, "the better model is another version")
check((pulled.version, bytes_) == (second, better), "production serves the better model")
displaced = find(f"{reference}:{first}")
check("production" not in displaced.aliases, f"{first} is still production")
print(f"{first} was displaced: {sorted(displaced.aliases)}")

displaced.aliases.append("production")
displaced.save()
pulled, bytes_ = pull(reference)
check((pulled.version, bytes_) == (first, weights), f"production is back on {first}")
print(f"moved production back to {pulled.version}")

refused(f"{reference}:canary")
refused(f"{reference.rsplit('/', 1)[0]}/no-such-model:production")

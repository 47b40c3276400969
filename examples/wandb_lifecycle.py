"""A model's whole life with the wandb client as it comes from PyPI, and Greenroom's CLI.

    export WANDB_BASE_URL=http://127.0.0.1:4747 WANDB_API_KEY=<key>
    pip install wandb scikit-learn
    python examples/wandb_lifecycle.py [greenroom]

Train, log, evaluate in a second run, link into the registry, promote, pull, roll back by the CLI,
pull again.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import joblib
import wandb
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score
from sklearn.model_selection import train_test_split

PROJECT = "digits"
NAME = "digit-classifier"
REGISTRY = "wandb-registry-model"
GREENROOM = sys.argv[1:] or ["greenroom"]

digits = load_digits()
train_x, test_x, train_y, test_y = train_test_split(
    digits.data, digits.target, test_size=0.25, random_state=7
)


def train(strength, iterations):
    """Trains a classifier in a run; its model is an artifact of that run."""
    config = {"strength": strength, "iterations": iterations}
    with wandb.init(project=PROJECT, job_type="train", config=config) as run:
        model = LogisticRegression(C=strength, max_iter=iterations)
        model.fit(train_x / 16, train_y)
        run.log({"train/accuracy": model.score(train_x / 16, train_y)})
        artifact = wandb.Artifact(NAME, type="model", metadata=config)
        with artifact.new_file("model.joblib", mode="wb") as file:
            joblib.dump(model, file)
        return run.log_artifact(artifact).wait().version


def evaluate(version):
    """Evaluates it in a run of its own, which the registry then knows to have used the version."""
    with wandb.init(project=PROJECT, job_type="evaluate") as run:
        artifact = run.use_artifact(f"{NAME}:{version}")
        accuracy = accuracy_of(artifact.download())
        run.summary["accuracy"] = accuracy
    artifact = wandb.Api().artifact(f"{PROJECT}/{NAME}:{version}")
    artifact.metadata["accuracy"] = accuracy
    artifact.save()
    return accuracy


def accuracy_of(folder):
    model = joblib.load(Path(folder) / "model.joblib")
    return float(accuracy_score(test_y, model.predict(test_x / 16)))


def release(version):
    """Links the version into the registry and promotes it there."""
    with wandb.init(project=PROJECT, job_type="release") as run:
        linked = run.link_artifact(
            run.use_artifact(f"{NAME}:{version}"), f"{REGISTRY}/{NAME}", aliases=["staging"]
        )
    linked.aliases.append("production")
    linked.aliases.remove("staging")
    linked.save()
    return linked.version


def pull():
    """What a service does: whatever `production` is now."""
    artifact = wandb.Api().artifact(f"{REGISTRY}/{NAME}:production")
    folder = artifact.download(root=tempfile.mkdtemp())
    return artifact.version, accuracy_of(folder)


released = {}
for strength, iterations in ((1.0, 300), (0.00001, 300)):
    version = train(strength, iterations)
    accuracy = evaluate(version)
    place = release(version)
    released[place] = accuracy
    print(f"trained {version} ({accuracy:.3f}), now production as {place} of the registry")

place, accuracy = pull()
print(f"pulled {place}: accuracy {accuracy:.3f}")
assert (place, accuracy) == ("v1", released["v1"])

environment = {
    **os.environ,
    "GREENROOM_URL": os.environ["WANDB_BASE_URL"],
    "GREENROOM_API_KEY": os.environ["WANDB_API_KEY"],
}
rollback = ["rollback", f"registry/model/{NAME}", "production", "--reason", "worse on test data"]
subprocess.run([*GREENROOM, *rollback], check=True, env=environment)

place, accuracy = pull()
print(f"pulled {place}: accuracy {accuracy:.3f}")
assert (place, accuracy) == ("v0", released["v0"])

"""Links versions into a registry, promotes them there, unlinks and deletes."""

import json
import tempfile
from pathlib import Path

import wandb

PROJECT = "links"
REGISTRY = "wandb-registry-model/classifier"


def artifact_of(text):
    artifact = wandb.Artifact("classifier", type="model")
    with artifact.new_file("weights.txt") as file:
        file.write(text)
    return artifact


def find(reference):
    return wandb.Api().artifact(reference)


with wandb.init(project=PROJECT) as run:
    first = run.log_artifact(artifact_of("one"), aliases=["source"]).wait()
    second = run.log_artifact(artifact_of("two")).wait()
    run.link_artifact(first, REGISTRY, aliases=["staging"])
    run.log_model(str(Path(first.download()) / "weights.txt"), name="short")
    run.link_model(str(Path(first.download()) / "weights.txt"), "short-models", name="short")

linked = find(f"{REGISTRY}:staging")
assert linked.is_link and linked.version == "v0", linked.version
assert linked.source_name == "classifier:v0" and linked.id == first.id
assert sorted(linked.aliases) == ["latest", "staging"], linked.aliases
assert linked.collection.type == "model" and linked.collection.is_sequence() is False

# Linking again keeps the place; an alias that is added there is not the source's.
again = find(f"{PROJECT}/classifier:v0").link(REGISTRY, aliases=["production"])
assert again.version == "v0" and "production" in again.aliases, again.aliases
assert sorted(find(f"{PROJECT}/classifier:v0").aliases) == ["source"]
better = find(f"{PROJECT}/classifier:v1").link(REGISTRY)
assert better.version == "v1"
better.aliases.append("production")
better.save()
assert find(f"{REGISTRY}:production").source_version == "v1"
assert sorted(find(f"{REGISTRY}:v0").aliases) == ["archived", "staging"]
folder = find(f"{REGISTRY}:production").download(root=tempfile.mkdtemp(), skip_cache=True)
assert (Path(folder) / "weights.txt").read_text() == "two"
assert [link.version for link in find(f"{PROJECT}/classifier:v1").linked_artifacts] == ["v1"]
assert find("model-registry/short-models:latest").source_name == "short:v0"

# Unlinking leaves the source; deleting it takes it out of the registry too.
find(f"{REGISTRY}:v0").unlink()
assert not wandb.Api().artifact_exists(f"{REGISTRY}:v0")
assert wandb.Api().artifact_exists(f"{PROJECT}/classifier:v0")
try:
    find(f"{PROJECT}/classifier:v1").delete()
except wandb.errors.CommError as error:
    assert "production" in str(error), error
else:
    raise AssertionError("what production points to was deleted")
find(f"{PROJECT}/classifier:v1").delete(delete_aliases=True)
try:
    find(f"{REGISTRY}:v1")
except wandb.errors.CommError as error:
    deleted = str(error)

# Collections are renamed, described and deleted.
collection = find(f"{PROJECT}/short:v0").collection
collection.name = "renamed"
collection.description = "a short one"
collection.save()
assert find(f"{PROJECT}/renamed:v0").collection.description == "a short one"
find(f"{PROJECT}/renamed:v0").collection.delete()
assert not wandb.Api().artifact_collection_exists(f"{PROJECT}/renamed", "model")
print(json.dumps({"deleted": deleted}))

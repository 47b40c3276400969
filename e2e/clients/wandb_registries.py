"""Makes, changes, searches and deletes registries, their collections and what is linked there."""

import json
import os

import wandb

ORGANIZATION = "Greenroom"
PROJECT = "registries"
seen = {}


def raises(ask):
    try:
        ask()
    except Exception as error:
        while error.__cause__ is not None:
            error = error.__cause__
        return str(error)
    raise AssertionError("this was not refused")


def artifact_of(text, kind="model", **rest):
    artifact = wandb.Artifact(f"{kind}-{text}", type=kind, **rest)
    with artifact.new_file("weights.txt") as file:
        file.write(text)
    return artifact


api = wandb.Api()
assert {registry.name for registry in api.registries()} == {"model", "dataset"}

# Made, found, changed and renamed.
vision = api.create_registry(
    "Vision", visibility="organization", description="All that sees", artifact_types=["model"]
)
assert vision.entity == "greenroom-org" and vision.organization == ORGANIZATION
assert not vision.allow_all_artifact_types and list(vision.artifact_types) == ["model"]
assert vision.visibility == "organization" and vision.created_at.endswith("Z")
seen["taken"] = raises(lambda: api.create_registry("Vision", visibility="organization"))
seen["missing"] = raises(lambda: api.registry("Audio"))
seen["unknown organization"] = raises(lambda: api.registry("Vision", organization="Nobody"))
audio = api.create_registry("Audio", visibility="restricted", organization=ORGANIZATION)
assert audio.visibility == "restricted" and audio.allow_all_artifact_types
vision.description = "All that sees, and more"
vision.artifact_types.append("dataset")
vision.visibility = "restricted"
vision.save()
again = api.registry("Vision", organization=ORGANIZATION)
assert again.description == vision.description and again.id == vision.id
assert sorted(again.artifact_types) == ["dataset", "model"]
assert again.visibility == "restricted"
again.visibility = "organization"
again.name = "Sight"
again.save()
assert api.registry("Sight").id == vision.id
seen["renamed"] = raises(lambda: api.registry("Vision"))

# Linked, and only what the registry admits.
with wandb.init(project=PROJECT) as run:
    logged = [
        run.log_artifact(
            artifact_of(text, metadata={"accuracy": accuracy, "by": {"team": "vision"}}),
            tags=tags,
        ).wait()
        for text, accuracy, tags in [("a", 0.5, []), ("b", 0.9, ["good", "fast"])]
    ]
    run.link_artifact(logged[0], "wandb-registry-Sight/Detector")
    run.link_artifact(logged[1], "wandb-registry-Sight/Detector", aliases=["production"])
    run.link_artifact(logged[1], "wandb-registry-Sight/Segmenter")
    run.link_artifact(logged[0], "wandb-registry-Audio/Detector", aliases=["production"])
    config = run.log_artifact(artifact_of("c", kind="config")).wait()
    seen["another type"] = raises(
        lambda: run.link_artifact(config, "wandb-registry-Sight/Settings")
    )
    seen["no registry"] = raises(lambda: run.link_artifact(logged[0], "wandb-registry-None/x"))
    run.link_artifact(config, "wandb-registry-Audio/Settings")

# Registries, by filters, in order, and in pages that go on elsewhere.


def names(**asked):
    return [registry.name for registry in wandb.Api().registries(**asked)]


assert names(order="name") == ["Audio", "Sight", "dataset", "model"]
assert names(order="-name") == ["model", "dataset", "Sight", "Audio"]
assert names(order="+created_at")[2:] == ["Sight", "Audio"]
assert names(filter={"name": "Sight"}) == ["Sight"]
assert names(filter={"name": {"$in": ["Sight", "Audio"]}}, order="name") == ["Audio", "Sight"]
assert names(filter={"name": {"$regex": "^wandb-registry-S.*t$"}}) == ["Sight"]
assert names(filter={"description": {"$contains": "sees"}}) == ["Sight"]
assert names(filter={"$or": [{"name": "Audio"}, {"description": {"$contains": "sees"}}]}) == [
    "Sight",
    "Audio",
]
assert names(filter={"created_at": {"$gt": "2100-01-01"}}) == []
assert names(per_page=1, order="name") == ["Audio", "Sight", "dataset", "model"]
paged = wandb.Api().registries(per_page=3, order="name")
first = [next(paged).name for _ in range(3)]
assert first + names(start=paged.cursor, order="name") == ["Audio", "Sight", "dataset", "model"]
seen["a pattern that is more than text"] = raises(
    lambda: names(filter={"name": {"$regex": "(a+)+$"}})
)
seen["an organization that is not there"] = raises(lambda: names(organization="Nobody"))

# Collections: tags, description, order, number.
detector = next(iter(api.registry("Sight").collections(filter={"name": "Detector"})))
assert detector.type == "model" and detector.organization == ORGANIZATION
detector.tags = ["seen", "good"]
detector.description = "Finds things"
detector.save()
detector.tags.remove("seen")
detector.save()


def collections(registries=None, **asked):
    found = wandb.Api().registries(filter=registries).collections(**asked)
    return [f"{each.project[15:]}/{each.name}" for each in found]


everything = ["Audio/Detector", "Sight/Detector", "Sight/Segmenter", "Audio/Settings"]
mine = {"name": {"$in": ["Sight", "Audio"]}}
assert sorted(collections(mine)) == sorted(everything)
assert collections(mine, order="-name")[0] == "Audio/Settings"
assert collections(mine, filter={"tag": "good"}) == ["Sight/Detector"]
assert collections(filter={"description": {"$contains": "things"}}) == ["Sight/Detector"]
assert collections(mine, filter={"name": {"$regex": "De.*"}}, per_page=1, order="name") == [
    "Sight/Detector",
    "Audio/Detector",
]
assert len(api.registries(filter=mine).collections()) == 4
assert [each.name for each in api.registry("Audio").collections(order="-name")] == [
    "Settings",
    "Detector",
]
assert next(iter(api.registry("Sight").collections(filter={"tag": "good"}))).tags == ["good"]

# Versions.


def versions(collection=None, **asked):
    found = wandb.Api().registries(filter=mine).collections(filter=collection).versions(**asked)
    return sorted(f"{each.project[15:]}/{each.name}" for each in found)


assert versions(filter={"alias": "production"}) == ["Audio/Detector:v0", "Sight/Detector:v1"]
assert versions(filter={"tag": "good"}) == ["Sight/Detector:v1", "Sight/Segmenter:v0"]
assert versions(filter={"metadata.accuracy": {"$gte": 0.9}}, per_page=1) == [
    "Sight/Detector:v1",
    "Sight/Segmenter:v0",
]
assert versions(filter={"metadata.by.team": "vision", "version": "v1"}) == ["Sight/Detector:v1"]
assert versions({"tag": "good"}, filter={"alias": "production"}) == ["Sight/Detector:v1"]
assert len(versions()) == 5
assert len(list(api.registry("Sight").versions())) == 3
linked = next(iter(api.registry("Sight").versions(filter={"alias": "production"})))
assert linked.is_link and linked.source_name == "model-b:v0", linked.source_name
assert sorted(linked.aliases) == ["latest", "production"] and linked.tags == ["fast", "good"]
ordered = wandb.Api().registries(filter=mine, order="name").collections(order="-name")
assert [f"{each.project[15:]}/{each.name}" for each in ordered.versions()][:2] == [
    "Audio/Settings:v0",
    "Audio/Detector:v0",
]
seen["versions in order"] = raises(lambda: list(api.registry("Sight").versions(order="created_at")))

# Lists of a project: filters, orders, tags, numbers, and a change of type.
with wandb.init(project=PROJECT) as run:
    for text in ["one", "two", "three"]:
        artifact = wandb.Artifact("many", type="model")
        with artifact.new_file("weights.txt") as file:
            file.write(text)
        run.log_artifact(artifact, tags=[text]).wait()
many = f"{PROJECT}/many"


def listed(**asked):
    return [each.version for each in wandb.Api().artifacts("model", many, **asked)]


assert listed() == ["v2", "v1", "v0"] and listed(order="+version_index") == ["v0", "v1", "v2"]
assert listed(order="created_at") == ["v0", "v1", "v2"] and listed(order="-id")[0] == "v2"
oldest = wandb.Api().artifact(f"{many}:v0")
oldest.description = "changed last"
oldest.save()
assert listed(order="-updated_at") == ["v0", "v2", "v1"]
assert listed(tags=["two"]) == ["v1"] and listed(per_page=1, order="-version_index")[0] == "v2"
models = api.artifact_type("model", PROJECT)
found = models.collections(filters={"name": "many"}, order="-createdAt")
assert len(found) == 1 and found[0].name == "many"
assert "many" in [each.name for each in api.artifact_collections(PROJECT, "model")]
many_collection = api.artifact_collection("model", many)
many_collection.tags = ["old", "kept"]
many_collection.save()
tagged = api.artifact_type("model", PROJECT).collections(filters={"tag": "kept"})
assert [each.name for each in tagged] == ["many"]
many_collection.tags = ["kept"]
many_collection.change_type("weights")
many_collection.save()
moved = api.artifact_collection("weights", many)
assert moved.tags == ["kept"] and moved.type == "weights"
assert api.artifact_collection_exists(many, "weights")
seen["a bad tag"] = raises(lambda: (setattr(moved, "tags", ["a/b"]), moved.save()))

# Deleted, with what is in it.
next(iter(api.registry("Audio").collections(filter={"name": "Settings"}))).delete()
assert [each.name for each in api.registry("Audio").collections()] == ["Detector"]
audio.delete()
seen["deleted"] = raises(lambda: api.registry("Audio"))
seen["deleted twice"] = raises(audio.delete)
assert names(order="name") == ["Sight", "dataset", "model"]
assert wandb.Api().artifact(f"{PROJECT}/model-a:v0").name == "model-a:v0"
print(json.dumps(seen))

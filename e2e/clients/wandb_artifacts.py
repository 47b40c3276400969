"""Artifacts of every form that the client can log; each is pulled back and verified."""

import json
import tempfile
from datetime import timedelta
from pathlib import Path

import wandb

PROJECT = "artifacts"
versions = {}


def log(run, artifact, **options):
    logged = run.log_artifact(artifact, **options)
    logged.wait()
    versions[logged.name.split(":")[0]] = logged.version
    return logged


def artifact_of(name, kind="dataset", **files):
    artifact = wandb.Artifact(name, type=kind)
    for path, text in files.items():
        with artifact.new_file(path.replace("_", ".")) as file:
            file.write(text)
    return artifact


def pull(artifact):
    folder = Path(artifact.download(root=tempfile.mkdtemp(), skip_cache=True))
    artifact.verify(root=str(folder))
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*.txt")}


def fresh(name):
    return wandb.Api().artifact(f"{PROJECT}/{name}")


run = wandb.init(project=PROJECT)

# Folders, odd names, empty files, nothing at all.
folder = Path(tempfile.mkdtemp())
(folder / "sub").mkdir()
(folder / "empty.txt").touch()
(folder / "sub" / "ümläut #? %20 +.txt").write_text("odd")
odd = wandb.Artifact("odd", type="dataset", description="d", metadata={"n": float("nan")})
odd.add_dir(str(folder))
odd = log(run, odd, aliases=["blue"], tags=["one", "two"])
assert pull(odd) == {"empty.txt": "", "sub/ümläut #? %20 +.txt": "odd"}, pull(odd)
entry = odd.get_entry("sub/ümläut #? %20 +.txt")
assert Path(entry.download(root=tempfile.mkdtemp(), skip_cache=True)).read_text() == "odd"
assert len(odd.files()) == 2 and [file.size for file in odd.files()] == [0, 3]
assert log(run, wandb.Artifact("nothing", type="dataset")).file_count == 0

# What was logged can be described anew; the aliases belong to one version each.
odd.description, odd.metadata, odd.tags = "new", {"a": {"b": 1}}, ["two", "three"]
odd.ttl = timedelta(days=3)
odd.aliases = ["green", "latest"]
odd.save()
found = fresh("odd:green")
assert (found.description, found.metadata) == ("new", {"a": {"b": 1}})
assert sorted(found.tags) == ["three", "two"] and found.ttl == timedelta(days=3)
assert sorted(found.aliases) == ["green", "latest"]
assert not wandb.Api().artifact_exists(f"{PROJECT}/odd:blue")
assert wandb.Api().artifact_exists(f"{PROJECT}/odd:v0")

# The same content again is the same version.
once = log(run, artifact_of("same", a_txt="a"))
log(run, artifact_of("same", a_txt="b"))
again = log(run, artifact_of("same", a_txt="a"), aliases=["again"])
assert (again.version, again.id) == (once.version, once.id)
assert fresh("same:latest").version == "v0"

# References: to anything, to a file here, to another artifact, to one that is not logged yet.
linked = wandb.Artifact("references", type="dataset")
linked.add_reference("weird://x/y", name="weird")
linked.add_reference(f"file://{folder}/sub", name="local")
linked.add_reference(once.get_entry("a.txt"), name="theirs.txt")
linked = log(run, linked)
assert linked.get_entry("weird").ref == "weird://x/y"
target = linked.get_entry("theirs.txt").download(root=tempfile.mkdtemp())
assert Path(target).read_text() == "a"
table = wandb.Table(columns=["a", "b"], data=[[1, "x"], [2, "y"]])
owner = wandb.Artifact("table", type="dataset")
owner.add(table, "rows")
sent = run.log_artifact(owner)
# The owner is on its way and has no id yet: the client asks the server for it later.
borrower = wandb.Artifact("borrower", type="dataset")
borrower.add(table, "rows")
log(run, borrower)
versions["table"] = sent.wait().version
assert fresh("borrower:latest").get("rows").data == table.data
reference = fresh("borrower:latest").manifest.entries["rows.table.json"].ref
assert reference.startswith("wandb-artifact://"), reference

# Digests of another kind are not taken here: the client hashes once more, with MD5.
hashed = wandb.Artifact("hashed", type="dataset", digest_algorithm="XXH128")
with hashed.new_file("a.txt") as file:
    file.write("a")
assert pull(log(run, hashed)) == {"a.txt": "a"}
assert fresh("hashed:v0").get_entry("a.txt").digest == once.get_entry("a.txt").digest

# Incremental versions, drafts of versions, versions of many workers.
log(run, artifact_of("incremental", a_txt="a", b_txt="b"))
more = wandb.Artifact("incremental", type="dataset", incremental=True)
with more.new_file("c.txt") as file:
    file.write("c")
more = log(run, more)
assert pull(more) == {"a.txt": "a", "b.txt": "b", "c.txt": "c"}
draft = more.new_draft()
draft.remove("a.txt")
with draft.new_file("d.txt") as file:
    file.write("d")
draft = log(run, draft)
assert pull(draft) == {"b.txt": "b", "c.txt": "c", "d.txt": "d"}
for worker in range(3):
    part = artifact_of("distributed", **{f"w{worker}_txt": str(worker)})
    run.upsert_artifact(part, distributed_id="group")
last = artifact_of("distributed", last_txt="last")
last = run.finish_artifact(last, distributed_id="group").wait()
versions["distributed"] = last.version
assert pull(last) == {"w0.txt": "0", "w1.txt": "1", "w2.txt": "2", "last.txt": "last"}

# Models, the short way.
(folder / "weights.txt").write_text("weights")
run.log_model(str(folder / "weights.txt"), name="short", aliases=["best"])
run.finish()
with wandb.init(project=PROJECT) as other:
    assert Path(other.use_model("short:best")).read_text() == "weights"
# An artifact that is there becomes a run's output too, and nothing new is made.
attached = wandb.Api().run(f"{PROJECT}/{other.id}").log_artifact(fresh("same:v1"))
assert attached.version == "v1", attached.version
outputs = wandb.Api().run(f"{PROJECT}/{other.id}").logged_artifacts()
assert [artifact.name for artifact in outputs] == ["same:v1"]
assert [user.id for user in fresh("short:v0").used_by()] == [other.id]

# Lists.
api = wandb.Api()
assert [kind.name for kind in api.artifact_types(PROJECT)] == ["dataset", "model"]
names = [collection.name for collection in api.artifact_type("dataset", PROJECT).collections()]
assert {"odd", "same", "incremental"} <= set(names), names
names = [collection.name for collection in api.project(PROJECT).collections()]
assert {"odd", "same", "incremental", "short"} <= set(names), names
assert [a.version for a in api.artifacts("dataset", f"{PROJECT}/incremental")] == ["v2", "v1", "v0"]
assert fresh("same:v0").collection.aliases == ["again", "latest"], fresh("same:v0").collection.aliases

versions.update({"same": "v1", "short": "v0"})
print(json.dumps({"versions": versions}))

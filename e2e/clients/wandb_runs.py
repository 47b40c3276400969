"""A run from start to end, read back, resumed, and what it made and used."""

import json
import math
import tempfile
from pathlib import Path

import wandb

folder = Path(tempfile.mkdtemp())
(folder / "notes.txt").write_text("a saved file")

assert wandb.login(verify=True)
config = {"lr": 0.1, "nested": {"a": [1, 2]}, "bound": math.inf}
run = wandb.init(
    project="runs", job_type="train", group="g", tags=["any/text"], notes="n", config=config
)
for step in range(5):
    run.log({"loss": math.nan if step == 2 else 1 / (step + 1)})
run.log({"table": wandb.Table(columns=["a"], data=[[1]])})
run.save(str(folder / "notes.txt"), base_path=str(folder))
made = wandb.Artifact("made", type="model")
with made.new_file("made.txt") as file:
    file.write("made")
made = run.log_artifact(made).wait()
assert made.history_step == 5, made.history_step
run.summary["best"] = math.inf
run.finish()

found = wandb.Api().run(f"runs/{run.id}")
assert found.state == "finished", found.state
assert found.config == config, found.config
assert (found.job_type, found.group, found.tags) == ("train", "g", ["any/text"])
assert found.user.username == "admin"
assert found.summary["best"] == math.inf, dict(found.summary)
names = [file.name for file in found.files()]
assert {"notes.txt", "wandb-metadata.json", "config.yaml"} <= set(names), names
assert any(name.startswith("media/table/") for name in names), names
assert found.file("./notes.txt").download(root=str(folder / "back")).read() == "a saved file"
assert found.metadata["python"], found.metadata
assert "made:v0" in [artifact.name for artifact in found.logged_artifacts()]

with wandb.init(project="runs", job_type="evaluate") as second:
    assert second.use_artifact("made:latest").version == "v0"
artifact = wandb.Api().artifact("runs/made:v0")
assert artifact.logged_by().id == run.id
assert [user.id for user in artifact.used_by()] == [second.id]
user = wandb.Api().run(f"runs/{second.id}")
user.wait_until_finished()
assert [used.name for used in user.used_artifacts()] == ["made:v0"]

resumed = wandb.init(project="runs", id=run.id, resume="must")
assert resumed.resumed
resumed.log({"loss": 0.1})
resumed.finish()
again = wandb.Api().run(f"runs/{run.id}")
assert (again.summary["loss"], again.summary["_step"]) == (0.1, 6), dict(again.summary)

failed = wandb.init(project="runs")
failed.finish(exit_code=3)
assert wandb.Api().run(f"runs/{failed.id}").state == "failed"
print(json.dumps({"ok": True}))

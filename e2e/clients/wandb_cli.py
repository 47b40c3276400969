"""What the command line does: sync a run from offline, put, list and get an artifact."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import wandb

folder = Path(tempfile.mkdtemp())
OFFLINE = """
import wandb
with wandb.init(project="cli", id="from-offline") as run:
    run.log({"a": 1})
    artifact = wandb.Artifact("offline", type="dataset")
    with artifact.new_file("x.txt") as file:
        file.write("from offline")
    run.log_artifact(artifact, aliases=["blue"])
"""


def run(command, **environment):
    done = subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def command(*arguments):
    return run([Path(sys.executable).with_name("wandb"), *arguments], WANDB_SILENT="false")


run([sys.executable, "-c", OFFLINE], WANDB_MODE="offline", WANDB_DIR=str(folder))
command("sync", *(folder / "wandb").glob("offline-run-*"))
synced = wandb.Api().run("cli/from-offline")
assert (synced.state, synced.summary["a"]) == ("finished", 1)
artifact = wandb.Api().artifact("cli/offline:blue")
entry = artifact.get_entry("x.txt").download(root=str(folder / "back"), skip_cache=True)
assert Path(entry).read_text() == "from offline"
assert artifact.logged_by().id == "from-offline"

(folder / "file.txt").write_text("by hand")
command("artifact", "put", "-n", "cli/by-hand", "-t", "dataset", "-a", "green", folder / "file.txt")
listed = command("artifact", "ls", "cli")
assert "by-hand:v0" in listed and "offline:v0" in listed, listed
command("artifact", "get", "cli/by-hand:green", "--root", folder / "got")
assert (folder / "got" / "file.txt").read_text() == "by hand"
assert [project.name for project in wandb.Api().projects()] == ["cli"]
print(json.dumps({"ok": True}))

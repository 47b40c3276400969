"""Logs a folder, pulls it from the server, and tells the MD5 of every file that came back."""

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import wandb

with wandb.init(project="folders") as run:
    artifact = wandb.Artifact("real-model", type="model")
    artifact.add_dir(sys.argv[1])
    run.log_artifact(artifact, aliases=["staging"]).wait()

found = wandb.Api().artifact("folders/real-model:staging")
folder = Path(found.download(root=tempfile.mkdtemp(), skip_cache=True))
found.verify(root=str(folder))
md5s = {
    str(path.relative_to(folder)): hashlib.md5(path.read_bytes()).hexdigest()
    for path in folder.rglob("*")
    if path.is_file()
}
print(json.dumps({"md5s": md5s}))

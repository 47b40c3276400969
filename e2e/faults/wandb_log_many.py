"""Logs, links and promotes while the server comes and goes, and tells what was acknowledged."""

import json
import os
import sys

import wandb

worker, count = sys.argv[1], int(sys.argv[2])
settings = wandb.Settings(init_timeout=300)
acknowledged = {}
with wandb.init(project="kills", settings=settings) as run:
    for number in range(count):
        artifact = wandb.Artifact("shared", type="model", metadata={"by": f"{worker}/{number}"})
        for part in range(3):
            with artifact.new_file(f"{part}.bin", mode="wb") as file:
                file.write(os.urandom(300_000))
        run.log({"number": number})
        logged = run.log_artifact(artifact, aliases=[f"worker-{worker}"])
        logged.wait(timeout=300)
        linked = run.link_artifact(logged, "wandb-registry-model/shared", aliases=["linked"])
        logged.aliases.append("production")
        logged.save()
        acknowledged[logged.version] = {"by": f"{worker}/{number}", "link": linked.version}
print(json.dumps({"run": run.id, "acknowledged": acknowledged}))

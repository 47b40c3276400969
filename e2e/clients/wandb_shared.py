"""One run that several processes write together, as distributed training does: `mode="shared"`."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import wandb

WORKERS = (1, 2)


def settings(rank):
    return wandb.Settings(
        mode="shared",
        x_label=f"rank_{rank}",
        x_primary=rank == 0,
        x_update_finish_state=rank == 0,
    )


def log_rows(run, rank):
    for step in range(5):
        run.log({f"gpu/{rank}": step, "common": 100 * rank + step})
    print(f"a line of rank {rank}")


def work(run_id, rank):
    with wandb.init(project="shared", id=run_id, settings=settings(rank)) as run:
        log_rows(run, rank)
        run.summary[f"best/{rank}"] = rank
        run.config.update({f"seed/{rank}": rank})
        artifact = wandb.Artifact(f"shard-{rank}", type="dataset")
        with artifact.new_file("shard.txt") as file:
            file.write(str(rank))
        run.log_artifact(artifact).wait()
        folder = Path(tempfile.mkdtemp())
        (folder / f"of-{rank}.txt").write_text(str(rank))
        run.save(str(folder / f"of-{rank}.txt"), base_path=str(folder))


def lead():
    run = wandb.init(project="shared", config={"base": 1}, settings=settings(0))
    log_rows(run, 0)
    # A worker is a program of its own, and not a part of ours.
    alone = {name: value for name, value in os.environ.items() if name != "WANDB_SERVICE"}
    workers = [
        subprocess.Popen([sys.executable, __file__, run.id, str(rank)], env=alone)
        for rank in WORKERS
    ]
    assert [worker.wait() for worker in workers] == [0, 0]
    assert wandb.Api().run(f"shared/{run.id}").state == "running", "a worker ends no run"
    run.finish()

    found = wandb.Api().run(f"shared/{run.id}")
    assert found.state == "finished"
    rows = list(found.scan_history())
    for rank in (0, *WORKERS):
        own = [row for row in rows if f"gpu/{rank}" in row]
        assert [row[f"gpu/{rank}"] for row in own] == [0, 1, 2, 3, 4], own
        assert [row["common"] for row in own] == [100 * rank + step for step in range(5)], own
        sampled = found.history(keys=[f"gpu/{rank}"], pandas=False)
        assert [row[f"gpu/{rank}"] for row in sampled] == [0, 1, 2, 3, 4], sampled
    assert len(rows) == 15, rows
    assert len(list(found.scan_history(keys=["common"], page_size=2))) == 15
    ends = {f"gpu/{rank}": 4 for rank in (0, *WORKERS)} | {"best/1": 1, "best/2": 2}
    assert {name: found.summary[name] for name in ends} == ends, dict(found.summary)
    assert found.config == {"base": 1, "seed/1": 1, "seed/2": 2}, found.config
    said = " ".join(line.content for line in found.console_logs())
    assert all(f"a line of rank {rank}" in said for rank in (0, *WORKERS)), said
    names = [file.name for file in found.files()]
    assert {"of-1.txt", "of-2.txt", "output_rank_0.log"} <= set(names), names
    shards = sorted(artifact.name for artifact in found.logged_artifacts())
    assert shards == ["shard-1:v0", "shard-2:v0"], shards
    print(json.dumps({"ok": True}))


if len(sys.argv) == 1:
    lead()
else:
    work(sys.argv[1], int(sys.argv[2]))

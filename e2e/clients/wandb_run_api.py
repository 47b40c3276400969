"""The public API of runs: lists, histories, console, files, changes, stop, rewind, delete."""

import json
import math
import sys
import tempfile
import time
from pathlib import Path

import wandb

folder = Path(tempfile.mkdtemp())
api = wandb.Api()
ids = []
for at in range(3):
    run = wandb.init(
        project="api",
        job_type="train" if at < 2 else "evaluate",
        group="g",
        tags=["a"] if at == 0 else ["b", "c"],
        name=f"run number {at}",
        config={"lr": 0.1 * (at + 1), "net": {"depth": at}},
    )
    ids.append(run.id)
    if at == 0:
        run.define_metric("val/*", step_metric="epoch")
        for step in range(1500):
            row = {"loss": 1 / (step + 1), "nested": {"a": step}}
            if step % 500 == 250:
                row |= {"val/acc": step / 1500, "epoch": step // 500}
            run.log(row)
        run.log({"loss": math.nan, "page": wandb.Html("<b>seen</b>")})
        run.log({"table": wandb.Table(columns=["x"], data=[[1], [2]])})
        run.alert("slow", "nothing moves", level=wandb.AlertLevel.WARN)
        print("a line of the console")
        print("and of its errors", file=sys.stderr)
    else:
        run.log({"loss": at})
    run.finish()

# Lists: filters, orders, pages.
def names(**asked):
    return [run.id for run in wandb.Api().runs("api", **asked)]


assert names() == ids, names()
assert names(order="-created_at", per_page=1) == ids[::-1]
assert names(filters={"state": "finished"}, per_page=2) == ids
assert names(filters={"config.lr": {"$gt": 0.15}}) == ids[1:]
assert names(filters={"config.net.depth": 2}) == ids[2:]
assert names(filters={"$or": [{"tags": "a"}, {"jobType": "evaluate"}]}) == [ids[0], ids[2]]
assert names(filters={"tags": {"$in": ["c"]}}) == ids[1:]
assert names(filters={"display_name": {"$regex": "^run.*1$"}}) == ids[1:2]
assert names(filters={"summary_metrics.loss": {"$gte": 2}}) == ids[2:]
assert names(order="-summary_metrics.loss", filters={"group": "g"})[0] == ids[2]
assert names(order="-config.lr.value", per_page=2) == ids[::-1]
assert names(order="+config.lr.value", filters={"config.lr.value": {"$lt": 0.25}}) == ids[:2]
assert names(filters={"username": "nobody"}) == []
assert names(filters={"host": api.run(f"api/{ids[0]}").metadata["host"]}) == ids
try:
    names(filters={"tags": ["b", "c"]})
except Exception as error:
    assert "$in (any of it) or $all (all of it)" in str(error), error
else:
    raise AssertionError("a list was compared by itself")
# Nothing is exported to Parquet, and that is said: an empty answer would be read as an empty run.
try:
    api.run(f"api/{ids[0]}").download_history_exports(str(folder / "exports"))
except Exception as error:
    assert type(error).__name__ == "IncompleteRunHistoryError", error
else:
    raise AssertionError("the exports of a history that has none")
assert len(wandb.Api().runs("api", filters={"jobType": "train"})) == 2

# Histories.
first = api.run(f"api/{ids[0]}")
assert first.lastHistoryStep == 1501, first.lastHistoryStep
sampled = first.history(samples=100, pandas=False)
assert 90 <= len(sampled) <= 100, len(sampled)
rare = first.history(keys=["val/acc"], pandas=False)
assert [row["_step"] for row in rare] == [250, 750, 1250], rare
both = first.history(keys=["loss", "nested.a"], samples=50, pandas=False)
assert 40 <= len(both) <= 100 and all({"loss", "nested.a"} <= set(row) for row in both)
steps = [row["_step"] for row in first.scan_history()]
assert steps == list(range(1502)), (len(steps), steps[:3], steps[-3:])
some = [row["loss"] for row in first.scan_history(keys=["loss"], min_step=10, max_step=20)]
assert some == [1 / (step + 1) for step in range(10, 20)], some
for low, high in [(0, 5), (1, 1500), (7, 8), (1490, 1499)]:
    pages = {"min_step": low, "max_step": high, "page_size": 333}
    some = [row["nested.a"] for row in first.scan_history(keys=["nested.a"], **pages)]
    assert some == list(range(low, high)), (low, high, len(some))
assert math.isnan(list(first.scan_history(min_step=1500))[0]["loss"])
assert first.summary["val/acc"] == 1250 / 1500
assert first.summary["page"]["_type"] == "html-file"
assert isinstance(first.system_metrics, dict)
stream = first.history(stream="system", pandas=False)
assert isinstance(stream, list)

# Console and files.
text = [line.content for line in first.console_logs()]
assert "a line of the console" in text and "and of its errors" in text, text
assert len(list(first.console_logs(last=1))) == 1
media = [file.name for file in first.files(pattern="media/%")]
assert len(media) == 2 and all(name.startswith("media/") for name in media), media
(folder / "late.txt").write_text("late")
first.upload_file(str(folder / "late.txt"), root=str(folder))
late = first.file("late.txt")
assert late.size == 4 and late.download(root=str(folder / "back")).read() == "late"
late.delete()
assert "late.txt" not in [file.name for file in first.files()]

# Changes.
first.tags = [*first.tags, "changed"]
first.notes = "new notes"
first.name = "another name"
first.group = "other"
first.config["lr"] = 7
first.summary["best"] = 1
first.update()
first.summary.update({"more": {"deep": 2}})
again = wandb.Api().run(f"api/{ids[0]}")
assert (again.tags, again.notes, again.name, again.group) == (
    ["a", "changed"],
    "new notes",
    "another name",
    "other",
), (again.tags, again.notes, again.name, again.group)
assert again.config["lr"] == 7 and again.summary["best"] == 1
assert again.summary["more"]["deep"] == 2, dict(again.summary)
assert again.update_state("failed") is True
assert wandb.Api().run(f"api/{ids[0]}").state == "failed"

# Resume: must, allow, never.
resumed = wandb.init(project="api", id=ids[1], resume="allow")
assert resumed.resumed
resumed.log({"loss": 0.5})
resumed.finish()
for wanted, id in (("must", "no-such-run"), ("never", ids[1])):
    try:
        wandb.init(project="api", id=id, resume=wanted)
    except wandb.errors.UsageError:
        pass
    else:
        raise AssertionError(f"resume={wanted} was let through")

# Rewind: what came after is gone, and logging goes on from there.
rewound = wandb.init(project="api", resume_from=f"{ids[0]}?_step=99")
rewound.log({"loss": 5})
rewound.finish()
kept = wandb.Api().run(f"api/{ids[0]}")
assert kept.lastHistoryStep == 100, kept.lastHistoryStep
assert [row["_step"] for row in kept.scan_history()] == list(range(101))

# Fork: another run begins with the same history.
forked = wandb.init(project="api", fork_from=f"{ids[0]}?_step=9", job_type="fork")
forked.log({"loss": 6})
forked.finish()
rows = list(wandb.Api().run(f"api/{forked.id}").scan_history())
assert [row["_step"] for row in rows] == list(range(11)), rows
assert [row["loss"] for row in rows[-2:]] == [1 / 10, 6]
assert wandb.Api().run(f"api/{ids[0]}").lastHistoryStep == 100
wandb.Api().run(f"api/{forked.id}").delete()

# Stop: the program hears of it with its next sign of life.
running = wandb.init(project="api", job_type="long")
running.log({"loss": 1})
watched = wandb.Api().run(f"api/{running.id}")
assert watched.state == "running"
watched.stop()
try:
    for _ in range(600):
        running.log({"loss": 1})
        time.sleep(0.1)
    raise AssertionError("nobody stopped it")
except KeyboardInterrupt:
    pass
running.finish(exit_code=1)
watched = wandb.Api().run(f"api/{running.id}")
watched.wait_until_finished() if watched.state != "killed" else None
assert wandb.Api().run(f"api/{running.id}").state == "killed"

# Projects, and the end.
assert "api" in [project.name for project in wandb.Api().projects()]
assert wandb.Api().project("api").name == "api"
assert wandb.Api().project("api").created_at
made = wandb.Api().create_run(project="api", run_id="by-hand")
assert made.state in ("pending", "running"), made.state
made.delete()
made.delete()
assert "by-hand" not in names()
print(json.dumps({"ids": ids, "stopped": running.id}))

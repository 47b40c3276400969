"""Fills MLflow's own SQLite store through its own table classes, as large-registry.ts fills ours.

    mlflow_fill.py URI MODELS VERSIONS TAGS
"""

import sys

from mlflow.store.model_registry.dbmodels.models import (
    SqlModelVersion,
    SqlModelVersionTag,
    SqlRegisteredModel,
    SqlRegisteredModelAlias,
)
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore as TrackingStore

TREES = (
    "alder ash aspen beech birch cedar elm fir hazel larch linden maple oak pine rowan willow"
).split()
CROWDED = "crowded"

uri, models, versions, tags = sys.argv[1], *map(int, sys.argv[2:])
# The tracking store makes the tables that both share, and the default experiment.
TrackingStore(uri, uri + ".artifacts")
store = SqlAlchemyStore(uri)
names = [f"model-{at:07d}-{TREES[at % len(TREES)]}" for at in range(models)] + [CROWDED]
with store.ManagedSessionMaker() as session:
    session.bulk_insert_mappings(
        SqlRegisteredModel, [{"name": name, "last_updated_time": 0} for name in names]
    )
    session.bulk_insert_mappings(
        SqlModelVersion,
        [
            {"name": CROWDED, "version": at + 1, "last_updated_time": at * 7919 % 10007}
            for at in range(versions)
        ],
    )
    session.bulk_insert_mappings(
        SqlRegisteredModelAlias, [{"name": CROWDED, "alias": "production", "version": versions}]
    )
    for at in range(versions):
        session.bulk_insert_mappings(
            SqlModelVersionTag,
            [
                {"name": CROWDED, "version": at + 1, "key": f"tag-{key}", "value": "yes"}
                for key in {(at + each * 7) % 40 for each in range(tags)}
            ],
        )

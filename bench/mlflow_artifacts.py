"""Seconds that MLflow's client takes to log a folder through the artifact proxy of its server.

    mlflow_artifacts.py URL FOLDER
"""

import sys
import time

from mlflow import MlflowClient

url, folder = sys.argv[1:]
client = MlflowClient(url)
run = client.create_run("0").info.run_id
begun = time.perf_counter()
client.log_artifacts(run, folder, "files")
print(time.perf_counter() - begun)

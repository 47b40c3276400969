"""Prints every GraphQL document that the installed client holds, as a JSON list of texts."""

import importlib
import json
import re
from pathlib import Path

import wandb

GENERATED = ["wandb.sdk.artifacts", "wandb.apis", "wandb.automations"]
OPERATION = re.compile(r"\b(?:query|mutation)\s+\w+")
BEGIN = re.compile(rb"\n(?:query|mutation) \w+ ?[({]")
FRAGMENT = re.compile(rb"\s*fragment ")


def of_python():
    for package in GENERATED:
        module = importlib.import_module(f"{package}._generated.operations")
        for value in vars(module).values():
            if isinstance(value, str) and OPERATION.search(value):
                yield value


def of_binary(code):
    """Those of wandb-core lie in its data as text: an operation, then its fragments."""
    for found in BEGIN.finditer(code):
        depth, at = 0, found.start() + 1
        while at < found.start() + 20_000:
            depth += {b"{": 1, b"}": -1}.get(code[at : at + 1], 0)
            at += 1
            closed = depth == 0 and code[at - 1 : at] == b"}"
            if closed and not FRAGMENT.match(code, at):
                yield code[found.start() + 1 : at].decode()
                break


binary = Path(wandb.__file__).parent / "bin" / "wandb-core"
print(json.dumps([*of_python(), *of_binary(binary.read_bytes())]))

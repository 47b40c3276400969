"""Prints every GraphQL document that the installed client holds, as a JSON list of texts."""

import ast
import importlib
import json
import re
from pathlib import Path

import wandb

GENERATED = ["wandb.sdk.artifacts", "wandb.apis", "wandb.automations"]
# Modules that write documents by hand. Those of sweeps, run queues and reports are left out.
WRITTEN = [
    "wandb.apis.public.api",
    "wandb.apis.public.files",
    "wandb.apis.public.runs",
    "wandb.apis.public.summary",
    "wandb.sdk.artifacts._gqlutils",
    "wandb.sdk.verify.verify",
]
OPERATION = re.compile(r"\b(?:query|mutation)\s+[A-Z]\w+\s*[({]")
# What the client fills into the documents that it writes as patterns.
FILLINGS = {
    "DeleteRun": ("$deleteArtifacts: Boolean", "deleteArtifacts: $deleteArtifacts"),
    "RunFullHistory": ("history",),
}
BEGIN = re.compile(rb"\n(?:query|mutation) \w+ ?[({]")
FRAGMENT = re.compile(rb"\s*fragment ")


def of_python():
    for package in GENERATED:
        module = importlib.import_module(f"{package}._generated.operations")
        for value in vars(module).values():
            if isinstance(value, str) and OPERATION.search(value):
                yield value


def of_code(name):
    """Texts in a module's code, those with a fragment once for each that the module has."""
    module = importlib.import_module(name)
    known = vars(module)
    fragments = [{}] + [
        {"fragment": known[constant], "fragment_name": known[f"{constant}_NAME"]}
        for constant in known
        if f"{constant}_NAME" in known
    ]
    tree = ast.parse(Path(module.__file__).read_text())
    texts = [node for node in ast.walk(tree) if isinstance(node, (ast.JoinedStr, ast.Constant))]
    parts = {id(part) for text in texts for part in getattr(text, "values", [])}
    for node in texts:
        if id(node) in parts:
            continue
        code = compile(ast.Expression(node), name, "eval")
        for fragment in fragments:
            try:
                value = eval(code, known, fragment)
            except NameError:
                continue  # Put together from what a call was given.
            found = isinstance(value, str) and OPERATION.search(value)
            if found and "{{" not in value:
                yield value
            elif found and (filling := FILLINGS.get(found.group().split()[1].strip("( {"))):
                yield value.format(*filling)


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
written = [text for name in WRITTEN for text in of_code(name)]
print(json.dumps([*of_python(), *written, *of_binary(binary.read_bytes())]))

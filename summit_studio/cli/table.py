"""The commands of `summit`, by name; their modules are imported when they are called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One command; its module is `summit_studio.cli.commands.MODULE`."""

    name: str
    help: str
    module: str


COMMANDS = (
    Command("run", "Run a pipeline.", "run"),
    Command("validate", "Say what is wrong with a pipeline, without running it.", "validate"),
    Command("preview", "Show the first rows of a node's port.", "preview"),
    Command("nodes", "List the node types.", "nodes"),
    Command("describe", "Explain a node type: params, ports, examples.", "describe"),
    Command("export", "Write a folder that runs a pipeline on its own.", "export"),
    Command("runs", "List past runs, or show one.", "runs"),
    Command("connections", "List the connections of a workspace, or test one.", "connections"),
    Command("secrets", "Keep passwords in the system's secret store.", "secrets"),
    Command("diff", "Say what changed between two pipelines.", "diff"),
    Command("trust", "Trust a folder to run code and write outside itself.", "trust"),
)

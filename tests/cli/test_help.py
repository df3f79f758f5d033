import os
import re
import subprocess
import sys

import click
import pytest

from scripts.generate_cli_reference import PAGE, reference
from tests.cli.running import COMMAND, ENVIRONMENT, ROOT, cli
from wirescope.cli import root
from wirescope.cli.commands import COMMANDS
from wirescope.cli.exit_codes import ExitCode, of_failure

HEAVY = ("asyncio", "sqlite3", "prompt_toolkit", "msgspec", "uvloop", "ssl")


@pytest.mark.slow
def test_help_loads_nothing_heavy():
    script = (
        "import sys\n"
        "from wirescope.cli import run_command\n"
        "assert run_command(['--help']) == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=ENVIRONMENT, check=True
    )
    assert result.stderr.strip() == "[]"


@pytest.mark.slow
def test_commands_follow_each_other_in_one_process():
    script = (
        "import wirescope.cli\n"
        "wirescope.cli.run_command(['connect', 'ws://127.0.0.1:1/'])\n"
        "assert wirescope.cli.run_command(['--version']) == 0\n"
    )
    subprocess.run([sys.executable, "-c", script], capture_output=True, env=ENVIRONMENT, check=True)


@pytest.mark.slow
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_teaches_by_example(name):
    result = cli(name, "--help")
    assert result.returncode == 0
    assert b"Usage: wirescope " + name.encode() in result.stdout
    assert b"Examples:" in result.stdout
    for _, line in root.get_command(None, name).examples:
        assert line.encode() in result.stdout


@pytest.mark.slow
def test_without_a_command_the_help_is_shown():
    assert b"Commands:" in cli().stdout
    assert b"connect" in cli("-h").stdout


@pytest.mark.slow
def test_the_version_is_told():
    assert cli("--version").stdout.startswith(b"wirescope ")


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_printed(shell):
    result = cli("completion", shell)
    assert result.returncode == 0
    assert b"_WIRESCOPE_COMPLETE" in result.stdout


@pytest.mark.slow
def test_completion_knows_commands_and_options():
    def completed(*words):
        line = {"COMP_WORDS": " ".join(words), "COMP_CWORD": str(len(words) - 1)}
        environment = {**ENVIRONMENT, **line, "_WIRESCOPE_COMPLETE": "bash_complete"}
        script = "from wirescope.cli import main; import sys; sys.argv[0] = 'wirescope'; main()"
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, env=environment
        )
        return done.stdout

    assert "plain,connect" in completed("wirescope", "co")
    assert "plain,--subprotocol" in completed("wirescope", "connect", "--sub")


@pytest.mark.slow
def test_the_package_runs_as_a_module():
    assert COMMAND[1:] == ["-m", "wirescope"]
    result = subprocess.run(
        [sys.executable, "-m", "wirescope.cli", "--version"], capture_output=True, env=ENVIRONMENT
    )
    assert result.returncode == 0


@pytest.mark.slow
def test_a_closed_pipe_is_no_error():
    reader, writer = os.pipe()
    os.close(reader)
    result = subprocess.run(
        [*COMMAND, "connect", "--help"], stdout=writer, stderr=subprocess.PIPE, env=ENVIRONMENT
    )
    os.close(writer)
    assert (result.returncode, result.stderr) == (0, b"")


def test_the_reference_of_commands_is_current():
    assert PAGE.read_text(encoding="utf-8") == reference(), "run scripts/generate_cli_reference.py"


def test_the_reference_of_exit_codes_has_all_of_them():
    text = (ROOT / "docs/reference/exit-codes.md").read_text(encoding="utf-8")
    listed = {
        int(line.split("|")[1]) for line in text.splitlines() if line[:3].strip("| ").isdigit()
    }
    assert listed == {int(code) for code in ExitCode}


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("timeout", "nothing that was still to be sent went out for five seconds"),
        ("reset", "closed a channel before all was sent"),
        ("aborted", "before all was sent"),
    ],
)
def test_the_reference_of_exit_codes_says_what_it_means_that_not_all_was_sent(kind, says):
    text = (ROOT / "docs/reference/exit-codes.md").read_text(encoding="utf-8")
    (row,) = re.findall(rf"^\| {of_failure(kind, 'sctp')} \|.*", text, re.MULTILINE)
    assert says in row


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_the_help_fits_80_columns(name):
    context = click.Context(root, info_name="wirescope", terminal_width=80)
    command = root
    if name:
        command = root.get_command(context, name)
        context = click.Context(command, info_name=name, parent=context, terminal_width=80)
    assert max(map(len, command.get_help(context).splitlines())) <= 80

"""The units of docs/planification.md: valid, the same in the guide and in the files, and all with one command line."""

import json
import os
import re
import shlex
import shutil
import socketserver
import stat
import subprocess
import sys
import threading
import xml.etree.ElementTree as ET
from email import message_from_bytes, policy

import pytest

from tests.acceptance.test_scheduled_runs import shortened

TASK = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
SERVICE, TIMER, CRONTAB, WINDOWS = "pvd-rapports.service", "pvd-rapports.timer", "crontab", "pvd-rapports.xml"
WATCH, WINDOWS_WATCH = "pvd-surveiller.service", "pvd-surveiller.xml"


@pytest.fixture(scope="module")
def units(root):
    folder = root / "docs" / "planification"
    return {
        name: (folder / name).read_text(encoding="utf-8")
        for name in (SERVICE, TIMER, CRONTAB, WINDOWS, WATCH, WINDOWS_WATCH)
    }


@pytest.fixture
def home(project, tmp_path_factory, root):
    """A home folder with the project in it, as the guide says, with short reports."""
    folder = tmp_path_factory.mktemp("home")
    at_home = shutil.copytree(shortened(project), folder / "pvd_analysis")
    shutil.copytree(root / "docs", at_home / "docs")
    programs = at_home / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, command in (("pvd", "-m pvd_analysis"), ("python", "")):
        script = programs / name
        script.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {command} "$@"\n', encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return folder


@pytest.fixture
def mailbox():
    """A mail server on the loopback, which keeps the mails that it receives."""
    received = []

    class Session(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 essai\r\n")
            while line := self.rfile.readline():
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go\r\n")
                    lines = iter(self.rfile.readline, b".\r\n")
                    received.append(message_from_bytes(b"".join(lines), policy=policy.default))
                self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}", received
        server.shutdown()


def crontab_line(text):
    """Return the five fields of time and the command of the one task of a crontab."""
    (line,) = [line for line in text.splitlines() if not re.match(r"#|\s*$|[A-Z]+=", line)]
    *when, command = line.split(maxsplit=5)
    return when, command


def test_the_guide_shows_the_files_as_they_are(root, units):
    guide = (root / "docs" / "planification.md").read_text(encoding="utf-8")
    shown = re.findall(r"```\w+\n(.*?)```", guide, flags=re.DOTALL)
    assert [name for name, text in units.items() if text not in shown] == []


def test_the_three_schedulers_run_the_same_command_at_the_same_time(units):
    service = re.search(r"^ExecStart=\S*/pvd (.*)$", units[SERVICE], flags=re.MULTILINE)[1]
    when, command = crontab_line(units[CRONTAB])
    cron = re.search(r"\.venv/bin/pvd (.*) >/dev/null$", command)[1]
    task = ET.fromstring(units[WINDOWS])
    windows = task.findtext(f".//{TASK}Arguments").replace("\\", "/").replace("Scripts/python.exe", "bin/python")
    assert shlex.split(service) == shlex.split(cron) == shlex.split(windows)
    assert "OnCalendar=Mon *-*-* 06:30\n" in units[TIMER]
    assert when == ["30", "6", "*", "*", "1"]
    assert task.findtext(f".//{TASK}StartBoundary").endswith("T06:30:00")
    assert [day.tag for day in task.find(f".//{TASK}DaysOfWeek")] == [f"{TASK}Monday"]


def test_both_watches_run_the_same_command_as_long_as_the_session(units):
    service = re.search(r"^ExecStart=\S*/pvd (.*)$", units[WATCH], flags=re.MULTILINE)[1]
    task = ET.fromstring(units[WINDOWS_WATCH])
    windows = task.findtext(f".//{TASK}Arguments").replace("\\", "/").replace("Scripts/python.exe", "bin/python")
    assert shlex.split(service) == shlex.split(windows)
    assert task.find(f".//{TASK}LogonTrigger") is not None
    assert task.findtext(f".//{TASK}ExecutionTimeLimit") == "PT0S"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
def test_systemd_finds_nothing_to_say_about_the_units(units, home):
    for name in (SERVICE, TIMER, WATCH):
        (home / name).write_text(units[name], encoding="utf-8")
    where = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
    command = ["systemd-analyze", "--user", "verify", f"./{SERVICE}", f"./{TIMER}", f"./{WATCH}"]
    done = subprocess.run(command, cwd=home, env=where, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(os.name == "nt", reason="cron is of POSIX systems")
def test_the_line_of_cron_makes_the_reports_and_sends_the_mail(units, home, mailbox):
    server, received = mailbox
    _, command = crontab_line(units[CRONTAB])
    # cron itself gives a command little more than HOME, and reads % as the end of the line.
    assert "%" not in command
    where = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ} | {"HOME": str(home)}
    line = command.replace("smtp.prefecture.example:25", server)
    done = subprocess.run(["/bin/sh", "-c", line], env=where, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (manifest,) = (home / "pvd_analysis" / "outputs").glob("*/40/manifeste.json")
    (mail,) = received
    assert mail["To"] == "suivi-pvd@prefecture.example"
    quarter = json.loads(manifest.read_text(encoding="utf-8"))["parametres"]["trimestre"]
    assert mail["Subject"] == f"PVD : pvd rapports {quarter} – fait"
    assert mail.get_content().startswith("40 : fait. Constats : ")


def test_the_task_of_windows_holds_to_its_schema(units):
    """As [MS-TSCH] 2.5 has it: what schtasks reads, each part at most once, and no letter that an encoding may spoil."""
    assert units[WINDOWS].isascii()
    task = ET.fromstring(units[WINDOWS])
    assert (task.tag, task.get("version")) == (f"{TASK}Task", "1.2")

    def children(path):
        return [
            child.tag.removeprefix(TASK) for child in task.find("/".join(f"{TASK}{part}" for part in path.split("/")))
        ]

    parts = [child.tag.removeprefix(TASK) for child in task]
    assert parts == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]
    # the one sequence of the schema: elsewhere, the order is free
    assert children("Triggers/CalendarTrigger") == ["StartBoundary", "ScheduleByWeek"]
    assert sorted(children("Triggers/CalendarTrigger/ScheduleByWeek")) == ["DaysOfWeek", "WeeksInterval"]
    assert set(children("Settings")) <= {
        *("AllowStartOnDemand", "RestartOnFailure", "MultipleInstancesPolicy", "DisallowStartIfOnBatteries"),
        *("StopIfGoingOnBatteries", "AllowHardTerminate", "StartWhenAvailable", "NetworkProfileName"),
        *("RunOnlyIfNetworkAvailable", "WakeToRun", "Enabled", "Hidden", "DeleteExpiredTaskAfter", "IdleSettings"),
        *("NetworkSettings", "RunOnlyIfIdle", "ExecutionTimeLimit", "Priority"),
    }
    assert len(set(children("Settings"))) == len(children("Settings"))
    assert sorted(children("Actions/Exec")) == ["Arguments", "Command", "WorkingDirectory"]
    principal = task.find(f"{TASK}Principals/{TASK}Principal")
    assert task.find(f"{TASK}Actions").get("Context") == principal.get("id")
    assert principal.findtext(f"{TASK}LogonType") == "InteractiveToken"

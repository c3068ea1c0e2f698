"""What a host gets of us: the unit and what systemd is told, manual pages, completion, the package, dashboards."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from contextlib import closing

import pytest
import yaml

from command import OK, sccpgw
from gateway import ROOT, Gateway, build_folder

HOST = ROOT / "config/host"
MANUALS = ["sccpgw.1", "sccpgw.yaml.5"]


def ran(*command, **keywords):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **keywords)


def needs(program):
    if not shutil.which(program):
        pytest.skip(f"no {program} on this machine")


def usage():
    """The lines of --help that are usage of a command, without the program's name."""
    return re.findall(r"^  sccpgw ((?!COMMAND|--)\S.*?)(?:  .*)?$", sccpgw("--help").stdout, re.M)


# systemd

def test_the_sandbox_of_the_unit_scores_well():
    needs("systemd-analyze")
    told = ran("systemd-analyze", "security", "--offline=true", HOST / "sccpgw.service")
    assert told.returncode == 0, told.stderr
    assert float(re.search(r"Overall exposure level for sccpgw.service: ([\d.]+)", told.stdout)[1]) <= 2.0


class Notified(Gateway):
    """Beside the socket of a systemd that waits 0.6 seconds for a sign of life."""

    def prepare(self):
        super().prepare()
        self.ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ear.bind(f"\0sccpgw-{self.address}")
        self.ear.settimeout(10)
        self.env |= {"NOTIFY_SOCKET": f"@sccpgw-{self.address}", "WATCHDOG_USEC": "600000"}

    def hears(self):
        return self.ear.recv(4096).decode()


def test_systemd_hears_that_it_is_ready_lives_reloads_and_stops(started, net):
    gw = started(Notified, "gateway", net.host(), {"phones": {}})
    with closing(gw.ear):
        assert gw.hears() == "READY=1"
        assert [gw.hears(), gw.hears()] == ["WATCHDOG=1"] * 2
        os.kill(gw.pid, signal.SIGHUP)
        heard = [gw.hears()]
        while heard[-1] != "READY=1":
            heard.append(gw.hears())
        assert re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", [word for word in heard if word != "WATCHDOG=1"][0])
        gw.stop()
        rest = []
        while not rest or rest[-1] != "STOPPING=1":
            rest.append(gw.hears())
        assert set(rest[:-1]) <= {"WATCHDOG=1"}


def test_a_supervisor_that_is_not_there_is_one_warning(started, net, monkeypatch):
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/there-is-no/such-socket")
    gw = started(Gateway, "gateway", net.host(), {"phones": {}})
    assert gw.log().count("cannot speak to /run/there-is-no/such-socket") == 1


# manual pages and completion

@pytest.mark.parametrize("page", MANUALS)
def test_a_manual_page_is_sound(page):
    needs("man")
    told = ran("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", ROOT / "docs" / page,
               env={**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"})
    assert (told.returncode, told.stderr) == (0, "")


def test_the_manual_page_has_every_command_and_option():
    text = re.sub(r"\\f[BRIP]|\\&", "", (ROOT / "docs/sccpgw.1").read_text()).replace("\\-", "-")
    for line in usage():
        words = re.match(r"[a-z]+( [a-z]+)?", line)[0]
        assert re.search(rf"^\.[BT]\w* {words}\b", text, re.M), words
        for option in re.findall(r"--[a-z]+", sccpgw(*words.split(), "--help").stdout):
            assert option in text, option


def completed(*words):
    """What Tab offers behind these words."""
    script = (f'source "{HOST}/completion"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sccpgw; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    told = ran("bash", "-c", script, "bash", build_folder() / "gateway/sccpgw", *words)
    assert told.stderr == ""
    return told.stdout.split()


def test_completion_knows_every_command_and_the_running_phones(gateway):
    commands = [line.split() for line in usage()]
    assert set(completed("")) == {words[0] for words in commands}
    for group in ("show", "ctl"):
        assert set(completed(group, "")) == {words[1] for words in commands if words[0] == group}
    assert completed("show", "pho") == ["phones", "phone"]
    assert "--json" in completed("show", "phones", "--")
    assert completed("che") == ["check"]


# the package

@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """Made of the release build, as tests/run leaves it."""
    recipe = ROOT / "build/CPackConfig.cmake"
    if not recipe.exists():
        pytest.skip("no release build in build/")
    folder = tmp_path_factory.mktemp("package")
    made = ran("cpack", "--config", recipe, "-B", folder)
    assert made.returncode == 0, made.stdout + made.stderr
    return next(folder.glob("*.deb"))


def test_the_package_has_what_a_host_needs(package):
    files = re.findall(r"\.(/\S*[^/\s])(?: -> .*)?$", ran("dpkg-deb", "-c", package).stdout, re.M)
    for name in ("bin/sccpgw", "lib/systemd/system/sccpgw.service", "share/man/man1/sccpgw.1.gz",
                 "share/man/man5/sccpgw.yaml.5.gz", "share/bash-completion/completions/sccpgw"):
        assert f"/usr/{name}" in files
    assert "/etc/sccpgw/sccpgw.yaml" in files
    about = ran("dpkg-deb", "-f", package, "Depends").stdout
    assert "libsofia-sip-ua0" in about and "libssl3" in about


def test_lintian_finds_no_error_in_the_package(package):
    needs("lintian")
    told = ran("lintian", "--fail-on", "error", package)
    assert told.returncode == 0, told.stdout + told.stderr


# examples

def metrics():
    return set(re.findall(r"^\| `(sccpgw_\w+)`", (ROOT / "docs/metrics.md").read_text(), re.M))


@pytest.mark.parametrize("file", ["alerts.yaml", "grafana.json"])
def test_dashboards_and_alerts_ask_for_metrics_there_are(file):
    text = (HOST / file).read_text()
    asked = {re.sub(r"_(bucket|sum|count)$", "", name) for name in re.findall(r"\bsccpgw_\w+", text)}
    assert asked and asked <= metrics()
    (json.loads if file.endswith("json") else yaml.safe_load)(text)


@pytest.mark.parametrize("file", ["config/container.yaml", "config/host/sccpgw.yaml", "config/minimal.yaml",
                                  "config/quickstart.yaml"])
def test_an_example_has_no_mistake(file):
    done = sccpgw("check", "-c", str(ROOT / file))
    assert done.returncode == OK, done.stdout + done.stderr


def test_yamllint_has_nothing_against_the_examples():
    needs("yamllint")
    files = [path for folder in ("config", "docker") for path in sorted((ROOT / folder).rglob("*.yaml"))]
    assert len(files) > 5
    rules = "{extends: default, rules: {line-length: {max: 120}, document-start: disable, braces: disable, " \
            "comments: {min-spaces-from-content: 1}, truthy: disable}}"
    told = ran("yamllint", "--strict", "-d", rules, *files)
    assert told.returncode == 0, told.stdout


def test_promtool_has_nothing_against_the_alerts_and_the_metrics(gateway):
    needs("promtool")
    told = ran("promtool", "check", "rules", HOST / "alerts.yaml")
    assert told.returncode == 0, told.stdout + told.stderr
    gw = gateway(["1001"])
    page = ran("curl", "-s", f"http://{gw.address}:8080/metrics").stdout
    told = ran("promtool", "check", "metrics", input=page)
    assert (told.returncode, told.stdout + told.stderr) == (0, "")

"""Every sub-command that only reads configuration, through the real binary: exit status, and what is said where."""

import json
import os
import re
import tempfile
from pathlib import Path

import jsonschema
import pytest
import yaml

from command import BAD_CONFIG, BAD_USAGE, FAILED, OK, sccpgw
from gateway import ROOT
from peers.certificates import Identity

COMMANDS = {"run": "[-c FILE]", "check": "[-c FILE] [--json]", "schema": "", "defaults": "",
            "show config": "[-c FILE] [--json]", "show status": "[-c FILE] [--watch] [--json]",
            "show phones": "[-c FILE] [--watch] [--json]", "show phone": "NAME [-c FILE] [--watch] [--json]",
            "ctl trace": "NAME [-c FILE]", "ctl forward": "NAME LINE all|busy|no_answer NUMBER|off [-c FILE]",
            "ctl dnd": "NAME reject|silent|off [-c FILE]", "ctl message": "NAME TEXT [-c FILE]",
            "ctl drain": "[off] [-c FILE]", "health": "[-c FILE] [--ready]",
            "decode": "[FILE] [--json] [-v]"}
PHONES = 'phones: {SEP001122334455: {lines: [{number: "1001", password: hush}]}}\n'
MINIMAL = f"version: 1\n{PHONES}"


@pytest.fixture
def written(folder):
    """written("sccpgw.yaml", text): its path as it is to be named, relative to the folder of the test."""
    def write(name, text):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return str(path)
    return write


# how commands are called

def test_help_lists_every_command():
    done = sccpgw("--help")
    assert (done.returncode, done.stderr) == (OK, "")
    for name, rest in COMMANDS.items():
        assert re.search(rf"^  sccpgw {re.escape(f'{name} {rest}'.strip())}(  +|\n +)\w", done.stdout, re.M), name
    assert done.stdout == sccpgw("-h").stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(name):
    done = sccpgw(*name.split(), "--help")
    assert (done.returncode, done.stderr) == (OK, "")
    assert done.stdout.splitlines()[0] == f"usage: sccpgw {name} {COMMANDS[name]}".strip()
    assert ("--config" in done.stdout) == ("-c FILE" in COMMANDS[name])
    assert ("--json" in done.stdout) == ("--json" in COMMANDS[name])
    assert done.stdout == sccpgw(*name.split(), "-h").stdout


@pytest.mark.parametrize("group", ["show", "ctl"])
def test_help_of_a_group_lists_its_words(group):
    done = sccpgw(group, "--help")
    assert (done.returncode, done.stderr) == (OK, "")
    for name, rest in COMMANDS.items():
        assert (f" sccpgw {name} {rest}\n" in done.stdout) == (name.split()[0] == group)


def test_the_version_is_one_line():
    done = sccpgw("--version")
    assert (done.returncode, done.stderr) == (OK, "")
    assert re.fullmatch(r"sccpgw \d+\.\d+\.\d+, libsrtp2 \d+\.\d+\.\d+ \(.+\)\n", done.stdout)


@pytest.mark.parametrize("words, said", [
    ([], "usage:"),
    (["chekc"], "there is no command 'chekc'; did you mean 'check'?"),
    (["frobnicate"], "there is no command 'frobnicate'\n"),
    (["--bogus"], "there is no command '--bogus'\n"),
    (["check", "--jsn"], "there is no option '--jsn'; did you mean '--json'?"),
    (["check", "--json=1"], "there is no option '--json=1'; did you mean '--json'?"),
    (["check", "--json", "-xq"], "there is no option '-x'\n"),
    (["check", "-c"], "a value is missing behind '-c'"),
    (["check", "--config"], "a value is missing behind '--config'"),
    (["check", "gw.yaml"], "this is one word too many: 'gw.yaml'; did you mean '-c gw.yaml'?"),
    (["schema", "now"], "this is one word too many: 'now'\n"),
    (["schema", "-c", "gw.yaml"], "there is no option '-c'\n"),
    (["run", "--json"], "there is no option '--json'\n"),
    (["show"], "a word is missing\n"),
    (["show", "conifg"], "there is no 'conifg'; did you mean 'config'?"),
    (["show", "-c", "config", "fones"], "there is no 'fones'; did you mean 'phones'?"),
    (["show", "xyzzy"], "there is no 'xyzzy'\n"),
    (["show", "config", "all"], "this is one word too many: 'all'"),
    (["show", "phone"], "a word is missing: 'NAME'"),
    (["show", "--json", "phone"], "a word is missing: 'NAME'"),
    (["show", "phone", "SEP1", "SEP2"], "this is one word too many: 'SEP2'"),
    (["show", "phones", "--wtach"], "there is no option '--wtach'; did you mean '--watch'?"),
    (["show", "config", "--watch"], "there is no option '--watch'\n"),
    (["ctl", "trace"], "a word is missing: 'NAME'"),
    (["ctl", "message", "SEP1"], "a word is missing: 'NAME TEXT'"),
    (["ctl", "message", "SEP1", "Fire", "drill"], "this is one word too many: 'drill'"),
    (["ctl", "drain", "on"], "only 'off' may follow, not 'on'"),
    (["ctl", "drain", "--socket"], "a value is missing behind '--socket'"),
    (["health", "--json"], "there is no option '--json'\n"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_bad_usage_is_explained(words, said):
    done = sccpgw(*words)
    assert (done.returncode, done.stdout) == (BAD_USAGE, "")
    assert said in done.stderr
    assert "--help" in done.stderr


@pytest.mark.parametrize("name", ["schema", "defaults", "--version", "--help"])
def test_a_result_that_cannot_be_written_is_a_failure(name):
    with open("/dev/full", "w") as full:
        done = sccpgw(name, stdout=full)
    assert done.returncode == FAILED
    assert "could not be written: No space left on device" in done.stderr


def test_a_closed_standard_output_is_a_failure():
    assert sccpgw("schema", stdout=None, preexec_fn=lambda: os.close(1)).returncode == FAILED


# check: § stands before each mistake, and beside the line what is said of it, in order

MISTAKES = [
    ("version: 1",),
    ("§nod: {name: gw}", "error: unknown option 'nod'; did you mean 'node'?"),
    ("node:",),
    ("  address: §300.1.2.3", "error: address must be an IP address, such as 192.0.2.10 or 2001:db8::10"),
    ("sccp:",),
    ('  listen: [§"0.0.0.0:99999"]',
     "error: listen must be an IP address and port, such as 0.0.0.0:2000 or [::]:2000"),
    ("  keepalive: §30", "error: keepalive must be a duration with its unit, such as 500ms, 30s or 5m"),
    ("  §keepalife: 30s", "error: unknown option 'keepalife'; did you mean 'keepalive'?"),
    ("  unknown_phones: §rejct", "error: unknown_phones must be reject or auto; did you mean 'reject'?"),
    ("pbx:",),
    ('  address: §"sip:"', "error: address must have a host, or host:port, behind sip:"),
    ("  transport: §sctp", "error: transport must be udp or tcp; did you mean 'tcp'?"),
    ("  expires: §5s", "error: expires must be from 30s to 86400s"),
    ("media:",),
    ("  ports: §20000-10000", "error: ports begins behind its end"),
    ("  codecs: [g722, §opus]", "error: codecs must be of pcmu, pcma, g722, g729"),
    ("calls:",),
    ('  dialplan: [{match: "9§.!x"}]', "error: match can have . at its end only, at character 2"),
    ("  busy_trigger: §9", "error: busy_trigger (9) must not be above max_per_line (4)"),
    ("lines:",),
    ("  §§a: {name: Nobody}", "error: number is missing", "warning: line 'a' is on no phone"),
    ('  b: {number: "1001", pbx: §other}', "error: pbx names no PBX of this file"),
    ("phones:",),
    ("  §SEP00112233445:", "warning: SEP is usually followed by 12 hexadecimal digits"),
    ("    lines: [b]",),
    ("  SEP001122334455:",),
    ('    lines: [§c, {number: §"1001", password: !env §NO_SUCH}]',
     "error: no line 'c' under lines; did you mean 'a'?", "error: number 1001 is already that of line 'b'",
     "error: the environment variable NO_SUCH is not set"),
    ("log: {level: §loud}", "error: level must be error, warning, info or debug"),
]


def expected_problems():
    """(line, column, "severity: sentence") of every § in MISTAKES."""
    found = []
    for number, (marked, *sentences) in enumerate(MISTAKES, 1):
        columns, clean = [], 0
        for character in marked:
            if character == "§":
                columns.append(clean + 1)
            else:
                clean += 1
        assert len(columns) == len(sentences)
        found += [(number, column, sentence) for column, sentence in zip(columns, sentences)]
    return found


@pytest.fixture
def mistakes(written):
    return written("mistakes.yaml", "".join(f"{line[0].replace('§', '')}\n" for line in MISTAKES))


def test_every_mistake_is_shown_at_its_place(mistakes):
    done = sccpgw("check", "-c", mistakes)
    assert (done.returncode, done.stderr) == (BAD_CONFIG, "")
    *shown, last = done.stdout.splitlines()
    lines = Path(mistakes).read_text().splitlines()
    expected = expected_problems()
    assert len(expected) >= 20
    assert shown == [text for line, column, sentence in expected for text in (
        f"{mistakes}:{line}:{column}: {sentence}", f"    {lines[line - 1]}".replace("hush", "****"),
        f"    {' ' * (column - 1)}^")]
    errors = sum(sentence.startswith("error") for _, _, sentence in expected)
    assert last == f"{errors} errors, {len(expected) - errors} warnings"


def test_problems_as_json_are_the_same(mistakes):
    done = sccpgw("check", "--json", "-c", mistakes)
    assert (done.returncode, done.stderr) == (BAD_CONFIG, "")
    report = json.loads(done.stdout)
    expected = expected_problems()
    assert [(problem["line"], problem["column"], f"{problem['severity']}: {problem['sentence']}")
            for problem in report["problems"]] == expected
    assert {problem["file"] for problem in report["problems"]} == {mistakes}
    assert report["errors"] + report["warnings"] == len(expected)


def test_the_gateway_logs_the_same_problems_and_does_not_start(mistakes):
    done = sccpgw("run", "-c", mistakes)
    assert (done.returncode, done.stdout) == (BAD_CONFIG, "")
    *logged, last = [json.loads(line) for line in done.stderr.splitlines()]
    assert [(entry["level"], entry["message"]) for entry in logged] == [
        (sentence.partition(": ")[0], f"{mistakes}:{line}:{column}: {sentence.partition(': ')[2]}")
        for line, column, sentence in expected_problems()]
    assert f"sccpgw check -c {mistakes}" in last["message"]


def test_a_good_file_has_no_problems(written):
    done = sccpgw("check", "-c", written("gw.yaml", MINIMAL))
    assert (done.returncode, done.stdout, done.stderr) == (OK, "0 errors, 0 warnings\n", "")


def test_an_unknown_model_is_a_warning_at_its_place(written):
    path = written("gw.yaml", 'version: 1\nphones:\n  SEP001122334455: {model: 796O, lines: [{number: "1"}]}\n')
    done = sccpgw("check", "-c", path)
    assert done.returncode == OK
    first, source, caret, last = done.stdout.splitlines()
    assert first.startswith(f"{path}:3:28: warning: 796O is no model this gateway knows")
    assert "did you mean '7960'?" in first
    assert source.index("796O") == caret.index("^")
    assert last == "0 errors, 1 warning"


# where the configuration comes from

@pytest.mark.parametrize("name", ["run", "check", "show"])
def test_a_file_that_is_not_there_is_bad_configuration(folder, name):
    missing = str(folder / "missing.yaml")
    done = sccpgw(*([name, "config"] if name == "show" else [name]), "-c", missing)
    assert done.returncode == BAD_CONFIG
    assert f"{missing}: " in done.stdout + done.stderr
    assert "No such file or directory" in done.stdout + done.stderr


def test_a_gateway_without_a_file_says_how_to_name_one(folder):
    done = sccpgw("run", env={"SCCPGW_CONFIG": str(folder / "missing.yaml")})
    assert done.returncode == BAD_CONFIG
    assert re.search(r"-c FILE.*SCCPGW_CONFIG.*sccpgw defaults", done.stderr)


def test_a_folder_is_no_configuration(folder):
    done = sccpgw("check", "-c", str(folder))
    assert done.returncode == BAD_CONFIG
    assert done.stdout == f"{folder}: error: cannot read this file: Is a directory\n1 error, 0 warnings\n"


def test_a_file_one_may_not_read():
    with tempfile.TemporaryDirectory(prefix="sccpgw-") as folder:
        os.chmod(folder, 0o711)
        path = Path(folder) / "gw.yaml"
        path.write_text(MINIMAL)
        path.chmod(0)
        try:
            done = sccpgw("check", "-c", str(path), cwd="/", **({"user": 65534} if os.geteuid() == 0 else {}))
        except PermissionError:
            pytest.skip("nobody may not run the program from its folder")
    assert done.returncode == BAD_CONFIG
    assert done.stdout.startswith(f"{path}: error: cannot read this file: Permission denied\n")


def test_the_environment_names_the_file_and_the_option_wins(written):
    good, bad = written("good.yaml", MINIMAL), written("bad.yaml", "version: 2\n")
    assert sccpgw("check", env={"SCCPGW_CONFIG": good}).returncode == OK
    assert sccpgw("check", env={"SCCPGW_CONFIG": bad}).returncode == BAD_CONFIG
    assert sccpgw("check", "-c", good, env={"SCCPGW_CONFIG": bad}).returncode == OK
    assert "/etc/sccpgw/sccpgw.yaml" in sccpgw("check", "--help", env={"SCCPGW_CONFIG": good}).stdout


SPREAD = {
    "gw.yaml": "version: 1\n"
               "pbx: {address: 192.0.2.5}\n"
               'lines: {desk: {number: "0012", password: !secret desk}}\n'
               "phones: {SEP001122334455: {buttons: [{line: desk}, {speeddial: \"1002\", label: Bob}, empty]}}\n"
               'calls: {dialplan: [{match: "9.", strip: 1, tone: outside}]}\n'
               "include: [phones.d/*.yaml, node.yaml]\n",
    "node.yaml": "node: {name: gw9}\n",
    "secrets.yaml": "desk: 'top: secret'\n",
    "phones.d/fax.yaml": 'phones: {ATA001122334455: {lines: [{number: "1010", password: !env FAX_PASSWORD}]}}\n',
}


@pytest.fixture
def spread(folder, written):
    """The path of a configuration in four files and the environment."""
    for name, text in SPREAD.items():
        written(name, text)
    (folder / "secrets.yaml").chmod(0o600)
    return str(folder / "gw.yaml")


FAX = {"FAX_PASSWORD": "fax-secret"}


def test_secrets_environment_and_includes_make_one_configuration(spread):
    assert sccpgw("check", "-c", spread, env=FAX).stdout == "0 errors, 0 warnings\n"
    shown = json.loads(sccpgw("show", "config", "--json", "-c", spread, env=FAX).stdout)
    assert shown["node"]["name"] == "gw9"
    assert shown["lines"]["desk"]["number"] == "0012"
    assert shown["lines"]["ATA001122334455/1"]["number"] == "1010"
    assert list(shown["phones"]) == ["ATA001122334455", "SEP001122334455"]


@pytest.mark.parametrize("gone, place, said", [
    ("FAX_PASSWORD", "phones.d/fax.yaml:1:", "the environment variable FAX_PASSWORD is not set"),
    ("secrets.yaml", "gw.yaml:3:", "secrets.yaml"),
    ("node.yaml", "gw.yaml:6:", "node.yaml"),
])
def test_what_a_configuration_refers_to_has_to_be_there(folder, spread, gone, place, said):
    env = {} if gone in FAX else FAX
    if gone in SPREAD:
        (folder / gone).unlink()
    done = sccpgw("check", "-c", spread, env=env)
    first = done.stdout.splitlines()[0]
    assert first.startswith(str(folder / place)) and said in first
    assert done.returncode == BAD_CONFIG


# show config

def test_the_shown_configuration_has_no_secrets_and_can_be_used(spread, written):
    for form in ([], ["--json"]):
        done = sccpgw("show", "config", "-c", spread, *form, env=FAX)
        assert (done.returncode, done.stderr) == (OK, "")
        assert "secret" not in done.stdout
        again = written("again.yaml", done.stdout)
        assert sccpgw("check", "-c", again).stdout == "0 errors, 0 warnings\n"
        assert sccpgw("show", "config", "-c", again, *form).stdout == done.stdout


def test_both_forms_of_the_shown_configuration_say_the_same(spread):
    text = sccpgw("show", "config", "-c", spread, env=FAX).stdout
    shown = json.loads(sccpgw("show", "config", "--json", "-c", spread, env=FAX).stdout)
    assert yaml.load(text, Loader=yaml.BaseLoader) == as_texts(shown)


def as_texts(value):
    """Every scalar as the text it stands as: neither form quotes what needs no quotes."""
    if isinstance(value, dict):
        return {key: as_texts(below) for key, below in value.items()}
    if isinstance(value, list):
        return [as_texts(below) for below in value]
    return json.dumps(value) if isinstance(value, bool) else str(value)


def test_a_bad_configuration_is_not_shown(mistakes):
    done = sccpgw("show", "config", "-c", mistakes)
    assert (done.returncode, done.stdout) == (BAD_CONFIG, "")
    assert done.stderr == sccpgw("check", "-c", mistakes).stdout


# schema and defaults

class Editor(yaml.SafeLoader):
    """Reads a file as editors do: by YAML 1.2, where `off` is a word; `!secret x` and `!env X` are texts."""


Editor.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool" or first in "tTfF"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}
for tag in ("!secret", "!env"):
    Editor.add_constructor(tag, lambda loader, node: loader.construct_scalar(node))


@pytest.fixture(scope="module")
def schema():
    done = sccpgw("schema")
    assert (done.returncode, done.stderr) == (OK, "")
    return json.loads(done.stdout)


def examples():
    """Every YAML file that is shipped, and every whole configuration in the documents."""
    found = {path.name: path.read_text() for path in sorted((ROOT / "config").glob("*.yaml"))
             if path.name != "container.yaml"}      # all of it is !env NAME?, which editors take for values: test_host.py
    for document in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]:
        blocks = re.findall(r"^( *)```yaml\n(.*?)^ *```$", document.read_text(), re.M | re.S)
        for number, (indent, block) in enumerate(blocks, 1):
            if block.lstrip().startswith("version:"):
                found[f"{document.name}, {number}"] = re.sub(f"^{indent}", "", block, flags=re.M)
    return found


def test_the_schema_is_one(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("text", examples().values(), ids=examples().keys())
def test_every_example_is_right(schema, written, text):
    jsonschema.validate(yaml.load(text, Editor), schema, jsonschema.Draft202012Validator)
    secrets = "".join(f"{name}: x\n" for name in re.findall(r"!secret (\w+)", text))
    Path(written("secrets.yaml", secrets)).chmod(0o600)
    path = written("example.yaml", text)
    if "phones.d/" in text:
        written("phones.d/more.yaml", "phones: {}\n")
    if "cert: tls.crt" in text:
        Identity(Path(path).parent, "tls", "gw")
    done = sccpgw("check", "-c", path, env={name: "x" for name in re.findall(r"!env (\w+)", text)})
    assert done.stdout == "0 errors, 0 warnings\n"


@pytest.mark.parametrize("text", [
    "{}", "version: 2", "version: 1\nnod: {}", "version: 1\nsccp: {unknown_phones: rejct}",
    "version: 1\nmedia: {mode: relais}", "version: 1\nphones: {SEP001122334455: {lines: [{name: x}]}}",
    "version: 1\ncalls: {busy_trigger: many}"])
def test_the_schema_refuses_what_check_refuses(schema, written, text):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.load(text, Editor), schema, jsonschema.Draft202012Validator)
    assert sccpgw("check", "-c", written("gw.yaml", f"{text}\n")).returncode == BAD_CONFIG


def test_the_defaults_are_a_configuration_and_the_one_in_effect(schema, written):
    done = sccpgw("defaults")
    assert (done.returncode, done.stderr) == (OK, "")
    jsonschema.validate(yaml.load(done.stdout, Editor), schema, jsonschema.Draft202012Validator)
    checked = sccpgw("check", "-c", written("defaults.yaml", done.stdout))
    assert checked.returncode == OK
    assert checked.stdout.splitlines()[-1].startswith("0 errors")
    empty = written("empty.yaml", "version: 1\n")
    assert (sccpgw("show", "config", "-c", str(Path(empty).parent / "defaults.yaml")).stdout
            == sccpgw("show", "config", "-c", empty).stdout)

"""The gateway's control socket and HTTP port, as the program's own commands, as curl and as nobody should use them."""

import errno
import json
import os
import re
import socket
import subprocess
from contextlib import closing

from command import OK, sccpgw
from gateway import HTTP_PORT, build_folder

SOCKET = "ctl.sock"


def ask(gw, *words, status=OK):
    """sccpgw WORDS in the gateway's folder, with its configuration; what it printed."""
    done = sccpgw(*words, "-c", "gateway.yaml", cwd=gw.folder)
    assert done.returncode == status, done.stderr
    return done.stdout if status == OK else done.stderr


def connect(gw, tcp=False):
    """A connection; the socket's path may be too long for its name, its folder's descriptor never is."""
    if tcp:
        return socket.create_connection((gw.address, HTTP_PORT), timeout=10)
    local = socket.socket(socket.AF_UNIX)
    local.settimeout(10)
    folder = os.open(gw.folder, os.O_PATH)
    try:
        local.connect(f"/proc/self/fd/{folder}/{SOCKET}")
    except OSError:
        local.close()
        raise
    finally:
        os.close(folder)
    return local


def exchange(gw, request, tcp=False):
    """Bytes there, all bytes back."""
    with closing(connect(gw, tcp)) as client:
        answer = b""
        try:
            client.sendall(request)
            client.shutdown(socket.SHUT_WR)
            while data := client.recv(65536):
                answer += data
        except (BrokenPipeError, ConnectionResetError):
            pass
        except OSError as problem:
            if problem.errno != errno.ENOTCONN:     # it was closed already
                raise
        return answer


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        self.status = int(re.fullmatch(r"HTTP/1\.[01] (\d{3}) .*", first)[1])
        self.headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    def json(self):
        assert self.headers["content-type"] == "application/json"
        return json.loads(self.body)


def request(gw, method, path, tcp=False, body=None, **headers):
    lines = [f"{method} {path} HTTP/1.1", "Host: gw", *(f"{name}: {value}" for name, value in headers.items())]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    return Answer(exchange(gw, ("\r\n".join(lines) + "\r\n\r\n" + (body or "")).encode(), tcp))


def get(gw, path, **keywords):
    answer = request(gw, "GET", path, **keywords)
    assert answer.status == 200, answer.body
    return answer.json()


SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)')


def read_metrics(text):
    """The exposition format 0.0.4, read strictly: {name: (type, {(("label", "value"), ...): number})}. Each metric has
    HELP, then TYPE, then all its samples; none comes twice."""
    assert text.endswith("\n")
    metrics, current = {}, None
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("# HELP "):
            _, _, name, help_text = line.split(" ", 3)
            assert help_text and name not in metrics, line
            kind = next(lines).split(" ")
            assert kind[:3] == ["#", "TYPE", name] and kind[3] in ("gauge", "counter") and len(kind) == 4, kind
            current = name
            metrics[name] = (kind[3], {})
            continue
        name, labels, value = SAMPLE.fullmatch(line).groups()
        assert name == current, line
        found = LABEL.findall(labels or "")
        assert ",".join(f'{key}="{text}"' for key, text in found) == (labels or ""), line
        assert len({key for key, _ in found}) == len(found), line
        samples = metrics[name][1]
        assert tuple(found) not in samples, line
        samples[tuple(found)] = float(value)
        assert metrics[name][0] != "counter" or float(value) >= 0, line
    return metrics


def metrics(gw, tcp=True):
    answer = request(gw, "GET", "/metrics", tcp=tcp)
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    return read_metrics(answer.body.decode())


def value(page, name, **labels):
    """Of one sample."""
    return page[name][1][tuple(labels.items())]


def warnings(gw):
    """Without those about the configuration: some of these have no phones."""
    return re.findall(r"WARN  (?!config:).*", gw.log())


class Trace:
    """sccpgw ctl trace NAME, running."""

    def __init__(self, gw, name):
        self.child = subprocess.Popen([build_folder() / "gateway/sccpgw", "ctl", "trace", name, "--socket", SOCKET],
                                      cwd=gw.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = [self.child.stdout.readline()]     # it says how the phone is
        assert f"# {name.upper()} is " in self.lines[0], self.lines[0] or self.child.stderr.read()

    def until(self, pattern):
        """Reads on until a line matches; that line. The test's own time limit is the deadline."""
        while line := self.child.stdout.readline():
            self.lines.append(line)
            if re.search(pattern, line):
                return line
        raise AssertionError(f"the trace ended before /{pattern}/:\n{''.join(self.lines)}")

    def end(self):
        """The status, after what is left was read."""
        self.lines += self.child.stdout.readlines()
        return self.child.wait(10)

    def text(self):
        return "".join(self.lines)

    def close(self):
        self.child.kill()
        self.child.communicate()

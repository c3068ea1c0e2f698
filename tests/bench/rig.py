"""The programs of a measurement: the gateway, its load generator, and SIP peers, on loopback addresses of one run."""

import json
import resource
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "e2e"))

from gateway import Gateway, SCCP_PORT, build_folder   # noqa: E402
from peers.flood import Flood                          # noqa: E402,F401
from peers.kamailio import DOMAIN, Kamailio            # noqa: E402
from peers.net import Net                              # noqa: E402
from peers.process import NotReady, Process, until     # noqa: E402

PREFIX = "8"                    # numbers the proxy sends to the called side
PHONES_FROM = "127.64.0.0"      # each phone has an address of its own from here on
EXPIRES_S = 300
WARM = 10                       # phones besides the measured ones: what every gateway needs is not counted per phone


class Registrar(Kamailio):
    """Kamailio for any number of accounts."""

    def __init__(self, folder, address, called):
        super().__init__(folder, address)
        self.argv[self.argv.index("-m") + 1] = "512"
        self.called = called

    def prepare(self):
        self.write_config(HERE / "kamailio.cfg", CALLED=self.called)

    def registered(self):
        return int(self.rpc("stats.fetch", "location_contacts")["usrloc.location_contacts"])


class Called(Process):
    """SIPp as the called side; remembers when it answered which number."""

    def __init__(self, folder, address, name):
        super().__init__(name, ["sipp", "-sf", HERE / "called.xml", "-i", address, "-p", "5060", "-nostdin",
                                "-timer_resol", "1", "-trace_logs", "-log_file", f"{name}.answers"], folder)
        self.address = address

    def ready(self):
        local = f"{''.join(f'{int(byte):02X}' for byte in reversed(self.address.split('.')))}:{5060:04X}"
        self.wait(lambda: local in Path("/proc/net/udp").read_text(), 10, "the SIP port to be open")

    def answers(self):
        """Number to microseconds of the wall clock. After stop(): SIPp writes in blocks."""
        lines = (line.split() for line in (self.folder / f"{self.name}.answers").read_text().splitlines())
        return {words[0]: int(float(words[-1]) * 1e6) for words in lines if len(words) > 1}


class Phones:
    """The load generator: one line in, one line of JSON out."""

    def __init__(self, folder, server, first=PHONES_FROM):
        """`first`: their addresses count up from there."""
        self.log = open(folder / "phones.log", "w")
        self.child = subprocess.Popen([build_folder() / "tests/bench_phones", server, first], text=True,
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log)

    def begin(self, command):
        self.child.stdin.write(command + "\n")
        self.child.stdin.flush()

    def result(self):
        line = self.child.stdout.readline()
        if not line:
            raise NotReady(f"bench_phones ended with {self.child.wait()}")
        return json.loads(line)

    def do(self, command):
        self.begin(command)
        return self.result()

    def stop(self):
        self.child.stdin.close()
        status = self.child.wait(10)
        self.log.close()
        if status:
            raise NotReady(f"bench_phones ended with {status}: see {self.log.name}")


def configuration(registrar, size):
    """`size` phones as bench_phones names them, one line each."""
    phones = {f"SEPBE{index:010d}": {"lines": [{"number": f"1{index:05d}", "password": f"pw1{index:05d}"}]}
              for index in range(size)}
    return {"pbx": {"address": registrar, "domain": DOMAIN, "expires": f"{EXPIRES_S}s", "mwi": "off"}, "phones": phones,
            "media": {"ports": "16384-32767"}, "log": {"level": "warning"}}


class Rig:
    """Everything for `size` phones and the WARM ones, started; a context manager that ends all of it."""

    def __init__(self, folder, size):
        self.folder, self.size, self.net = folder, size, Net()
        hosts = {name: self.net.host() for name in ("registrar", "called", "gateway")}
        self.called_address = hosts["called"]
        self.registrar = Registrar(folder / "kamailio", hosts["registrar"], hosts["called"])
        self.gateway = Gateway(folder, hosts["gateway"], configuration(hosts["registrar"], size + WARM))
        self.phones = None

    def __enter__(self):
        resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
        self.folder.mkdir(parents=True, exist_ok=True)
        try:
            self.registrar.start()
            self.gateway.start()
            self.phones = Phones(self.folder, f"{self.gateway.address}:{SCCP_PORT}")
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        try:
            if self.phones:
                self.phones.stop()
            self.gateway.stop(timeout=60)
        finally:
            self.registrar.stop()
            self.net.close()

    def wait_registered(self, count, timeout):
        until(lambda: self.registrar.registered() >= count, timeout, f"{count} lines at the registrar")

    # --- what the gateway has used ---

    def cpu_s(self):
        return self.gateway.cpu_s()

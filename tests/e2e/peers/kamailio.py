"""Kamailio as the PBX: a registrar with digest and a proxy for accounts 1001..1020 (password pw1001 ...)."""

import json
import shutil
import socket
import tempfile
from pathlib import Path

from .process import Process

TEMPLATE = Path(__file__).parent.parent / "kamailio" / "kamailio.cfg"
DB_TEXT = "/usr/share/kamailio/dbtext/kamailio"
ACCOUNTS = range(1001, 1021)
DOMAIN = "pbx.test"


class Kamailio(Process):
    port = 5060

    def __init__(self, folder, address, min_expires=0, presence=False):
        """`presence`: it tells what its users do (dialog-info, PIDF), by itself or as they PUBLISH it."""
        super().__init__("kamailio", ["/usr/sbin/kamailio", "-DD", "-E", *(["-A", "WITH_PRESENCE"] if presence else []), "-m", "32", "-M", "4",
                                      "-f", "kamailio.cfg", "-Y", folder, "-P", folder / "kamailio.pid"], folder)
        self.address, self.min_expires = address, min_expires
        self.presence, self.sockets = presence, None

    def prepare(self):
        users = "\n".join(f'\t$sht(users=>{user}) = "pw{user}";' for user in ACCOUNTS)
        self.write_config(TEMPLATE, USERS=users, MIN_EXPIRES=self.min_expires)
        if self.presence:
            shutil.copytree(DB_TEXT, self.sockets / "db")

    def write_config(self, template, **values):
        self.sockets = Path(tempfile.mkdtemp(prefix="sccpgw-"))     # their paths must stay under 108 characters
        text = template.read_text()
        for name, value in {"ADDRESS": self.address, "DIR": self.sockets, **values}.items():
            text = text.replace(f"@{name}@", str(value))
        (self.folder / "kamailio.cfg").write_text(text)

    def ready(self):
        self.wait_log(f"ready on {self.address}")

    def rpc(self, method, *params):
        """One JSON-RPC call; the result, or None where Kamailio reports an error ("not found")."""
        mine = self.sockets / "client.sock"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as client:
            client.bind(str(mine))
            try:
                client.settimeout(5)
                client.connect(str(self.sockets / "rpc.sock"))
                request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
                client.send(json.dumps(request).encode())
                return json.loads(client.recv(1 << 17)).get("result")
            finally:
                mine.unlink()

    def contacts(self, user):
        """The contact URIs registered for one account."""
        found = self.rpc("ul.lookup", "location", str(user)) or {}
        return [entry["Contact"]["Address"] for entry in found.get("Contacts", [])]

    def stop(self, **keywords):
        try:
            return super().stop(**keywords)
        finally:
            if self.sockets:
                shutil.rmtree(self.sockets, ignore_errors=True)

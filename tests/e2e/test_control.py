"""The control socket and the port beside it: how they come and go with their gateway, and who may have them."""

import json
import os
import re
import socket
import stat
from contextlib import closing

import pytest

from command import BAD_CONFIG, NOT_RUNNING, sccpgw
from control import SOCKET, ask, connect, get, warnings
from gateway import HTTP_PORT, Gateway
from peers import skinny as raw


def test_the_socket_is_for_owner_and_group_and_goes_with_the_gateway(gateway):
    gw = gateway()
    mode = os.lstat(gw.folder / SOCKET).st_mode
    assert stat.S_ISSOCK(mode) and stat.S_IMODE(mode) == 0o660
    gw.stop()
    assert not (gw.folder / SOCKET).exists()
    assert not warnings(gw)


def test_the_socket_of_a_dead_gateway_is_replaced(gateway, folder, started, net):
    dead = gateway()
    dead.was_stopped = True
    dead.kill()
    assert (dead.folder / SOCKET).exists()
    assert "no gateway is running" in ask(dead, "health", status=NOT_RUNNING)
    again = started(Gateway, dead.folder.name, dead.address, dead.config)
    assert ask(again, "health") == ""
    assert not warnings(again)


def test_two_gateways_at_one_socket_the_first_keeps_it(gateway):
    first = gateway()
    second = gateway(admin={"socket": f"../{first.folder.name}/{SOCKET}"})
    assert len(warnings(second)) == 1
    assert re.search(rf"admin: cannot listen on \S+{SOCKET}: another gateway listens there; .*\(admin\.socket\)",
                     warnings(second)[0])
    assert get(first, "/api/v1/status")["pid"] == first.pid
    assert get(second, "/api/v1/status", tcp=True)["pid"] == second.pid
    second.stop()
    assert get(first, "/api/v1/status")["pid"] == first.pid


def test_two_gateways_are_told_apart(gateway):
    gateways = [gateway(), gateway()]
    for gw in gateways:
        for tcp in (False, True):
            assert get(gw, "/api/v1/status", tcp=tcp)["pid"] == gw.pid
        assert json.loads(ask(gw, "show", "status", "--json"))["pid"] == gw.pid


@pytest.mark.parametrize("path, reason", [
    ("missing/ctl.sock", "No such file or directory"), ("gateway.yaml", "it is there and is no socket"),
    ("gateway.yaml/ctl.sock", "Not a directory"), ("/proc/ctl.sock", r"(No such file or directory|Permission denied)"),
    (".", "it is there and is no socket")])
def test_a_socket_that_cannot_be_had_is_one_warning(gateway, skinny, path, reason):
    gw = gateway(["1001"], admin={"socket": path})
    assert len(warnings(gw)) == 1
    assert re.search(rf"admin: cannot listen on {path}: {reason}; .*\(admin\.socket\)$", warnings(gw)[0])
    skinny(gw).send(raw.frame(raw.KEEPALIVE))
    assert get(gw, "/livez", tcp=True) == {"alive": True}
    assert (gw.folder / "gateway.yaml").read_text().startswith("{")


def test_a_port_in_use_is_one_warning(gateway, net, skinny):
    address = net.host()
    with closing(socket.create_server((address, HTTP_PORT))):
        gw = gateway(admin={"http": f"{address}:{HTTP_PORT}"})
        assert len(warnings(gw)) == 1
        assert re.search(rf"admin: cannot listen on {address}:{HTTP_PORT}: Address already in use; .*\(admin\.http\)$",
                         warnings(gw)[0])
        assert get(gw, "/livez") == {"alive": True}


def test_the_port_can_be_off(gateway):
    gw = gateway(admin={"http": "off"})
    with pytest.raises(ConnectionRefusedError):
        connect(gw, tcp=True)
    assert ask(gw, "health") == ""
    assert not warnings(gw)


def test_a_path_that_is_too_long_is_bad_configuration(folder):
    (folder / "gw.yaml").write_text(f"version: 1\nadmin: {{socket: /{'x' * 107}}}\n")
    done = sccpgw("check", "-c", str(folder / "gw.yaml"))
    assert done.returncode == BAD_CONFIG
    assert "socket must have at most 107 characters" in done.stdout

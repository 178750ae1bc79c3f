"""A small screen reader: asks a program over AT-SPI what it shows, presses a button, listens.

It runs by the system's Python, which has the bindings, on a D-Bus session of its own:
    dbus-run-session -- python3 screen_reader.py NAME BUTTON COMMAND...

It prints one line of JSON: `parts` in the order of the tree, each with role, name, description and
how deep it lies; `announced`, what was said after the button was pressed.
"""

import json
import os
import subprocess
import sys
import time

from gi.repository import Gio, GLib

ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = "/org/a11y/atspi/accessible/root"
MOST_SECS = 60
EDGE = "Edge from Orders file, rows, to Prices as decimals, rows"


class Bus:
    """The bus that accessible programs and their readers meet on."""

    def __init__(self) -> None:
        session = Gio.bus_get_sync(Gio.BusType.SESSION)
        (address,) = call(session, "org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress")
        flags = Gio.DBusConnectionFlags
        self.bus = Gio.DBusConnection.new_for_address_sync(
            address, flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION, None, None
        )

    def children(self, at):
        return call(self.bus, *at, ACCESSIBLE, "GetChildren")[0]

    def get(self, at, what):
        args = GLib.Variant("(ss)", (ACCESSIBLE, what))
        return call(self.bus, *at, "org.freedesktop.DBus.Properties", "Get", args)[0]

    def role(self, at):
        return call(self.bus, *at, ACCESSIBLE, "GetRoleName")[0]

    def walk(self, at, depth=0):
        try:
            part = {"role": self.role(at), "name": self.get(at, "Name"), "depth": depth}
            yield at, part | {"says": self.get(at, "Description")}
            below = self.children(at)
        except GLib.Error:
            return  # It went while it was looked at.
        for child in below:
            yield from self.walk(child, depth + 1)

    def program(self, name):
        """Wait for a program that is known by a name."""
        end = time.monotonic() + MOST_SECS
        names: list[str] = []
        while time.monotonic() < end:
            found = {
                self.get(c, "Name"): c for c in self.children(("org.a11y.atspi.Registry", ROOT))
            }
            if name in found:
                return found[name]
            names = list(found)
            time.sleep(0.2)
        raise SystemExit(f"No program '{name}' came up, only {names}.")


def call(bus, name, path, interface, method, args=None):
    timeout = MOST_SECS * 1000
    return bus.call_sync(
        name, path, interface, method, args, None, Gio.DBusCallFlags.NONE, timeout
    ).unpack()


def wait_for_role(bus, root, role, name):
    """Return the parts once one of a role and name is among them."""
    end = time.monotonic() + MOST_SECS
    while time.monotonic() < end:
        parts = list(bus.walk(root))
        if any((p["role"], p["name"]) == (role, name) for _, p in parts):
            return parts
        time.sleep(0.3)
    raise SystemExit(f"No {role} '{name}' among {[p['name'] for _, p in parts]}.")


def listen(bus):
    """Return a list that what is announced is added to."""
    heard = []
    event = GLib.Variant("(sass)", ("object:announcement", [], ""))
    registry = ("org.a11y.atspi.Registry", "/org/a11y/atspi/registry", "org.a11y.atspi.Registry")
    call(bus.bus, *registry, "RegisterEvent", event)

    def take(_bus, _sender, _path, _interface, _signal, args):
        heard.append(args.unpack()[3])

    bus.bus.signal_subscribe(
        None, "org.a11y.atspi.Event.Object", "Announcement", None, None,
        Gio.DBusSignalFlags.NONE, take,
    )  # fmt: skip
    return heard


def press(bus, parts, name):
    at = next(at for at, p in parts if p["name"] == name and "button" in p["role"])
    call(bus.bus, *at, "org.a11y.atspi.Action", "DoAction", GLib.Variant("(i)", (0,)))


def main(name, button, *command: str):
    os.environ["QT_LINUX_ACCESSIBILITY_ALWAYS_ON"] = "1"
    bus = Bus()
    heard = listen(bus)
    program = subprocess.Popen(command)
    try:
        root = bus.program(name)
        parts = wait_for_role(bus, root, "canvas", "Canvas")
        parts = wait_for_role(bus, root, "list item", EDGE)
        press(bus, parts, button)
        end, loop = time.monotonic() + MOST_SECS, GLib.MainContext.default()
        while len(heard) < 2 and time.monotonic() < end:
            loop.iteration(False) or time.sleep(0.05)
        print(json.dumps({"parts": [part for _, part in parts], "announced": heard}))
    finally:
        program.kill()
        program.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])

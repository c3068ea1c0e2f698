"""Debian's Chromium without a screen, driven over its debugging pipe (Chrome DevTools Protocol): nothing is needed but the
program itself."""

import base64
import json
import os
import shutil
import subprocess

from peers.process import until


def missing():
    """Why there is no browser to test with; None: there is."""
    return None if shutil.which("chromium") else "Debian's chromium is not installed"


class Chromium:
    def __init__(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()

        def pipes():        # the browser reads commands at 3 and answers at 4
            read, write = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.child = subprocess.Popen(
            ["chromium", "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-proxy-server",
             "--window-size=1200,1400", f"--user-data-dir={folder / 'profile'}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=pipes, close_fds=False, stdin=subprocess.DEVNULL, stdout=open(folder / "chromium.out", "w"),
            stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, "HOME": str(folder)})
        os.close(theirs_in)
        os.close(theirs_out)
        self.read, self.write = os.fdopen(ours_in, "rb", 0), os.fdopen(ours_out, "wb", 0)
        self.rest, self.count, self.session, self.complaints = b"", 0, None, []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")

    def _message(self):
        while b"\0" not in self.rest:
            data = self.read.read(65536)
            assert data, "the browser has ended"
            self.rest += data
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def ask(self, method, **parameters):
        self.count += 1
        request = {"id": self.count, "method": method, "params": parameters}
        if self.session:
            request["sessionId"] = self.session
        self.write.write(json.dumps(request).encode() + b"\0")
        while (message := self._message()).get("id") != self.count:
            if message.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.complaints.append(message["params"])
        assert "error" not in message, message
        return message["result"]

    def open(self, url):
        self.ask("Page.navigate", url=url)
        until(lambda: self.value("document.readyState") == "complete", 15, f"{url} to be loaded")

    def value(self, expression):
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)["result"]
        return result.get("value")

    def text(self):
        return self.value("document.body ? document.body.innerText : ''")

    def screenshot(self, path):
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))

    def close(self):
        try:
            self.session = None
            self.ask("Browser.close")
        except (AssertionError, OSError):
            pass
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait(10)
        self.read.close()
        self.write.close()

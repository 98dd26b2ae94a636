# SPDX-License-Identifier: Apache-2.0
"""Debian's Chromium without a screen, driven over the pipe of its DevTools protocol.

    with Browser(width=1280, height=900) as browser:
        browser.open(f"http://127.0.0.1:{port}/")
        browser.until("a state is shown", "document.querySelector('.state')")

It has a profile of its own in a folder that goes with it, talks to nobody but the page, and keeps what
the page logged, what it asked for, and what its policy refused. Only the browser that was started here
is ended, by its own id.
"""

import base64
import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time

import stand

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update", "--disable-default-apps",
         "--disable-extensions", "--disable-dev-shm-usage", "--no-default-browser-check", "--mute-audio",
         "--disable-domain-reliability", "--disable-features=OptimizationHints,MediaRouter,Translate",
         "--hide-scrollbars", "--force-color-profile=srgb", "--lang=en-GB", "--remote-debugging-pipe"]


class Browser:
    def __init__(self, width=1280, height=900, dark=False, scripts=True, scale=1):
        self.size = dict(width=width, height=height, deviceScaleFactor=scale, mobile=width < 500)
        self.dark, self.scripts = dark, scripts
        self.messages = []   # of the console, and what was thrown
        self.requests = []   # URLs
        self.numbers = itertools.count(1)
        self.answers = {}
        self.arrived = threading.Condition()
        self.cleanup = contextlib.ExitStack()

    def __enter__(self):
        program = shutil.which("chromium")
        if program is None:
            raise stand.Failure("chromium is missing: tests/packages.sh names what to install")
        self.folder = self.cleanup.enter_context(tempfile.TemporaryDirectory(prefix="browser", ignore_cleanup_errors=True))
        theirs_in, self.out = os.pipe()
        self.input, theirs_out = os.pipe()
        with open(os.path.join(self.folder, "log"), "wb") as log:
            self.child = subprocess.Popen(
                ["bash", "-c", f'exec "$@" 3<&{theirs_in} 4>&{theirs_out}', "bash", program, *FLAGS,
                 f"--user-data-dir={self.folder}/profile", "about:blank"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=(theirs_in, theirs_out),
                env=dict(os.environ, HOME=self.folder, TZ="UTC"), start_new_session=True)
        os.close(theirs_in)
        os.close(theirs_out)
        self.session = None
        threading.Thread(target=self._read, daemon=True).start()
        target = stand.until("the browser has a page", self._page)
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility"):
            self.ask(domain + ".enable")
        self.ask("Emulation.setDeviceMetricsOverride", **self.size)
        self.ask("Emulation.setLocaleOverride", locale="en-GB")
        self.ask("Emulation.setEmulatedMedia", features=[
            dict(name="prefers-color-scheme", value="dark" if self.dark else "light"),
            dict(name="prefers-reduced-motion", value="reduce")])
        if not self.scripts:
            self.ask("Emulation.setScriptExecutionDisabled", value=True)
        return self

    def __exit__(self, kind, value, trace):
        if kind is not None:
            print(f"--- the browser's console: {self.messages[-20:]}")
        os.close(self.out)  # it ends when nobody talks to it any more
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(self.child.pid, signal.SIGKILL)  # the group that was started here
            self.child.wait()
        self.cleanup.close()

    def _page(self):
        targets = self.ask("Target.getTargets")["targetInfos"]
        return next((one["targetId"] for one in targets if one["type"] == "page"), None)

    def _read(self):
        rest = b""
        while True:
            try:
                piece = os.read(self.input, 1 << 20)
            except OSError:
                piece = b""
            if not piece:
                break
            *whole, rest = (rest + piece).split(b"\0")
            for message in whole:
                self._take(json.loads(message))
        os.close(self.input)
        with self.arrived:
            self.answers = None
            self.arrived.notify_all()

    def _take(self, message):
        with self.arrived:
            if "id" in message:
                self.answers[message["id"]] = message
            else:
                self._note(message["method"], message["params"])
            self.arrived.notify_all()

    def _end(self):
        """How the browser ended, and what it wrote last."""
        try:
            status = f"status {self.child.wait(10)}"
        except subprocess.TimeoutExpired:
            status = "its pipe is closed, its process still runs"
        with open(os.path.join(self.folder, "log"), errors="replace") as log:
            return f"{status}; its last words:\n{''.join(log.readlines()[-30:])}"

    def _note(self, method, params):
        if method == "Runtime.consoleAPICalled":
            self.messages.append(" ".join(str(one.get("value", one.get("description"))) for one in params["args"]))
        elif method == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            self.messages.append(details.get("exception", {}).get("description", details["text"]))
        elif method == "Log.entryAdded":
            entry = params["entry"]
            self.messages.append(f"{entry['source']}: {entry['text']} {entry.get('url', '')}")
        elif method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])

    def ask(self, method, **params):
        """The result of one command of the protocol."""
        number = next(self.numbers)
        message = dict(id=number, method=method, params=params)
        if self.session is not None:
            message["sessionId"] = self.session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + stand.PATIENCE
        with self.arrived:
            while self.answers is not None and number not in self.answers:
                if not self.arrived.wait(end - time.monotonic()):
                    raise stand.Failure(f"the browser does not answer {method}")
            if self.answers is None:
                raise stand.Failure(f"the browser has ended: {method}; {self._end()}")
            answer = self.answers.pop(number)
        if "error" in answer:
            raise stand.Failure(f"{method}: {answer['error']}")
        return answer["result"]

    def open(self, url):
        self.ask("Page.navigate", url=url)

    def run(self, expression):
        """The value of an expression in the page; promises are waited for."""
        result = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise stand.Failure(f"{expression}: {result['exceptionDetails']}")
        return result["result"].get("value")

    def until(self, what, expression, within=None):
        """The first true value of an expression."""
        return stand.until(what, lambda: self.run(f"(() => {{ try {{ return {expression} }} catch {{ return null }} }})()"), within)

    def text(self, selector="body"):
        """What is seen of an element; empty if it is not there."""
        return self.run(f"(document.querySelector({json.dumps(selector)}) || {{}}).innerText") or ""

    def press(self, key, code=None, number=0, text=""):
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=code or key, windowsVirtualKeyCode=number,
                     **({"text": text} if text and kind == "keyDown" else {}))

    def tab(self):
        self.press("Tab", number=9)

    def enter(self):
        self.press("Enter", number=13, text="\r")

    def accessibility(self):
        """What a screen reader is given: (role, name, properties) of every node that is not ignored."""
        nodes = self.ask("Accessibility.getFullAXTree")["nodes"]
        return [(node["role"]["value"], node.get("name", {}).get("value", ""), node.get("properties", []))
                for node in nodes if not node.get("ignored")]

    def picture(self, path, full=False):
        shot = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=full)
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))

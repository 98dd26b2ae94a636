#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The status page in a real browser, and its JSON, against simulated UPSes.

    page_test.py --exporter PROGRAM --simulator PROGRAM [test...]
"""

import http.server
import json
import re
import signal
import threading
import time
import unittest
import urllib.parse
import urllib.request

import browser
import stand

SHOWS = 3.0  # a second is what is wanted; the machine may be busy, so the figure is printed
FAST = ["--smart", "--baud", "0"]
NAME = re.compile(r"^(button|link|textbox|searchbox|radio|heading|image|img|DisclosureTriangle|figure|list|region|article|status|alert|navigation)$")


class Page:
    """UPSes, an exporter, and a browser that shows its page."""

    def __init__(self, case, *options, names=("rack1",), path="", keys="", **looks):
        self.stand = case.enterContext(stand.Stand())
        more = ["--count", len(names)] if len(names) > 1 else []
        self.sim = self.stand.simulator(*FAST, *more, *options)
        self.names = names
        self.config = self.stand.folder / "config.yaml"
        lines = [f"  - {{name: {name}, address: '{link}'{keys}}}\n" for name, link in zip(names, self.sim.links)]
        self.config.write_text("ups:\n" + "".join(lines))
        self.exporter = self.stand.exporter({}, "--config.file", self.config)
        self.stand.wait("all UPSes are read", lambda: all(
            "battery_runtime" in ups["readings"] for ups in self.api()["upses"]))
        self.url = f"http://127.0.0.1:{self.exporter.port}/"
        self.browser = case.enterContext(browser.Browser(**looks))
        self.browser.open(self.url + path)
        if looks.get("scripts", True):
            self.browser.until("the page shows something",
                               "document.querySelector('.state, .card .word').innerText")

    def api(self, path="/api/v1/ups"):
        answer = self.exporter.get(path)
        assert answer.status == 200, answer.status
        return json.loads(answer.text)

    def state(self):
        return self.browser.text(".state")

    def see(self, what, expression, within=None):
        return self.browser.until(what, expression, within)

    def see_state(self, word, within=None):
        return self.see(word, f"document.querySelector('.state').innerText === {json.dumps(word)}", within)

    def gauge(self, title):
        """The text of one of the four large figures."""
        return self.browser.run(
            f"[...document.querySelectorAll('.gauge')].find((one) => one.querySelector('h2').innerText === {json.dumps(title)}).innerText")

    def see_gauge(self, title, pattern):
        return self.stand.wait(f"{pattern} on {title}", lambda: re.search(pattern, self.gauge(title)))

    def close(self, case):
        """Nothing was said on the console, nothing was refused, nobody else was asked."""
        case.assertEqual(self.browser.messages, [])
        others = {url for url in self.browser.requests if not url.startswith((self.url, "data:image/svg"))}
        case.assertEqual(others, set())


class What(unittest.TestCase):
    """What is shown, and when."""

    def test_opens_and_shows_what_the_ups_says(self):
        page = Page(self, "--profile", "su700")
        truth = page.sim.state()["quantities"]
        page.see_state("On line")
        # Identity and limits are read after the values, so each is awaited.
        page.see_gauge("Input", re.escape(f"{truth['input_voltage_volts']:.1f}"))
        page.see_gauge("Input", "good from 208 to 253")
        page.see_gauge("Load", re.escape(f"{100 * truth['load_ratio']:.1f}"))
        page.see_gauge("Charge", r"100\.0")
        page.see_gauge("Runtime", "37 min")
        page.see_gauge("Load", r"\d+\.\d s ago")
        for words in ("SMART-UPS 700", "rack1", "Battery age", "°C", "Last transfer", "Nothing has happened"):
            page.see(words, f"document.querySelector('#detail').innerText.includes({json.dumps(words)})")
        page.see("three plots", "document.querySelectorAll('.plot path.line').length === 3")
        links = page.browser.run("[...document.querySelectorAll('.links a, .foot a')].map((one) => one.getAttribute('href'))")
        for link in links:
            self.assertEqual(page.exporter.get(urllib.parse.urljoin("/", link)).status, 200, link)
        page.close(self)

    def test_a_line_failure_shows_within_a_second(self):
        page = Page(self)
        page.see_state("On line")
        page.browser.run("""window.shown = new Promise((tell) => new MutationObserver(() => {
            if (document.querySelector('.state').innerText === 'On battery') tell(Date.now()); })
            .observe(document.body, { subtree: true, childList: true, characterData: true })), 0""")
        took = []
        for _ in range(3):
            began = time.time()
            page.sim.ask("line fail cause=T")
            page.see_state("On battery", SHOWS)
            took.append(time.time() - began)
            page.sim.ask("line restore")
            page.see_state("On line", SHOWS)
        first = page.browser.run("window.shown") / 1000
        self.assertGreater(first, 0)
        print(f"a line failure was seen after {', '.join(f'{one:.2f}' for one in took)} s")
        events = page.see("events", "document.querySelectorAll('.events li').length >= 9 && document.querySelector('.events').innerText")
        for words in ("On battery", "The line failed", "The line is back", "notch or spike"):
            self.assertIn(words, events)
        page.see("said to screen readers", "document.querySelector('#said').innerText.startsWith('rack1: ')")
        page.see("the cause", "document.querySelector('#detail').innerText.includes('notch or spike in the line voltage,')")
        page.close(self)

    def test_an_unplugged_ups_is_silent_its_values_grey_out_and_go(self):
        page = Page(self, keys=", cadence: {fast: 2s, slow: 2s, settings: 4s}")
        page.see_state("On line")
        fresh = page.browser.run("getComputedStyle(document.querySelector('.gauge .number')).color")
        page.sim.ask("unplug")
        page.see_state("Silent", 3.5 + SHOWS)
        grey = page.see("grey values with their age", """/[0-9]/.test(document.querySelector('.gauge.old .number').innerText)
            && document.querySelector('.gauge.old .age').innerText.includes('s ago')
            && getComputedStyle(document.querySelector('.gauge.old .number')).color""")
        self.assertNotEqual(grey, fresh)
        page.see("no values", "[...document.querySelectorAll('.gauge .number')].every((one) => one.innerText.startsWith('–'))", 15)
        page.see_gauge("Load", "not known")
        self.assertIn("Its last answer was", page.browser.text(".hero"))
        self.assertEqual(page.browser.run("document.title"), "Silent: rack1 – UPS status")
        self.assertNotIn("load", page.api()["upses"][0]["readings"])
        page.sim.ask("replug")
        page.see_state("On line")
        page.see("values again", "document.querySelector('.gauge .number').innerText.includes('V')")
        page.close(self)

    def test_says_when_the_exporter_does_not_answer(self):
        page = Page(self)
        page.exporter.stop()
        page.see("it says so", """document.querySelector('#lost').innerText.includes('The exporter does not answer.')
            && /What is shown is [0-9.]+ s old/.test(document.querySelector('#lost').innerText)""")
        self.assertEqual(page.state(), "On line", "what was known stays, with its age")

    def test_a_hostile_name_is_text(self):
        page = Page(self)
        page.sim.ask('set ^A "</script><img src=x>"')
        page.sim.ask('set n "<b onclick=x>"')
        page.sim.ask("unplug")
        page.see_state("Silent", 3.5 + SHOWS)
        page.sim.ask("replug")
        page.see("the model as text", "document.querySelector('.hero-who').innerText.includes('</script><img src=x>')", 60)
        self.assertEqual(page.browser.run("document.images.length"), 0)
        page.browser.run("document.querySelectorAll('details').forEach((one) => one.open = true), 0")
        page.see("the serial number as text", "document.querySelector('table').innerText !== '' && document.body.innerText.includes('<b onclick=x>')")
        self.assertEqual(page.browser.run("document.querySelectorAll('[onclick], main img, main script').length"), 0)
        page.close(self)

    def test_several_upses_the_worst_first_and_one_at_a_time(self):
        page = Page(self, names=("a", "b", "c"))
        order = "[...document.querySelectorAll('.card h2')].map((one) => one.innerText).join()"
        page.see("in their order", order + " === 'a,b,c'")
        page.sim.ask("battery replace", unit=1)
        page.sim.ask("line fail", unit=2)
        page.see("the worst first", order + " === 'c,b,a'")
        self.assertIn("2 of 3 UPSes need attention", page.browser.text("#fleet"))
        page.browser.run("location.hash = '#ups=b', 0")
        page.see_state("Replace battery")
        self.assertIn("On line", page.browser.text(".chips"))
        self.assertNotIn("events", page.api("/api/v1/ups?detail=b")["upses"][0])
        page.browser.run("location.hash = '', 0")
        page.see("all again", order + " === 'c,b,a'")
        page.close(self)

    def test_a_ups_is_added_and_taken_away(self):
        page = Page(self, names=("a", "b"))
        both = page.config.read_text()
        one = "".join(both.splitlines(keepends=True)[:2])
        cards = "[...document.querySelectorAll('.card h2')].map((one) => one.innerText).join()"
        page.see("both", cards + " === 'a,b'")
        page.browser.run("location.hash = '#ups=b', 0")
        page.see_state("On line")
        for text, expression in ((one, "document.querySelector('#detail-name').innerText === 'a'"), (both, cards + " === 'a,b'")):
            page.config.write_text(text)
            page.exporter.child.send_signal(signal.SIGHUP)
            page.see("what is configured now", expression)
        self.assertEqual([one for one in page.browser.messages if "404" not in one], [], "only that b was gone")

    def test_behind_a_proxy_that_adds_a_prefix(self):
        page = Page(self)
        with Proxy(page.exporter, "/power/ups") as proxy:
            page.url = f"http://127.0.0.1:{proxy.port}/power/ups/"
            page.browser.requests.clear()
            page.browser.open(page.url)
            page.see("the state", f"location.port === '{proxy.port}' && document.querySelector('.state').innerText === 'On line'")
            page.see("plots", "document.querySelectorAll('.plot path.line').length === 3")
            hrefs = page.browser.run("[...document.querySelectorAll('.links a')].map((one) => one.href)")
            self.assertTrue(all(href.startswith(page.url) for href in hrefs), hrefs)
            page.close(self)


class Proxy:
    """What is asked below a prefix is asked of the exporter without it."""

    def __init__(self, exporter, prefix):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                if not self.path.startswith(prefix):
                    return self.send_error(404)
                request = urllib.request.Request(f"http://127.0.0.1:{exporter.port}{self.path[len(prefix):]}")
                with urllib.request.urlopen(request, timeout=stand.PATIENCE) as answer:
                    body = answer.read()
                    self.send_response(answer.status)
                    for name in ("Content-Type", "Content-Security-Policy", "ETag"):
                        if answer.headers[name]:
                            self.send_header(name, answer.headers[name])
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class How(unittest.TestCase):
    """Who can use it: keyboard, screen reader, phone, no scripts, many UPSes."""

    def test_by_keyboard(self):
        page = Page(self, names=("a", "b"))
        seen = []
        for _ in range(7):
            page.browser.tab()
            seen.append(page.browser.run("document.activeElement.getAttribute('href')"))
            style = page.browser.run("(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle + s.outlineWidth })()")
            self.assertEqual(style, "solid3px", seen)
        self.assertEqual(seen, ["#main", "#", "./metrics", "./api/v1/ups", "./docs/api.md", "#ups=a", "#ups=b"])
        page.browser.enter()
        page.see("the heading has the focus", "document.activeElement.id === 'detail-name' && document.activeElement.innerText === 'b'")
        page.browser.run("document.querySelector('.back').focus(), 0")
        page.browser.enter()
        page.see("the card has the focus again", "document.activeElement.getAttribute('href') === '#ups=b'")
        page.close(self)

    def test_the_skip_link_leads_to_the_upses(self):
        page = Page(self, names=("a", "b"))
        page.browser.tab()
        page.browser.enter()
        page.see("main has the focus", "document.activeElement.id === 'main' && location.hash === ''")
        page.browser.tab()
        self.assertEqual(page.browser.run("document.activeElement.getAttribute('href')"), "#ups=a")

    def test_for_a_screen_reader(self):
        page = Page(self)
        page.see("plots", "document.querySelectorAll('.plot path.line').length === 3")
        tree = page.browser.accessibility()
        roles = {}
        for role, name, properties in tree:
            roles.setdefault(role, []).append(name)
            if NAME.match(role) and role not in ("figure", "list", "status", "alert"):
                self.assertTrue(name.strip(), f"a {role} without a name")
        self.assertEqual(roles["RootWebArea"], ["UPS status"])
        self.assertIn("rack1", roles["heading"])
        self.assertTrue(any(re.fullmatch(r"Input voltage in the last 15 min: .*229.*V", name)
                            for name in roles.get("image", []) + roles.get("img", [])), roles)
        self.assertEqual(roles["radio"], ["15 min", "1 hour", "6 hours"])
        self.assertIn("main", roles)
        self.assertEqual(page.browser.run("document.documentElement.lang"), "en")
        levels = page.browser.run("[...document.querySelectorAll('#detail h1, #detail h2')].map((one) => one.tagName).join('')")
        self.assertRegex(levels, r"^H1(H2)+$")
        doubled = page.browser.run("(() => { const ids = [...document.querySelectorAll('[id]')].map((one) => one.id); return ids.length - new Set(ids).size })()")
        self.assertEqual(doubled, 0)
        page.browser.run("document.querySelector('details').open = true, 0")
        page.see("the plots as numbers", "document.querySelector('details tbody tr td').innerText.includes('V')")

    def test_text_has_enough_contrast_in_both_schemes(self):
        for dark in (False, True):
            with self.subTest(dark=dark):
                page = Page(self, names=("a", "b"), dark=dark)
                page.sim.ask("line fail", unit=1)
                page.see("on battery", "document.querySelector('.card.warning') !== null")
                self.assertEqual(page.browser.run(CONTRAST), [])
                page.browser.run("location.hash = '#ups=b', 0")
                page.see_state("On battery")
                page.see("plots", "document.querySelectorAll('.plot path.line').length === 3")
                self.assertEqual(page.browser.run(CONTRAST), [])

    def test_on_a_narrow_phone(self):
        for path in ("", "#ups=a"):
            page = Page(self, names=("a", "b"), width=320, height=640, path=path)
            page.see("it fits", "document.documentElement.scrollWidth <= 320")
            wide = page.browser.run("""[...document.querySelectorAll('body *')].filter((one) => one.getClientRects().length
                && !one.closest('.wide, .unseen, .skip, svg') && one.getBoundingClientRect().right > 321).map((one) => one.className)""")
            self.assertEqual(wide, [])

    def test_without_scripts_there_is_a_list(self):
        page = Page(self, names=("a", "b"), scripts=False)
        page.sim.ask("unplug", unit=1)
        page.stand.wait("silent", lambda: page.api()["upses"][1]["state"] == "silent")
        text = page.exporter.get("/").text
        self.assertIn("<li><b>a</b>: On line</li>\n<li><b>b</b>: Silent</li>", text)
        self.assertIn('<noscript><meta http-equiv="refresh" content="5"></noscript>', text)
        page.browser.open(page.url)
        page.stand.wait("the list", lambda: any(name == "Without JavaScript this list is all there is; it is loaded again every five seconds."
                                                for _, name, _ in page.browser.accessibility()))

    def test_two_hundred_upses(self):
        names = [f"ups{i:03}" for i in range(200)]
        page = Page(self, names=names)
        page.see("all of them", "document.querySelectorAll('.card').length === 200")
        page.sim.ask("line fail", unit=150)
        began = time.monotonic()
        page.see("the worst is first", "document.querySelector('.card h2').innerText === 'ups150'", SHOWS)
        short = len(page.exporter.get("/api/v1/ups?detail=").body)
        packed = len(page.exporter.get("/api/v1/ups?detail=", headers={"Accept-Encoding": "gzip"}).body)
        print(f"200 UPSes: a line failure was seen after {time.monotonic() - began:.2f} s; a poll has {short} bytes, packed {packed}")
        page.browser.run("(() => { const box = document.getElementById('search-text'); box.value = 'UPS07'; box.dispatchEvent(new Event('input')) })()")
        page.see("ten are found", "document.querySelectorAll('.card').length === 10")
        page.close(self)


class Json(unittest.TestCase):
    """The interface itself."""

    def setUp(self):
        self.stand = self.enterContext(stand.Stand())
        self.sim = self.stand.simulator(*FAST)
        self.exporter = self.stand.exporter({"rack1": self.sim.links[0]})

    def get(self, path, **headers):
        return self.exporter.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})

    def test_the_page_is_served_with_a_strict_policy(self):
        answer = self.get("/")
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
        self.assertEqual(policy["default-src"], "'none'")
        self.assertEqual(policy["connect-src"], "'self'")
        self.assertRegex(policy["script-src"], r"^'sha256-[\w+/]{43}='$")
        for name in ("base-uri", "form-action", "frame-ancestors"):
            self.assertEqual(policy[name], "'none'")
        self.assertEqual(answer.headers["referrer-policy"], "no-referrer")
        self.assertEqual(answer.headers["x-content-type-options"], "nosniff")
        self.assertLess(len(self.get("/", Accept_Encoding="gzip").body), 20000)

    def await_state(self, state):
        self.stand.wait(state, lambda: json.loads(self.get("/api/v1/ups").text)["upses"][0]["state"] == state)

    def test_what_has_not_changed_is_not_sent_again(self):
        self.await_state("on_line")
        for path in ("/", "/api/v1/catalogue", "/docs/api.md"):
            tag = self.get(path).headers["etag"]
            again = self.get(path, If_None_Match=tag)
            self.assertEqual((again.status, again.body), (304, b""), path)
        self.sim.ask("unplug")
        self.await_state("silent")

        def unchanged():
            tag = self.get("/api/v1/ups").headers["etag"]
            time.sleep(0.3)
            return self.get("/api/v1/ups", If_None_Match=tag).status == 304

        self.stand.wait("an answer that stays", unchanged, 60)

    def test_what_is_not_there_is_not_found(self):
        for path in ("/api/v1/ups?detail=nobody", "/api/v1/history?ups=nobody", "/api/v1/history", "/api/v1"):
            self.assertEqual(self.get(path).status, 404, path)
        self.assertEqual(self.exporter.get("/api/v1/ups", method="POST").status, 405)

    def test_a_history_has_what_happened(self):
        self.await_state("on_line")
        self.sim.ask("line fail")
        self.stand.wait("on battery with no voltage", lambda: json.loads(self.get("/api/v1/ups").text)["upses"][0]["readings"]
                        .get("input_voltage", {}).get("value") == 0)

        def kept():
            history = json.loads(self.get("/api/v1/history?ups=rack1").text)
            voltage = history["readings"]["input_voltage"]
            return history["on_battery"][-1] == 1 and voltage["low"][-1] == 0 and len(voltage["low"]) == len(voltage["high"])

        self.stand.wait("kept", kept)


# What has too little contrast (WCAG 2 AA): texts that are seen, against the nearest background.
CONTRAST = r"""
(() => {
  const parse = (color) => (color.match(/[\d.]+/g) || []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const opaque = (color) => color.length === 3 || color[3] === 1;
  const ground = (node) => { for (let one = node; one; one = one.parentElement) {
    const color = parse(getComputedStyle(one).backgroundColor); if (color.length && opaque(color)) return color; }
    return parse(getComputedStyle(document.body).backgroundColor); };
  const found = [];
  for (const node of document.querySelectorAll("body *")) {
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (!own || !node.getClientRects().length || node.closest("script, noscript, .unseen, .skip")) continue;
    const style = getComputedStyle(node);
    const [a, b] = [light(parse(style.color)), light(ground(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) found.push(`${node.className || node.tagName}: ${ratio.toFixed(2)}`);
  }
  return found;
})()
"""

if __name__ == "__main__":
    stand.main()

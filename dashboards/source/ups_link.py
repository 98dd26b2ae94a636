# SPDX-License-Identifier: Apache-2.0
"""Of the dashboard "UPS": how old readings are, and how well the line carries them."""

from source import panels, words
from source.expressions import ONE as scope
from source.panels import Query, Section, line, only

INTERVAL = "[$__rate_interval]"
NOT_SCRAPED = "Nothing is known of this line in the time shown"


def rate(metric):
    return f"rate({scope.of(metric)}{INTERVAL})"


def reading_age():
    return panels.graph(
        "Age of the last answer", "Are the values fresh? A second or two is normal; while the unit is silent it grows.",
        NOT_SCRAPED, [Query(f"time() - {scope.of('upslink_last_success_timestamp_seconds')}", "Age")], "s",
        defaults={"min": 0}, overrides=[only("Age", **line(words.BLUE))])


def answering():
    return panels.timeline(
        "Answering", "When did the unit answer?", NOT_SCRAPED, [Query(scope.of("upslink_up"), "Answers")],
        panels.mapped([(1, "Yes", words.GREEN), (0, "No", words.RED)]))


def duration():
    return panels.graph(
        "Time for all fast readings", "How long does it take to ask for everything that changes fast? It grows when answers "
        "fail and are asked for again.",
        NOT_SCRAPED, [Query(scope.of("upslink_poll_duration_seconds"), "Duration")], "s",
        defaults={"min": 0}, overrides=[only("Duration", **line(words.BLUE))])


def failures():
    reasons = {"timeout": "No answer", "malformed": "Malformed", "desync": "Out of step", "implausible": "Implausible",
               "link": "Connection"}
    return panels.graph(
        "Questions that failed", "Which part of the questions got no usable answer, and why? A few in a thousand are a noisy "
        "line, and harmless; many are a bad cable or a second program on the line.",
        NOT_SCRAPED,
        [Query(f"{rate('upslink_request_failures_total')}\n  / ignoring (reason) group_left ()\n"
               f"{rate('upslink_requests_total')}", "{{reason}}")],
        "percentunit", defaults={"min": 0}, custom={"fillOpacity": 30, "stacking": {"group": "A", "mode": "normal"}},
        overrides=[only(reason, displayName=text) for reason, text in reasons.items()])


def requests():
    return panels.graph(
        "Questions", "How many questions a second does the unit get? A serial line carries 10 to 14.", NOT_SCRAPED,
        [Query(rate("upslink_requests_total"), "Questions")], "reqps",
        defaults={"min": 0}, overrides=[only("Questions", **line(words.BLUE))])


def traffic():
    return panels.graph(
        "Bytes on the line", "How much goes over the line, in both directions? It carries 240 bytes a second at most each way.",
        NOT_SCRAPED, [Query(rate("upslink_link_bytes_total"), "{{direction}}")], "Bps", defaults={"min": 0},
        overrides=[only("sent", displayName="To the unit", **line("purple")),
                   only("received", displayName="From the unit", **line(words.BLUE))])


def opened():
    return panels.stat(
        "Line opened", "How often was the line opened again in the time shown? Each time the unit was silent, the adapter was "
        "unplugged, or a connection broke.",
        "Not known", [Query(f"sum(increase({scope.of('upslink_link_opens_total')}[$__range]))", "", now=True)], "none",
        defaults={"decimals": 0, "thresholds": panels.steps(words.GREEN, (1, words.ORANGE), (10, words.RED))})


def commands():
    return panels.stat(
        "Commands", "How many of the exporter's questions does this unit know, and how many not?", "Not known yet",
        [Query(f"sum({scope.of('upslink_command_supported')})", "Known", now=True),
         Query(f"count({scope.of('upslink_command_supported')} == 0)", "Not known", now=True)],
        "none", text="value_and_name")


def sections():
    return [Section("Readings and line", False, [
        (7, [(8, reading_age()), (8, duration()), (8, failures())]),
        (7, [(6, answering()), (6, requests()), (6, traffic()), (3, opened()), (3, commands())]),
    ])]

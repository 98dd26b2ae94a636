# SPDX-License-Identifier: Apache-2.0
"""The kinds of faults: what a line and a unit are made to do, in the language of the simulator's control
socket, and what is to be expected of a reader meanwhile."""

import dataclasses

LASTS = 30.0


@dataclasses.dataclass
class Case:
    name: str
    begin: list
    end: list
    lasts: float = LASTS
    within: float | None = 3.0  # all is right again; None: need not be
    silent: bool = False     # has to show as down
    spurious: bool = False   # bytes that look like alerts are made up
    profile: str = "su700"
    during: list = dataclasses.field(default_factory=list)  # (seconds after the beginning, command)

    def steps(self):
        """(seconds after the beginning, begin, during or end, command), in the order of time."""
        found = [(0, "begin", command) for command in self.begin]
        found += [(at, "during", command) for at, command in self.during]
        found += [(self.lasts, "end", command) for command in self.end]
        return sorted(found, key=lambda step: step[0])


def fault(name, arguments="", **more):
    title = " ".join([name, arguments]).strip().replace(" ", "_").replace("=", "_")
    return Case(title, [f"fault {name} {arguments}".strip()], [f"fault {name} off"], **more)


CASES = [
    Case("none", [], []),
    fault("lost"),
    fault("lost", "direction=received"),
    fault("flipped", spurious=True),
    fault("changed", "rate=0.02", spurious=True),
    fault("repeated"),
    fault("garbage", spurious=True),
    fault("chatter", spurious=True),
    fault("truncated"),
    fault("no_crlf"),
    fault("no_reply", "rate=0.1"),
    fault("no_reply", "rate=0.5"),
    Case("silence_8s", ["fault silence"], ["fault silence off"], lasts=8.0, silent=True),
    Case("silence_30s", ["fault silence"], ["fault silence off"], silent=True),
    Case("line_fail_in_silence", ["fault silence"], ["fault silence off"], silent=True,
         during=[(15.0, "line fail")]),
    fault("alert_inside", spurious=True),
    fault("doubled"),
    fault("late", "by=1.2", within=3.0 + 1.2),
    fault("late", "by=3", within=3.0 + 3.0),
    fault("late", "by=6", within=3.0 + 6.0),
    fault("nul"),
    fault("eight_bit"),
    fault("na"),
    fault("foreign", spurious=True),  # the answer to `a` has them
    fault("echo"),
    # The unit obeys what it hears. At the full rate it hears itself ever after.
    fault("echo", "mode=sent rate=0.05", spurious=True),
    fault("echo", "mode=sent", spurious=True, within=None),
    fault("endless", spurious=True),
    Case("dumb", ["dumb"], []),
    Case("unplugged", ["unplug"], ["replug"], within=6.0, silent=True),
    Case("switched_off", ["alert *", "off"], ["on"], silent=True),
]

# Faults that meet each other, and what a unit lives through.
COMBINED = [
    Case("outage_in_noise", ["fault garbage rate=0.3", "fault flipped rate=0.02"], ["fault off"], spurious=True,
         during=[(8.0, "line fail"), (20.0, "line restore")]),
    Case("unplugged_on_battery", ["line fail"], ["line restore"], within=6.0, silent=True,
         during=[(5.0, "unplug"), (15.0, "replug")]),
    Case("late_with_alerts", ["fault late rate=0.3 by=1.2", "fault alert_inside rate=0.3"], ["fault off"],
         within=3.0 + 1.2, spurious=True, during=[(8.0, "line fail"), (20.0, "line restore")]),
    Case("lost_in_a_self_test", ["fault lost rate=0.03"], ["fault off"], during=[(5.0, "self-test")]),
    Case("doubled_and_cut_on_battery", ["fault doubled rate=0.3", "fault truncated rate=0.2", "line fail"],
         ["fault off", "line restore"]),
]

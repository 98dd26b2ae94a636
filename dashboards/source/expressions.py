# SPDX-License-Identifier: Apache-2.0
"""The expressions that more than one panel asks. A Scope is a dashboard's choice of UPSes: every selector
of a dashboard is made by its scope, so none can miss a matcher.

A metric that says one of several things becomes a number, the code, which a panel's value mappings turn
into words (panels.py). Codes of states are those of words.py: the worst has the highest.
"""

from source import words

UPS = "job, instance, ups"
FORGOTTEN_AFTER = "1d"  # so long a UPS is remembered whose exporter is silent

# Which flags make which state, as exporter/catalogue/states.cpp has it. What is told by other metrics
# than flags is in Scope.conditions.
FLAGS_OF_STATES = {
    "output_off": {
        "upslink_state": ["ready_on_command", "ready_on_command_or_line_return"],
        "upslink_fault": ["low_battery_shutdown", "main_relay", "sleeping", "shutdown_pending"],
    },
    "fault": {
        "upslink_state": ["bypass_internal_fault"],
        "upslink_fault": [
            "electronics_fan", "isolation_fan", "bypass_supply", "output_voltage_select", "dc_imbalance",
            "no_battery_in_bypass", "boost_trim_relay", "bad_output_voltage", "overload_no_transfer",
            "battery_charger", "bypass_relay", "over_temperature"],
    },
    "battery_low": {"upslink_status": ["battery_low"]},
    "overload": {"upslink_status": ["overload"]},
    "on_battery": {"upslink_status": ["on_battery"]},
    "bypass": {"upslink_state": ["bypass_command", "bypass_manual"]},
    "replace_battery": {"upslink_status": ["replace_battery"]},
    "testing": {"upslink_status": ["runtime_calibration"]},
    "on_line": {"upslink_status": ["on_line"]},
}


class Scope:
    def __init__(self, *variables):
        self.matchers = [f'{name}=~"${name}"' for name in variables]

    def of(self, metric, *matchers):
        """A selector of the series of the chosen UPSes."""
        return f"{metric}{{{', '.join([*self.matchers, *matchers])}}}"

    def each(self, metric, *matchers):
        """One series for each UPS, with no other labels."""
        return f"max by ({UPS}) ({self.of(metric, *matchers)})"

    def coded(self, metric, label, first=1):
        """Which of the documented members holds, as a number that counts from `first`."""
        wanted = (f'{label}="{member}"' for member in words.members(metric))
        return one_series([f"{code} * ({self.of(metric, matcher)} == 1)" for code, matcher in enumerate(wanted, first)])

    def conditions(self):
        """For each state that is told by other metrics than flags: expressions that have a series then."""
        bad, cleared = (self.of("upslink_alert_last_timestamp_seconds", f'alert="{alert}"')
                        for alert in ("abnormal", "abnormal_cleared"))
        limits = [(f"upslink_ambient_{what}", side, bound) for what, bound in
                  (("temperature", "celsius"), ("humidity", "ratio")) for side in ("high", "low")]
        return {
            "silent": [f"{self.of('upslink_up')} == 0"],
            "fault": [f"{bad} unless on ({UPS}) ({cleared} >= ignoring (alert) {bad})"],
            "replace_battery": [f"{self.of('upslink_battery_packs_bad')} > 0"],
            "environment": [
                f"{self.of(f'{name}_{unit}')} {'>' if side == 'high' else '<'} {self.of(f'{name}_{side}_{unit}')}"
                for name, side, unit in limits],
        }

    def state(self):
        """The worst state of each UPS that an exporter tells of."""
        legs = []
        told = self.conditions()
        for name, state in words.states().items():
            for metric, flags in FLAGS_OF_STATES.get(name, {}).items():
                legs.append(f"{state.code} * ({self.of(metric, any_flag(flags))} == 1)")
            legs += [f"{state.code} + 0 * ({condition})" for condition in told.get(name, [])]
        nothing_said = f"{words.states()['unknown'].code} * {self.each('upslink_up')}"
        return f"{one_series(legs)}\nor {nothing_said}"

    def lost(self):
        """The UPSes of which an exporter told a while ago and that does not answer any longer."""
        return (f"{words.SILENT_EXPORTER} + 0 * max by ({UPS}) (last_over_time({self.of('upslink_up')}[{FORGOTTEN_AFTER}]))\n"
                f"  unless on ({UPS}) {self.of('upslink_up')}\n"
                f"  unless on (job, instance) {self.exporters()} == 1")

    def exporters(self):
        """Whether each exporter answers, without the matcher for a UPS, of which `up` knows nothing."""
        return f"up{{{', '.join(matcher for matcher in self.matchers if not matcher.startswith('ups'))}}}"

    def state_or_lost(self):
        return f"{self.state()}\nor ({self.lost()})"

    def quiet(self):
        """Why a UPS says nothing: it does not answer, its status is too old, or its exporter does not answer."""
        states = words.states()
        silent = f"{states['silent'].code} + 0 * max by ({UPS}) ({self.of('upslink_up')} == 0)"
        stale = (f"{states['unknown'].code} * max by ({UPS}) ({self.of('upslink_up')} == 1)\n"
                 f"  unless on ({UPS}) {self.of('upslink_status')}")
        return f"{silent}\nor ({stale})\nor ({self.lost()})"

    def alerts_by_severity(self):
        """Firing alerts about a UPS, their severity as a number: 3 critical, 2 warning, 1 info, 0 another."""
        firing = 'alertstate="firing", ups!=""'
        severities = ((3, '="critical"'), (2, '="warning"'), (1, '="info"'), (0, '!~"critical|warning|info"'))
        legs = [f"{code} * {self.of('ALERTS', firing, 'severity' + match)}" for code, match in severities]
        return f"max by ({UPS}, alertname) (\n  " + "\n  or ".join(legs) + "\n)"

    def worst_alert(self):
        return f"topk by ({UPS}) (1, {self.alerts_by_severity()})"

    def alerts_since(self):
        """When each firing alert began, in milliseconds since 1970."""
        firing = self.of("ALERTS", 'alertstate="firing"')
        return (f"1000 * max by ({UPS}, alertname, severity) (\n"
                f"  {self.of('ALERTS_FOR_STATE')} * ignoring (alertstate) {firing}\n)")

    def battery_age(self):
        return f"time() - {self.each('upslink_battery_replaced_timestamp_seconds')}"


def any_flag(flags):
    return f'flag="{flags[0]}"' if len(flags) == 1 else f'flag=~"{"|".join(flags)}"'


def one_series(legs):
    """For each UPS the highest of what several expressions say."""
    return f"max by ({UPS}) (\n  " + "\n  or ".join(legs) + "\n)"


FLEET = Scope("job", "instance")
ONE = Scope("job", "instance", "ups")

# SPDX-License-Identifier: Apache-2.0
"""Of the dashboard "UPS": the battery, and the temperatures and the humidity that it lives in."""

from source import panels, words
from source.expressions import ONE as scope
from source.panels import Query, Section, line, only

NOT_TOLD = "This unit does not tell"


def charge():
    return panels.graph(
        "Charge", "How full is the battery? After it ran down, the output comes back when the dashed line is reached.",
        f"{NOT_TOLD} its charge",
        [
            Query(scope.of("upslink_battery_charge_ratio"), "Charge"),
            Query(scope.of("upslink_battery_charge_restart_ratio"), "Needed to turn on"),
        ],
        "percentunit", defaults={"min": 0, "max": 1},
        overrides=[only("Charge", **line(words.GREEN, width=2, custom__fillOpacity=15)),
                   only("Needed to turn on", **line(words.GREY, dashes=True))])


def runtime():
    return panels.graph(
        "Runtime", "How long would the battery last at the present load? Below the dashed line, a setting of the unit, it "
        "counts as low.",
        f"{NOT_TOLD} its runtime",
        [
            Query(scope.of("upslink_battery_runtime_seconds"), "Runtime"),
            Query(scope.of("upslink_battery_runtime_low_seconds"), "Battery low below"),
        ],
        "s", defaults={"min": 0},
        overrides=[only("Runtime", **line(words.BLUE, width=2)),
                   only("Battery low below", **line(words.RED, dashes=True))])


def voltage():
    return panels.graph(
        "Battery voltage", "Is the battery's voltage what it should be? While it charges it is above the nominal voltage, "
        "under load below it; a voltage that falls over weeks is a battery that wears out.",
        f"{NOT_TOLD} the voltage of its battery",
        [
            Query(scope.of("upslink_battery_voltage_volts"), "Battery voltage"),
            Query(scope.of("upslink_battery_voltage_nominal_volts"), "Nominal voltage"),
        ],
        "volt",
        overrides=[only("Battery voltage", **line(words.BLUE, width=2)),
                   only("Nominal voltage", **line(words.GREY, dashes=True))])


def age():
    return panels.stat(
        "Battery age", "How old is the battery, by the date that somebody stored in the unit? It is worth what that person "
        "typed. Most batteries last three to five years.",
        f"{NOT_TOLD} when its battery was replaced", [Query(scope.battery_age(), "", now=True)], "s",
        defaults={"decimals": 1, "thresholds": panels.BATTERY_AGE})


def packs():
    return panels.stat(
        "Battery packs", "How many external battery packs does the unit count on, and how many of its packs are bad?",
        f"{NOT_TOLD} its battery packs",
        [Query(scope.of("upslink_battery_packs_external"), "External", now=True),
         Query(scope.of("upslink_battery_packs_bad"), "Bad", now=True)], "none", text="value_and_name",
        overrides=[only("Bad", thresholds=panels.SOME_ARE_BAD)])


def temperature():
    probe = "Probe {{probe}}"
    return panels.graph(
        "Temperature", "How warm is it inside the unit, and at the probes of a Measure-UPS with their own limits? Heat is "
        "what ages a battery.",
        f"{NOT_TOLD} its temperature",
        [
            Query(scope.of("upslink_internal_temperature_celsius"), "Inside"),
            Query(scope.of("upslink_ambient_temperature_celsius"), probe),
            Query(scope.of("upslink_ambient_temperature_high_celsius"), f"{probe}, upper limit"),
            Query(scope.of("upslink_ambient_temperature_low_celsius"), f"{probe}, lower limit"),
        ],
        "celsius",
        overrides=[only("Inside", **line(words.ORANGE, width=2)), limits()])


def limits():
    """How the limits of probes are drawn, whatever their number."""
    return {**only("", **line(words.RED, dashes=True)), "matcher": {"id": "byRegexp", "options": "/limit/"}}


def humidity():
    probe = "Probe {{probe}}"
    return panels.graph(
        "Humidity", "How humid is it at the probes of a Measure-UPS, within which limits?",
        "There is no Measure-UPS that tells the humidity",
        [
            Query(scope.of("upslink_ambient_humidity_ratio"), probe),
            Query(scope.of("upslink_ambient_humidity_high_ratio"), f"{probe}, upper limit"),
            Query(scope.of("upslink_ambient_humidity_low_ratio"), f"{probe}, lower limit"),
        ],
        "percentunit", overrides=[limits()])


def contacts():
    return panels.timeline(
        "Contacts", "Which contact inputs of a Measure-UPS were closed, and when?", "There is no Measure-UPS with contacts",
        [Query(scope.of("upslink_contact_closed"), "Contact {{contact}}")],
        panels.mapped([(0, "Open", words.GREY), (1, "Closed", words.BLUE)]))


def sections():
    return [
        Section("Battery", False, [
            (8, [(7, charge()), (7, runtime()), (7, voltage()), (3, age())]),
        ]),
        Section("Temperature and surroundings", False, [
            (8, [(10, temperature()), (7, humidity()), (4, contacts()), (3, packs())]),
        ]),
    ]

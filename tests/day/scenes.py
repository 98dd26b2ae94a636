# SPDX-License-Identifier: Apache-2.0
"""The day: what happens to each UPS, and what its owner is told, word for word and in order.

A scene is a function of its unit (theatre.py). All of them play at once, each on a unit of its own. `told` waits for
what has to come next; `nothing_more` ends a part of which there is nothing else to tell. Times are those of the rules
divided by FACTOR.
"""

from theatre import recently

FACTOR = 30

# What is about hours or days, in other proportions to the day.
OWN_FACTORS = {
    "UpsBatteryNotCharging": 120,  # 3 hours on line
    "UpsBatteryVoltageLow": 120,   # half an hour
    "UpsSelfTestOverdue": 120,     # an hour
    "UpsEepromChanged": 120,       # within the last hour
    "UpsBoostOrTrimLong": 720,     # 6 hours
    "UpsFrequentTransfers": 1440,  # within a day
}


# What an outage tells at once, and its end.
BEGINS = ("UpsOnBattery warning firing", "UpsInputVoltageOutOfRange warning firing")
ENDS = ("UpsOnBattery warning resolved", "UpsInputVoltageOutOfRange warning resolved")


def outage(unit):
    """The line fails, the battery runs down, the line comes back, the battery is charged."""
    unit.tell("line fail cause=T")
    unit.told(*BEGINS)
    unit.told("UpsOnBattery critical firing")
    unit.tell("charge 18")
    unit.told("UpsRuntimeShort critical firing")
    unit.tell("charge 4")
    unit.told("UpsBatteryLow critical firing")
    unit.told("UpsRuntimeShort warning firing")
    unit.tell("line restore")
    unit.told(*ENDS, "UpsOnBattery critical resolved", "UpsRuntimeShort critical resolved", "UpsBatteryLow critical resolved")
    unit.told("UpsBatteryLow warning firing")
    unit.tell("charge 100")
    unit.told("UpsBatteryLow warning resolved", "UpsRuntimeShort warning resolved")
    unit.nothing_more()


def self_tests(unit):
    """Nobody is woken by a self test that passes. One that fails is told, until one passes."""
    unit.tell("speed 2", "self-test")
    unit.sees('upslink_status{flag="on_battery",} == 1')
    unit.sees('upslink_self_test_result{result="passed",} == 1')
    unit.sees('upslink_status{flag="on_line",} == 1')
    unit.nothing_more()
    unit.tell("speed 100")
    unit.sees('upslink_self_test_result{result="none",} == 1')
    unit.tell("speed 2", "battery weak", "self-test")
    unit.told("UpsSelfTestFailed warning firing")
    unit.told("UpsReplaceBattery warning firing")
    unit.tell("battery good", "battery strong")
    unit.told("UpsReplaceBattery warning resolved")
    unit.tell("speed 100")
    unit.sees('upslink_self_test_result{result="none",} == 1')
    unit.tell("speed 2", "self-test")
    unit.told("UpsSelfTestFailed warning resolved")
    unit.nothing_more()


def calibration(unit):
    """Nobody is woken by a runtime calibration either, though the battery runs down to a quarter of its charge."""
    unit.tell("speed 60", "calibrate")
    unit.sees('upslink_status{flag="runtime_calibration",} == 1')
    unit.sees("upslink_battery_charge_ratio{} < 0.4")
    unit.sees('upslink_status{flag="on_line",} == 1')
    unit.nothing_more()
    unit.tell("speed 1", "charge 100")
    unit.sees("upslink_battery_charge_ratio{} == 1")
    unit.nothing_more()


def load(unit):
    """A heater is plugged in."""
    unit.tell("overload on")
    unit.told("UpsOverload critical firing")
    unit.told("UpsLoadHigh warning firing")
    unit.tell("overload off")
    unit.told("UpsOverload critical resolved")
    unit.told("UpsLoadHigh warning resolved")
    unit.nothing_more()


# Each fault bit, by register of the simulator and its bits: who is woken.
FAULTS = {
    ("fault3", 0x01): "UpsFault critical",          # low_battery_shutdown
    ("fault3", 0x02): "UpsFault critical",          # overload_no_transfer
    ("fault3", 0x04): "UpsFault critical",          # main_relay
    ("fault3", 0x08): "UpsTurningOff warning",      # sleeping
    ("fault3", 0x10): "UpsTurningOff critical",     # shutdown_pending
    ("fault3", 0x20): "UpsChargerFailed warning",   # battery_charger
    ("fault3", 0x40): "UpsBypassFault critical",    # bypass_relay
    ("fault3", 0x80): "UpsTemperatureHigh critical",
    ("fault2", 0x01): "UpsFault warning",           # electronics_fan
    ("fault2", 0x02): "UpsFault warning",           # isolation_fan
    ("fault2", 0x04): "UpsBypassFault critical",    # bypass_supply
    ("fault2", 0x08): "UpsFault critical",          # output_voltage_select
    ("fault2", 0x10): "UpsFault critical",          # dc_imbalance
    ("fault2", 0x20): "UpsFault critical",          # no_battery_in_bypass
    ("fault2", 0x40): "UpsFault warning",           # boost_trim_relay
    ("fault2", 0x80): "UpsFault critical",          # bad_output_voltage
    ("state", 0x02): "UpsBypassFault critical",     # bypass_internal_fault
    ("state", 0x20): "UpsOnBypass warning",         # bypass_manual
}


def faults(unit):
    """Everything that can break does, one after the other."""
    for (register, bits), alert in FAULTS.items():
        unit.tell(f"register {register} {bits:02x}")
        unit.told(f"{alert} firing")
        unit.tell(f"register {register} auto")
        unit.told(f"{alert} resolved")
    unit.nothing_more()


def bypass(unit):
    """Somebody puts it into bypass and takes it out again; then a pack goes bad, and is replaced."""
    unit.tell("bypass on")
    unit.told("UpsOnBypass warning firing")
    unit.tell("bypass off")
    unit.told("UpsOnBypass warning resolved")
    unit.tell("quantity bad_packs 1")
    unit.told("UpsBadBatteryPacks warning firing")
    unit.tell("quantity bad_packs 0")
    unit.told("UpsBadBatteryPacks warning resolved")
    unit.nothing_more()


def silence(unit):
    """It falls silent on line."""
    unit.tell("silence 3600")
    unit.told("UpsSilent warning firing")
    unit.tell("silence 0")
    unit.told("UpsSilent warning resolved")
    unit.nothing_more()


def silent_outage(unit):
    """It falls silent during an outage: that is all that anybody learns until it answers again."""
    unit.tell("line fail cause=R")
    unit.told(*BEGINS)
    unit.told("UpsOnBattery critical firing")
    unit.tell("silence 3600")
    unit.told("UpsSilent critical firing")
    unit.tell("silence 0")
    unit.told("UpsSilent critical resolved")
    unit.tell("line restore")
    unit.told(*ENDS, "UpsOnBattery critical resolved")
    unit.nothing_more()


def bad_line(unit):
    """It answers, but not what matters most. Then every fifth answer is lost."""
    unit.tell("set Q silent")
    unit.told("UpsDataStale warning firing")
    unit.tell("unset Q")
    unit.told("UpsDataStale warning resolved")
    unit.nothing_more()
    unit.tell("fault no_reply rate=0.2")
    unit.told("UpsLinkErrors warning firing")
    unit.tell("fault off")
    unit.told("UpsLinkErrors warning resolved")
    unit.nothing_more()


def loose_plug(unit):
    """It falls silent again and again, each time for so long that its failures are not those of a bad line."""
    for _ in range(3):
        unit.tell("silence 3600")
        unit.told("UpsSilent warning firing")
        unit.sees("max_over_time(upslink_up{}[6s]) == 0")
        unit.tell("silence 0")
        unit.told("UpsSilent warning resolved")
    unit.tell("silence 3600")
    unit.told("UpsLinkErrors warning firing")
    unit.told("UpsSilent warning firing")
    unit.sees("max_over_time(upslink_up{}[6s]) == 0")
    unit.tell("silence 0")
    unit.told("UpsSilent warning resolved")
    unit.told("UpsLinkErrors warning resolved", within=180)
    unit.nothing_more()


def worn(unit):
    """Its battery is not charged, for hours."""
    unit.tell("set f 050.0")
    unit.told("UpsBatteryNotCharging warning firing", within=150)
    unit.tell("unset f")
    unit.told("UpsBatteryNotCharging warning resolved")
    unit.nothing_more()


def old(unit):
    """An old battery, that nobody tests; then one with too low a voltage."""
    unit.tell("eeprom x 02/18/95 quiet")
    unit.told("UpsBatteryOld info firing")
    unit.tell(f"eeprom x {recently()} quiet")
    unit.told("UpsBatteryOld info resolved")
    unit.tell("quantity self_test_age 800")
    unit.told("UpsSelfTestOverdue info firing")
    unit.tell("quantity self_test_age 1")
    unit.told("UpsSelfTestOverdue info resolved")
    unit.tell("quantity battery_voltage 10")
    unit.told("UpsBatteryVoltageLow warning firing")
    unit.tell("quantity battery_voltage auto")
    unit.told("UpsBatteryVoltageLow warning resolved")
    unit.nothing_more()


def heat(unit):
    """It gets hot; somebody changes a setting; it is turned off for a moment."""
    unit.tell("quantity temperature 55")
    unit.told("UpsTemperatureHigh warning firing")
    unit.tell("quantity temperature 30")
    unit.told("UpsTemperatureHigh warning resolved")
    unit.tell("eeprom s M delay=0")
    unit.told("UpsEepromChanged info firing")
    unit.tell("alert *")
    unit.told("UpsTurningOff critical firing")
    unit.told("UpsEepromChanged info resolved", "UpsTurningOff critical resolved")
    unit.nothing_more()


def room(unit):
    """What a Measure-UPS in its room sees: heat, damp, a door."""
    unit.tell("quantity ambient_temperature 38")
    unit.told("UpsAmbientTemperatureHigh warning firing")
    unit.tell("quantity ambient_temperature 2", 'set ] "05.0,NO"')
    unit.told("UpsAmbientTemperatureHigh warning resolved")
    unit.told("UpsEnvironmentAlarm warning firing")  # cold
    unit.tell("quantity ambient_temperature 22", "quantity ambient_humidity 90")
    unit.told("UpsEnvironmentAlarm warning resolved")
    unit.told("UpsEnvironmentAlarm warning firing")  # damp
    unit.tell("quantity ambient_humidity 40")
    unit.told("UpsEnvironmentAlarm warning resolved")
    unit.tell("register contacts 10")
    unit.told("UpsEnvironmentAlarm warning firing")  # the door opens
    unit.tell("register contacts 00")
    unit.told("UpsEnvironmentAlarm warning resolved")
    unit.tell("alert &")
    unit.told("UpsEnvironmentAlarm warning firing")  # the Measure-UPS says so itself
    unit.told("UpsEnvironmentAlarm warning resolved")
    unit.nothing_more()


def line(unit):
    """The line is too high, then of a wrong frequency, then low for long."""
    unit.tell("line voltage 290")
    unit.told(*BEGINS)
    unit.tell("line voltage 230")
    unit.told(*ENDS)
    unit.tell("line frequency 55")
    unit.told("UpsInputFrequencyOutOfRange warning firing")
    unit.tell("line frequency 50")
    unit.told("UpsInputFrequencyOutOfRange warning resolved")
    unit.tell("boost on")
    unit.told("UpsBoostOrTrimLong info firing")
    unit.tell("boost auto")
    unit.told("UpsBoostOrTrimLong info resolved")
    unit.nothing_more()


def flicker(unit):
    """Six short outages in a row."""
    for _ in range(5):
        unit.tell("line fail cause=L")
        unit.told(*BEGINS)
        unit.tell("line restore")
        unit.told(*ENDS)
    unit.tell("line fail cause=L")
    unit.told(*BEGINS, "UpsFrequentTransfers warning firing")
    unit.tell("line restore")
    unit.told(*ENDS)
    unit.told("UpsFrequentTransfers warning resolved")
    unit.nothing_more()


# The units: name, profile, scene. To the last ones nothing happens, and nothing is told, whatever they do not know.
# None is silent to commands that it does not know, as the second generation is: at the day's speed the second that
# each of these questions takes is half a minute of a bad line.
UNITS = {
    "office": ("su700", outage),
    "tested": ("su1000", self_tests),
    "calibrated": ("su1400rm", calibration),
    "kitchen": ("sua1500", load),
    "matrix": ("matrix", faults),
    "hall": ("matrix", bypass),
    "cellar": ("su1000", silence),
    "garage": ("su700rm", silent_outage),
    "cable": ("su700", bad_line),
    "plug": ("su700rm", loose_plug),
    "attic": ("su2200", worn),
    "old": ("su420", old),
    "boiler": ("su1400rm", heat),
    "room": ("su1400xl", room),
    "street": ("su1000", line),
    "flicker": ("su700", flicker),
    "small": ("bkpro", None),
    "desk": ("vs650", None),
    "shed": ("su1400xl", None),
    "big": ("rt", None),
}

# What is so before anybody looks.
PREPARED = {
    "room": ("measure-ups 2", 'set [ "30.0,NO"', 'set { "080.0,NO"', 'set } "010.0,NO"'),
    "shed": ("measure-ups 1",),
    "hall": ("set w 020", "set T 0123.0", "register dip 0f"),
}

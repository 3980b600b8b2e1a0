"""A bedroom to be shown by Home Assistant: its configuration, its sensors and its devices, and the
table of every entity that uncramp makes of it.

An entity of uncramp without a row here fails the checks; so does a row without an entity.
"""
import math
import time
from dataclasses import dataclass, field

from checks import eventually
from daemon import sleeping_now

BEDROOM = """
  {name}:
    sleep: {sleep}
    sleepers:
      anna: {{ born: 1980, conditions: [], conditions_confirmed: 2026-11 }}
      ben: {{ born: 1980, conditions: [], conditions_confirmed: 2026-11 }}
    sensors:
      room: {{ zigbee2mqtt: Room }}
      bed: {{ zigbee2mqtt: Bed }}
      in_bed: {{ zigbee2mqtt: Mat }}
    heater: {{ kind: radiator, hot_water: true, control: switch, zigbee2mqtt: Plug, min_off: off }}
    fan: {{ zigbee2mqtt: Fan, levels: [low, medium, high], min_off: off, min_on: off }}
"""
AIR = {"temperature": 16.5, "humidity": 50}
BED = {"temperature": 31, "humidity": 70}


def bedroom(name="bedroom"):
    return BEDROOM.format(name=name, sleep=sleeping_now())


def furnish(broker):
    """The plug and the fan do as they are told, and say so."""
    broker.answer("zigbee2mqtt/Plug/set", "zigbee2mqtt/Plug", lambda told: {"state": told["state"]})
    broker.answer("zigbee2mqtt/Fan/set", "zigbee2mqtt/Fan",
                  lambda told: {"fan_mode": told.get("fan_mode") or str(told["state"]).lower()})


def measure(broker, air=None):
    """What the sensors and devices say now."""
    for device, said in (("Room", air or AIR), ("Bed", BED), ("Mat", {"occupancy": True}),
                         ("Plug", {"state": "OFF"}), ("Fan", {"fan_mode": "off"})):
        broker.publish(f"zigbee2mqtt/{device}", said)


def known(rig, name="bedroom", air=None):
    """Until uncramp shows what was measured: a change without a decision it shows every 30 s."""
    air = air or AIR
    end = time.monotonic() + 60
    while time.monotonic() < end:
        measure(rig.broker, air)
        mark = rig.broker.mark()
        try:
            return rig.broker.wait(f"uncramp/{name}/state",
                                   lambda said: said["air"]["temperature"] == air["temperature"], 12, mark)
        except AssertionError:
            continue
    raise AssertionError(f"uncramp never shows {air}")


def pressure(celsius, percent=100):
    """Vapour pressure by Magnus' formula, hPa: another than uncramp's, as near as is needed here."""
    return percent / 100 * 6.112 * math.exp(17.62 * celsius / (243.12 + celsius))


def dew_point(celsius, percent):
    logarithm = math.log(pressure(celsius, percent) / 6.112)
    return 243.12 * logarithm / (17.62 - logarithm)


@dataclass
class Near:
    """A number, within so much of it; and what kind of quantity, for homes in °F."""
    value: float
    within: float = 0.05
    kind: str = ""

    def fits(self, state, fahrenheit=False):
        value, within = self.value, self.within
        if fahrenheit and self.kind == "temperature":
            value, within = value * 1.8 + 32, within * 1.8 + 0.05
        if fahrenheit and self.kind == "difference":
            value, within = value * 1.8, within * 1.8 + 0.05
        return abs(float(state) - value) <= within


@dataclass
class Row:
    """One entity as it should be. `shows` is its state in the bedroom above: a text or a `Near`."""
    entity: str
    english: str
    shows: object
    device_class: str = None
    unit: str = None
    state_class: str = None
    category: str = None
    enabled: bool = False
    german: str = None
    options: list = field(default=None)


def degrees(value, within=0.05):
    return Near(value, within, "temperature")


HOUSES, MODES = ["home", "away", "guest", "baby"], ["auto", "watch", "off"]
ROWS = [
    Row("climate.warmth", "Warmth", "auto", enabled=True),
    Row("fan.airflow", "Airflow", "off", enabled=True),
    Row("sensor.reason", "Reason", lambda state: len(state) > 10, enabled=True),
    Row("binary_sensor.in_bed", "In bed", "on", "occupancy", enabled=True),
    Row("binary_sensor.problem", "Problem", "off", "problem", category="diagnostic", enabled=True),
    Row("select.mode", "Mode", "auto", options=MODES, enabled=True),
    Row("select.house", "House", "home", options=HOUSES, enabled=True),
    Row("button.cramp", "I have a cramp", "unknown", enabled=True),
    Row("button.drank_anna", "I drank a glass (anna)", "unknown", enabled=True),
    Row("button.drank_ben", "I drank a glass (ben)", "unknown", enabled=True),
    Row("button.pause", "Pause tonight", "unknown", enabled=True),
    Row("button.done", "Done", "unknown"),
    Row("button.snooze", "Later", "unknown"),
    Row("event.log", "Night log", "unknown"),
    Row("sensor.drunk_anna", "Drunk today (anna)", Near(0), "volume", "mL", "total_increasing"),
    Row("sensor.drunk_ben", "Drunk today (ben)", Near(0), "volume", "mL", "total_increasing"),
    Row("sensor.next_reminder", "Next reminder", lambda state: state == "unknown" or state.startswith("20"),
        "timestamp", enabled=True),
    Row("switch.automatic", "Automatic", "on"),
    Row("number.away_for", "Away for", Near(0), "duration", "d", category="config"),
    Row("sensor.dose", "Cold dose", Near(0, 0.2), None, "K·h", "measurement"),
    Row("sensor.deficit", "Missing warmth", Near(1.5, 0.01, "difference"), "temperature_delta", "K", "measurement"),
    Row("sensor.dew_point", "Dew point", degrees(dew_point(16.5, 50), 0.1), "temperature", "°C", "measurement"),
    Row("sensor.in_bed_time", "Time in bed", Near(1, 2), "duration", "min", "total_increasing"),
    Row("sensor.last_cramp", "Last cramp", "unknown", "timestamp"),
    Row("sensor.bed_humidity", "Bed humidity", Near(100 * pressure(31, 70) / pressure(33), 0.5), "humidity", "%", "measurement"),
    Row("binary_sensor.cold", "Too cold", "off", "cold"),
    Row("binary_sensor.stuffy", "Stuffy", "off"),
    Row("binary_sensor.heating", "Heating", "off", "running"),
    Row("switch.warm_the_room", "Warm the room", "on", category="config"),
    Row("switch.move_the_air", "Move the air", "on", category="config"),
    Row("switch.reminders", "Remind to drink", "on", category="config"),
    Row("number.too_cold", "Too cold below", degrees(18), "temperature", "°C", category="config"),
    Row("number.ceiling", "No heat above", degrees(24), "temperature", "°C", category="config"),
    Row("number.too_warm", "Fan from", degrees(26), "temperature", "°C", category="config"),
    Row("number.dose_limit", "Cold dose that calls for heat", Near(1), None, "K·h", category="config"),
    Row("number.stuffy_from", "Stuffy from", Near(65), "humidity", "%", category="config"),
]


def identifier(row, name="bedroom"):
    domain, key = row.entity.split(".")
    return f"{domain}.uncramp_{name}_{key}"


def enable_everything(rig, device):
    """Every entity that waits to be enabled; Home Assistant then takes up MQTT anew."""
    rows = rig.ha.wait_device(device)["entities"]
    for row in rows:
        if row["disabled"]:
            rig.ha.ws("config/entity_registry/update", entity_id=row["entity_id"], disabled_by=None)
    rig.ha.http("POST", f"/api/config/config_entries/entry/{rig.ha.mqtt_entry()['entry_id']}/reload")
    shown = lambda: all(row["state"] not in (None, "unavailable") for row in rig.ha.device(device)["entities"])
    eventually(shown, 20, lambda: [row for row in rig.ha.device(device)["entities"]
                                   if row["state"] in (None, "unavailable")])


def differences(rig, name="bedroom", fahrenheit=False, language="english"):
    """How Home Assistant's entities differ from the table."""
    shown = {row["entity_id"]: row for row in rig.ha.wait_device(f"uncramp_{name}")["entities"]}
    wanted = {identifier(row, name): row for row in ROWS}
    said = [f"{entity} is not in the table" for entity in shown.keys() - wanted.keys()]
    said += [f"{entity} is not there" for entity in wanted.keys() - shown.keys()]
    for entity, row in wanted.items():
        if entity in shown:
            said += [f"{entity}: {what}" for what in amiss(row, shown[entity], fahrenheit, language)]
    return said


def amiss(row, shown, fahrenheit, language):
    """How one entity differs from its row."""
    unit = row.unit
    if fahrenheit and row.device_class == "temperature":
        unit = "°F"
    wanted = {"name": getattr(row, language) or shown["name"], "device_class": row.device_class, "unit": unit,
              "state_class": row.state_class, "entity_category": row.category}
    if row.options:
        wanted["options"] = row.options
    said = [f"{what} is {shown[what]!r}, not {want!r}" for what, want in wanted.items() if shown[what] != want]
    if not fits(row.shows, shown["state"], fahrenheit):
        said.append(f"shows {shown['state']!r}, not {row.shows!r}")
    return said


def fits(want, state, fahrenheit=False):
    try:
        if isinstance(want, Near):
            return want.fits(state, fahrenheit)
        return want(state) if callable(want) else state == want
    except (TypeError, ValueError):
        return False

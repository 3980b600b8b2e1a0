"""A bedroom to be shown by Home Assistant: its configuration, its sensors and its devices, and the
table of every entity that uncramp makes of it.

An entity of uncramp without a row here fails the checks; so does a row without an entity.
"""
import math
import re
import time
from dataclasses import dataclass, replace
from datetime import datetime

from checks import eventually
from daemon import sleeping_now

BEDROOM = """
  {name}:
    name: {called}
    sleep: {sleep}
    sleepers:
      anna: {{ born: 1980, conditions: [], conditions_confirmed: {month} }}
      {second}: {{ born: 1980, conditions: [], conditions_confirmed: {month} }}
    sensors:
      room: {{ zigbee2mqtt: Room }}
      bed: {{ zigbee2mqtt: Bed }}
      in_bed: [{{ zigbee2mqtt: Left, sleeper: anna }}, {{ zigbee2mqtt: Right, sleeper: {second} }}]
    heater: {{ kind: radiator, hot_water: true, control: switch, zigbee2mqtt: Plug, min_off: off }}
    fan: {{ zigbee2mqtt: Fan, levels: [low, medium, high], min_off: off, min_on: off }}
"""
AIR = {"temperature": 16.5, "humidity": 50}
BED = {"temperature": 31, "humidity": 75}


def bedroom(name="bedroom", second="ben", called=None, sleep=None):
    return BEDROOM.format(name=name, called=called or name, second=second, sleep=sleep or sleeping_now(),
                          month=datetime.now().strftime("%Y-%m"))


def furnish(broker):
    """The plug and the fan do as they are told, and say so."""
    broker.answer("zigbee2mqtt/Plug/set", "zigbee2mqtt/Plug", lambda told: {"state": told["state"]})
    broker.answer("zigbee2mqtt/Fan/set", "zigbee2mqtt/Fan",
                  lambda told: {"fan_mode": told.get("fan_mode") or str(told["state"]).lower()})


def measure(broker, air=None):
    """What the sensors and devices say now."""
    for device, said in (("Room", air or AIR), ("Bed", BED), ("Left", {"occupancy": True}), ("Right", {"occupancy": False}),
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
        elif fahrenheit and self.kind == "difference":
            value, within = value * 1.8, within * 1.8
        return abs(float(state) - value) <= within


@dataclass
class Row:
    """One entity as it should be. `shows` is its state in the bedroom above: a text or a `Near`."""
    entity: str
    english: str
    german: str
    shows: object
    device_class: str = None
    unit: str = None
    state_class: str = None
    category: str = None
    enabled: bool = False
    options: list = None
    german_options: list = None


def degrees(value, within=0.05):
    return Near(value, within, "temperature")


def kelvins(value, within):
    return Near(value, within, "difference")


HOUSES, MODES = ["home", "away", "guest", "baby"], ["auto", "watch", "off"]
HÄUSER, MODI = ["zu Hause", "fort", "mit Gast", "mit Baby"], ["automatisch", "nur beobachten", "aus"]
ROWS = [
    Row("climate.warmth", "Warmth", "Wärme", "auto", enabled=True),
    Row("fan.airflow", "Airflow", "Luft", "off", enabled=True),
    Row("sensor.reason", "Reason", "Grund", lambda state: len(state) > 10, enabled=True),
    Row("binary_sensor.in_bed", "In bed", "Im Bett", "on", "occupancy", enabled=True),
    Row("binary_sensor.in_bed_anna", "In bed (anna)", "Im Bett (anna)", "on", "occupancy"),
    Row("binary_sensor.in_bed_ben", "In bed (ben)", "Im Bett (ben)", "off", "occupancy"),
    Row("binary_sensor.problem", "Problem", "Störung", "off", "problem", category="diagnostic", enabled=True),
    Row("select.mode", "Mode", "Modus", "auto", options=MODES, german_options=MODI, enabled=True),
    Row("select.house", "House", "Zuhause", "home", options=HOUSES, german_options=HÄUSER,
        enabled=True),
    Row("switch.automatic", "Automatic", "Automatik", "on"),
    Row("number.away_for", "Away for", "Fort für", Near(0), "duration", "d", category="config"),
    Row("button.cramp", "I have a cramp", "Ich habe einen Krampf", "unknown", enabled=True),
    Row("button.drank_anna", "I drank a glass (anna)", "Glas getrunken (anna)", "unknown", enabled=True),
    Row("button.drank_ben", "I drank a glass (ben)", "Glas getrunken (ben)", "unknown", enabled=True),
    Row("button.pause", "Pause tonight", "Ruhe für heute Nacht", "unknown", enabled=True),
    Row("button.done", "Done", "Erledigt", "unknown"),
    Row("button.snooze", "Later", "Später", "unknown"),
    Row("event.log", "Night log", "Nachtprotokoll", "unknown"),
    Row("sensor.next_reminder", "Next reminder", "Nächste Erinnerung",
        lambda state: state == "unknown" or datetime.fromisoformat(state), "timestamp", enabled=True),
    Row("sensor.drunk_anna", "Drunk today (anna)", "Heute getrunken (anna)", Near(0),
        "volume", "mL", "total_increasing"),
    Row("sensor.drunk_ben", "Drunk today (ben)", "Heute getrunken (ben)", Near(0),
        "volume", "mL", "total_increasing"),
    Row("notify.say", "Say aloud", "Ansagen", "unknown"),
    Row("sensor.dose", "Cold dose", "Kältedosis", kelvins(0, 0.2), None, "K·h", "measurement"),
    Row("sensor.deficit", "Missing warmth", "Fehlende Wärme", kelvins(1.5, 0.01),
        "temperature_delta", "K", "measurement"),
    Row("sensor.dew_point", "Dew point", "Taupunkt", degrees(dew_point(16.5, 50), 0.1),
        "temperature", "°C", "measurement"),
    Row("sensor.in_bed_time", "Time in bed", "Zeit im Bett", Near(1, 2), "duration", "min", "total_increasing"),
    Row("sensor.last_cramp", "Last cramp", "Letzter Krampf", "unknown", "timestamp"),
    Row("sensor.bed_humidity", "Bed humidity", "Feuchte im Bett",
        Near(100 * pressure(31, 75) / pressure(33), 0.5), "humidity", "%", "measurement"),
    Row("binary_sensor.cold", "Too cold", "Zu kalt", "off", "cold"),
    Row("binary_sensor.stuffy", "Stuffy", "Stickig", "on"),
    Row("binary_sensor.heating", "Heating", "Heizt", "off", "running"),
    Row("switch.warm_the_room", "Warm the room", "Raum wärmen", "on", category="config"),
    Row("switch.move_the_air", "Move the air", "Luft bewegen", "on", category="config"),
    Row("switch.reminders", "Remind to drink", "Ans Trinken erinnern", "on", category="config"),
    Row("number.too_cold", "Too cold below", "Zu kalt unter", degrees(18), "temperature", "°C", category="config"),
    Row("number.ceiling", "No heat above", "Nicht heizen über", degrees(24), "temperature", "°C", category="config"),
    Row("number.too_warm", "Fan from", "Ventilator ab", degrees(26), "temperature", "°C", category="config"),
    Row("number.dose_limit", "Cold dose that calls for heat", "Kältedosis, ab der geheizt wird", kelvins(1, 0.05),
        None, "K·h", category="config"),
    Row("number.stuffy_from", "Stuffy from", "Stickig ab", Near(65), "humidity", "%", category="config"),
]


def identifier(row, name="bedroom"):
    domain, key = row.entity.split(".")
    return f"{domain}.uncramp_{name}_{key}"


def rows_with(second):
    """The table for a home in which somebody else than ben has the right side of the bed."""
    key = re.sub("[^a-z0-9]", "_", second)
    return [replace(row, entity=row.entity.replace("_ben", f"_{key}"),
                    english=row.english.replace("(ben)", f"({second})"),
                    german=row.german.replace("(ben)", f"({second})")) for row in ROWS]


def enable_everything(rig, device):
    """Every entity that waits to be enabled; Home Assistant then takes up MQTT anew."""
    told = rig.broker.wait(f"homeassistant/device/{device}/config", lambda it: it)["cmps"]
    wanted = {component["uniq_id"] for component in told.values() if "uniq_id" in component}
    # Home Assistant makes the device first, and then its entities one by one.
    rows = lambda: rig.ha.wait_device(device)["entities"]
    missing = lambda: wanted - {row["unique_id"] for row in rows()}
    eventually(lambda: not missing(), 20, lambda: f"{missing()} of {device}")
    for row in rows():
        if row["disabled"]:
            rig.ha.ws("config/entity_registry/update", entity_id=row["entity_id"], disabled_by=None)
    rig.ha.http("POST", f"/api/config/config_entries/entry/{rig.ha.mqtt_entry()['entry_id']}/reload")
    shown = lambda: all(row["state"] not in (None, "unavailable") for row in rig.ha.device(device)["entities"])
    eventually(shown, 20, lambda: [row for row in rig.ha.device(device)["entities"]
                                   if row["state"] in (None, "unavailable")])


def differences(rig, name="bedroom", fahrenheit=False, language="english", rows=None):
    """How Home Assistant's entities differ from the table."""
    shown = {row["entity_id"]: row for row in rig.ha.wait_device(f"uncramp_{name}")["entities"]}
    wanted = {identifier(row, name): row for row in rows or ROWS}
    said = [f"{entity} is not in the table" for entity in shown.keys() - wanted.keys()]
    said += [f"{entity} is not there" for entity in wanted.keys() - shown.keys()]
    for entity, row in wanted.items():
        if entity in shown:
            said += [f"{entity}: {what}" for what in amiss(row, shown[entity], fahrenheit, language)]
    return said


def amiss(row, shown, fahrenheit, language):
    """How one entity differs from its row."""
    unit = row.unit
    if fahrenheit:
        unit = {"°C": "°F", "K": "°F", "K·h": "°F·h", "mL": "fl. oz."}.get(unit, unit)
    wanted = {"name": getattr(row, language), "device_class": row.device_class, "unit": unit,
              "state_class": row.state_class, "entity_category": row.category}
    shows = row.shows
    if row.options:
        wanted["options"] = options = getattr(row, "german_options" if language == "german" else "options")
        shows = options[row.options.index(shows)]
    said = [f"{what} is {shown[what]!r}, not {want!r}" for what, want in wanted.items() if shown[what] != want]
    if not fits(shows, shown["state"], fahrenheit):
        said.append(f"shows {shown['state']!r}, not {shows!r}")
    return said


def fits(want, state, fahrenheit=False):
    try:
        if isinstance(want, Near):
            return want.fits(state, fahrenheit)
        return want(state) if callable(want) else state == want
    except (TypeError, ValueError):
        return False

//! A broker that comes late, and one that is killed ten times in a night.

use uncramp::daemon::clock::uptime;
use uncramp::model::{Span, Time, Wall};
use uncramp::plan::Plan;

use crate::devices::{Device, Plug};
use crate::mosquitto::Mosquitto;
use crate::night::{Night, anonymous};
use crate::nights::SENSOR;
use crate::support::plan_of;
use crate::world::{Door, World};

/// Somebody sleeps; only the temperature decides.
fn plan() -> Plan {
    plan_of(
        "sleep: 22:30-06:45\nsensors:\n  room: { zigbee2mqtt: bedroom_climate }\nheater:\n  kind: \
         radiator\n  control: switch\n  zigbee2mqtt: bedroom_plug\ncold_exposure: { prewarm: off, \
         ramp: off, window_guess: off }\nreadings: { jump: off }",
    )
}

/// 2026-01-10T22:45 in Brussels.
const WALL: Wall = Wall { offset: 1_768_081_500_000, synchronised: true };

/// How the broker goes away, and when it returns.
#[derive(Debug, Clone, Copy)]
enum Outage {
    /// A decision falls due while it is away; it returns so long after.
    Over(Span),
    /// A decision is written to it while it is frozen already, and then it dies.
    Frozen,
    /// The heater is on, its own timer ends meanwhile, and it has rested when the broker
    /// returns.
    PastTheTimer,
}

const OUTAGES: [Outage; 5] = [
    Outage::Over(Span::seconds(30)),
    Outage::Frozen,
    Outage::Over(Span::minutes(5)),
    Outage::Over(Span::minutes(26)),
    Outage::PastTheTimer,
];

/// The least time on and off.
const LEAST: Span = Span::minutes(10);

/// A decision that waited for the broker leaves so soon after it is back.
const SOON: Span = Span::seconds(5);

struct Trial {
    night: Night<Device>,
    mosquitto: Mosquitto,
    door: Door,
    /// When the heater was last told to change.
    changed: Time,
}

impl Trial {
    async fn begin() -> Self {
        let mut mosquitto = Mosquitto::stopped(|_| "allow_anonymous true".to_owned());
        let door = Door::before(mosquitto.port).await;
        door.set_open(false);
        let world = World::nowhere(mosquitto.port);
        let device = Device::Plug(Plug::default());
        let mut night = Night::begin(plan(), anonymous(door.port, None), WALL, world, device);
        door.knocked().await;
        night.pass_without_broker(Time::ZERO + Span::hours(1)).await;
        assert!(!night.hand.progress().linked);
        mosquitto.run();
        night.join(World::join(mosquitto.port, None).await);
        door.set_open(true);
        night.linked(true).await;
        night.settle().await;
        night.say("uncramp/bedroom/timer/set", "{\"actuator\":\"heater\",\"works\":true}").await;
        let changed = night.now;
        Self { night, mosquitto, door, changed }
    }

    fn on(&self) -> bool {
        self.night.device.plug().on()
    }

    /// A reading that calls for the heater to be on, or off.
    async fn feels(&mut self, on: bool) {
        let payload = if on { "{\"temperature\":15.9}" } else { "{\"temperature\":19.6}" };
        self.night.say(SENSOR, payload).await;
    }

    /// The heater is changed with everybody there.
    async fn change(&mut self) {
        let at = self.night.now.max(self.changed + LEAST);
        self.night.to(at).await;
        let want = !self.on();
        self.feels(want).await;
        assert_eq!(self.on(), want, "at {:?}", self.night.now);
        self.changed = self.night.now;
    }

    /// The broker goes and returns, and time goes on until the heater has been told; how
    /// long after the open door that was, and how many real milliseconds the daemon took.
    async fn go_through(&mut self, outage: Outage) -> (Span, i64) {
        match outage {
            Outage::Over(_) | Outage::Frozen => {
                if self.night.now > self.changed + Span::minutes(5) {
                    self.change().await;
                }
                self.night.to(self.changed + Span::minutes(5)).await;
                let want = !self.on();
                self.feels(want).await;
                assert_ne!(self.on(), want, "it has not been so for ten minutes");
            }
            Outage::PastTheTimer => {
                if !self.on() {
                    self.change().await;
                }
            }
        }
        let due = self.changed + LEAST;
        match outage {
            Outage::Over(late) => {
                self.lose().await;
                self.night.pass_without_broker(due + late).await;
                self.changed = due;
            }
            Outage::Frozen => {
                self.night.to(due - Span::seconds(1)).await;
                self.mosquitto.signal("STOP");
                self.night.pass_without_broker(due).await;
                self.lose().await;
                self.changed = due;
            }
            Outage::PastTheTimer => {
                self.lose().await;
                let end = self.night.now + Span::minutes(30);
                self.night.pass_without_broker(end).await;
                assert!(!self.on(), "S2: the timer has switched it off");
                self.changed = end;
            }
        }
        self.mosquitto.run();
        self.night.join(World::join(self.mosquitto.port, None).await);
        self.door.set_open(true);
        let (opened, begun) = (self.night.now, uptime());
        let told = self.night.device.plug().commands.len();
        self.night.linked(true).await;
        self.night.settle().await;
        let took = uptime() - begun;
        let patience = opened + SOON * 2;
        while self.night.device.plug().commands.len() == told && self.night.now < patience {
            self.night.to(self.night.now + Span::seconds(1)).await;
        }
        (self.night.now - opened, took)
    }

    async fn lose(&mut self) {
        self.door.set_open(false);
        self.mosquitto.kill();
        self.night.linked(false).await;
        self.door.knocked().await;
    }
}

#[tokio::test]
async fn a_broker_killed_ten_times_loses_no_decision_and_doubles_none() {
    let mut trial = Trial::begin().await;
    // Two kelvins too cold for ten minutes.
    trial.feels(true).await;
    let deep = trial.night.now + LEAST;
    trial.night.to(deep).await;
    assert!(trial.on());
    trial.changed = deep;
    for n in 0..10 {
        let outage = OUTAGES[n % OUTAGES.len()];
        if n == OUTAGES.len() {
            // From here on the other way round.
            trial.change().await;
        }
        let (told, moved) =
            (trial.night.device.plug().commands.len(), trial.night.device.plug().switchings.len());
        let before = trial.night.now;
        let (late, took) = trial.go_through(outage).await;
        let plug = trial.night.device.plug();
        println!(
            "restart {n}: {outage:?}: {} min later the heater is {}; since the last: {} commands, \
             {} switchings; told {} s after the door opened by the stepped clock, linked and \
             settled within {took} real ms",
            trial.night.now.since(before).as_seconds() / 60,
            if plug.on() { "on" } else { "off" },
            plug.commands.len() - told,
            plug.switchings.len() - moved,
            late.as_seconds(),
        );
        assert!(late <= SOON, "{outage:?}: told {} s after the door opened", late.as_seconds());
        trial.assert_right(outage);
    }
    let last = trial.night.device.plug().on();
    trial.night.stop().await;
    println!("stopped while {}", if last { "on" } else { "off" });
    assert!(!trial.on(), "S10: off at the end");
    let moves = &trial.night.device.plug().switchings;
    assert!(moves.windows(2).all(|pair| pair[0].1 != pair[1].1 && pair[0].0 <= pair[1].0));
}

impl Trial {
    /// The relay is where the engine wants it, it moved in that very instant, and was
    /// told no more than once.
    fn assert_right(&self, outage: Outage) {
        let plug = self.night.device.plug();
        let cold = self.night.state["warmth"]["calling"] == true;
        let wanted = self.night.state["actuators"][0]["state"] == "on";
        assert_eq!(plug.on(), wanted, "{outage:?}");
        assert!(cold || !wanted);
        let told_now = plug.commands.iter().filter(|at| **at == self.night.now).count();
        assert_eq!(told_now, 1, "{outage:?}");
        if matches!(outage, Outage::PastTheTimer) {
            assert!(plug.on(), "what the timer ended in our absence is taken up again");
        }
    }
}

#[tokio::test]
async fn a_broker_that_comes_late_is_waited_for() {
    let mut trial = Trial::begin().await;
    trial.feels(true).await;
    let deep = trial.night.now + LEAST;
    trial.night.to(deep).await;
    assert!(trial.on(), "the night begins when the broker is there");
    trial.night.stop().await;
    assert!(!trial.on());
}

//! Everything around the daemon: sensors that speak, devices that obey or do not, and an
//! ear that keeps all that is said.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, QoS};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::bench::{BASELINE, Setup};
use crate::devices::{Ms, Plug, Said, Valve};

/// How often a sensor speaks though nothing changed.
const SPEAKS_EVERY: Ms = 5_000;

/// One message of the daemon or of a device.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) at: Ms,
    pub(crate) topic: String,
    pub(crate) payload: String,
    pub(crate) retained: bool,
}

impl Heard {
    /// As JSON; null if it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.payload).unwrap_or_default()
    }
}

/// What is known of the scene.
#[derive(Debug)]
pub(crate) struct Inner {
    begun: Instant,
    /// The clock, if it is moved from outside.
    stepped: Option<Ms>,
    pub(crate) heard: Vec<Heard>,
    /// The last picture of each bedroom, and when it came.
    pub(crate) views: BTreeMap<String, (Ms, Value)>,
    /// The last word on the daemon's presence, and when it came.
    pub(crate) status: Option<(Ms, String)>,
    pub(crate) plug: Plug,
    pub(crate) valve: Valve,
    /// What each living sensor says again and again.
    sensors: BTreeMap<String, String>,
    spoken: Ms,
    /// The connection stands and its subscriptions are confirmed.
    pub(crate) listening: bool,
}

impl Inner {
    pub(crate) fn now(&self) -> Ms {
        self.stepped
            .unwrap_or_else(|| Ms::try_from(self.begun.elapsed().as_millis()).unwrap_or(Ms::MAX))
    }

    /// What was heard on a topic from an instant on.
    pub(crate) fn since<'a>(
        &'a self,
        from: Ms,
        topic: &'a str,
    ) -> impl Iterator<Item = &'a Heard> + 'a {
        self.heard.iter().filter(move |h| h.at >= from && h.topic == topic && !h.retained)
    }

    /// Something in the last picture of a bedroom.
    pub(crate) fn view(&self, bedroom: &str, pointer: &str) -> Value {
        let view = self.views.get(bedroom);
        view.and_then(|(_, view)| view.pointer(pointer)).cloned().unwrap_or_default()
    }

    /// The kinds of faults in the last picture of a bedroom.
    pub(crate) fn faults(&self, bedroom: &str) -> Vec<String> {
        let faults = self.view(bedroom, "/faults");
        let kinds = faults.as_array().into_iter().flatten();
        kinds.filter_map(|fault| fault["kind"].as_str()).map(str::to_owned).collect()
    }

    fn take(&mut self, topic: &str, payload: &str, retained: bool) -> Vec<Said> {
        let now = self.now();
        let mut said = self.plug.hear(now, topic, payload);
        said.extend(self.valve.hear(now, topic, payload));
        if topic == "home/blanket/set" {
            said.push(("home/blanket".to_owned(), payload.to_owned()));
        }
        if topic == "uncramp/status" {
            self.status = Some((now, payload.to_owned()));
        }
        let bedroom = topic.strip_prefix("uncramp/").and_then(|t| t.strip_suffix("/state"));
        if let Some(bedroom) = bedroom {
            let view = serde_json::from_str(payload).unwrap_or_default();
            self.views.insert(bedroom.to_owned(), (now, view));
        } else {
            let (topic, payload) = (topic.to_owned(), payload.to_owned());
            self.heard.push(Heard { at: now, topic, payload, retained });
        }
        said
    }

    fn due(&mut self) -> Vec<Said> {
        let now = self.now();
        let mut said = self.plug.pass(now);
        if now - self.spoken >= SPEAKS_EVERY {
            self.spoken = now;
            said.extend(self.sensors.clone());
        }
        said
    }
}

/// The scene, and its client of the broker.
pub(crate) struct Scene {
    inner: Arc<Mutex<Inner>>,
    client: AsyncClient,
    /// The rooms' thermometers measure the humidity too.
    humid: bool,
    tasks: [JoinHandle<()>; 2],
}

impl Scene {
    /// Joins the broker at that port, whenever it is there.
    pub(crate) fn join(port: u16, setup: &Setup) -> Self {
        let stepped = setup.stepped;
        let mut options =
            MqttOptions::new(format!("scene-{}", fastrand::u64(..)), "127.0.0.1", port);
        options.set_max_packet_size(4 << 20, 4 << 20);
        options.set_keep_alive(Duration::from_secs(60));
        let (client, events) = AsyncClient::new(options, 10_000);
        let inner = Arc::new(Mutex::new(Inner {
            begun: Instant::now(),
            stepped: stepped.then_some(0),
            heard: Vec::new(),
            views: BTreeMap::new(),
            status: None,
            plug: Plug::new(setup.dialect),
            valve: Valve { set_point: BASELINE, told: Vec::new() },
            sensors: BTreeMap::new(),
            spoken: 0,
            listening: false,
        }));
        let ear = tokio::spawn(listen(events, client.clone(), Arc::clone(&inner)));
        let (spoken, mouth) = (Arc::clone(&inner), client.clone());
        let timers = tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_millis(if stepped { 1000 } else { 20 })).await;
                if !stepped {
                    let said = lock(&spoken).due();
                    tell(&mouth, said);
                }
            }
        });
        Self { inner, client, humid: setup.humid, tasks: [ear, timers] }
    }

    pub(crate) fn look(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }

    pub(crate) fn now(&self) -> Ms {
        self.look().now()
    }

    /// Real milliseconds since the scene began.
    pub(crate) fn real(&self) -> Ms {
        Ms::try_from(self.look().begun.elapsed().as_millis()).unwrap_or(Ms::MAX)
    }

    /// Says something of this moment. What the broker is not there for is lost.
    pub(crate) fn say(&self, topic: &str, payload: &str) {
        let _ = self.client.try_publish(topic, QoS::AtMostOnce, false, payload);
    }

    /// Asks something of the daemon, as Home Assistant does.
    pub(crate) fn ask(&self, topic: &str, payload: &str) {
        let _ = self.client.try_publish(topic, QoS::AtLeastOnce, false, payload);
    }

    /// A sensor says something now, and again and again.
    pub(crate) fn feel(&self, topic: &str, payload: &str) {
        let both = self.humid && matches!(topic, "home/room" | "home/attic");
        let payload =
            if both { format!("{{\"t\":{payload},\"h\":52}}") } else { payload.to_owned() };
        self.look().sensors.insert(topic.to_owned(), payload.clone());
        self.say(topic, &payload);
    }

    /// A sensor falls silent.
    pub(crate) fn silence(&self, topic: &str) {
        self.look().sensors.remove(topic);
    }

    /// Somebody presses the plug's button.
    pub(crate) fn press(&self, on: bool) {
        let said = {
            let mut inner = self.look();
            let now = inner.now();
            inner.plug.press(now, on)
        };
        tell(&self.client, said);
    }

    /// The plug loses power, and comes back switched on.
    pub(crate) fn restart(&self) {
        let said = {
            let mut inner = self.look();
            let now = inner.now();
            inner.plug.restart(now)
        };
        tell(&self.client, said);
    }

    /// The devices say how they are.
    pub(crate) fn report(&self) {
        let said = {
            let inner = self.look();
            [inner.plug.report(), inner.valve.report()].concat()
        };
        tell(&self.client, said);
    }

    /// Moves a stepped clock: timers run out, sensors speak.
    pub(crate) fn step(&self, now: Ms) {
        let said = {
            let mut inner = self.look();
            inner.stepped = Some(now);
            inner.due()
        };
        tell(&self.client, said);
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

fn tell(client: &AsyncClient, said: Vec<Said>) {
    for (topic, payload) in said {
        let _ = client.try_publish(topic, QoS::AtMostOnce, false, payload);
    }
}

/// Hears all that devices are told and the daemon says, on every connection anew.
async fn listen(mut events: EventLoop, client: AsyncClient, inner: Arc<Mutex<Inner>>) {
    let topics = ["uncramp/#", "zigbee2mqtt/#", "cmnd/#", "home/+/set", "hermes/#"];
    let shelly = format!("{}/rpc", crate::devices::SHELLY);
    let mut unanswered = 0;
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::ConnAck(_))) => {
                unanswered = 0;
                for topic in topics.into_iter().chain([shelly.as_str()]) {
                    unanswered += 1;
                    let _ = client.try_subscribe(topic, QoS::AtLeastOnce);
                }
            }
            Ok(Event::Incoming(Packet::SubAck(_))) => {
                unanswered -= 1;
                lock(&inner).listening = unanswered == 0;
            }
            Ok(Event::Incoming(Packet::Publish(publish))) => {
                let payload = String::from_utf8_lossy(&publish.payload);
                let said = lock(&inner).take(&publish.topic, &payload, publish.retain);
                tell(&client, said);
            }
            Ok(_) => {}
            Err(_) => {
                lock(&inner).listening = false;
                // What was meant for the broker before is of no use to the next one.
                events.clean();
                events.pending.clear();
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

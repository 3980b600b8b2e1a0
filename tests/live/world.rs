//! Everything around the daemon: the sensors and devices, as one client of the broker
//! that also hears all that is said; and a door before the broker that can be shut.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use rumqttc::{AsyncClient, Event, EventLoop, MqttOptions, Packet, Publish, QoS};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::mosquitto::PATIENCE;

/// A client of the broker that hears everything.
pub(crate) struct World {
    client: AsyncClient,
    inbox: UnboundedReceiver<Publish>,
    task: JoinHandle<()>,
}

impl World {
    /// Joins the broker, and returns once it hears everything.
    pub(crate) async fn join(port: u16, login: Option<(&str, &str)>) -> Self {
        let name = format!("world-{}", fastrand::u32(..));
        let mut options = MqttOptions::new(name, "127.0.0.1", port);
        options.set_max_packet_size(4 << 20, 4 << 20);
        if let Some((user, password)) = login {
            options.set_credentials(user, password);
        }
        let (client, mut events) = AsyncClient::new(options, 100);
        client.subscribe("#", QoS::AtLeastOnce).await.expect("a place in the queue");
        timeout(PATIENCE, subscribed(&mut events)).await.expect("in time");
        let (sender, inbox) = unbounded_channel();
        let task = tokio::spawn(async move {
            while let Ok(event) = events.poll().await {
                if let Event::Incoming(Packet::Publish(publish)) = event
                    && sender.send(publish).is_err()
                {
                    return;
                }
            }
        });
        Self { client, inbox, task }
    }

    /// A client of a broker that is not there yet.
    pub(crate) fn nowhere(port: u16) -> Self {
        let (client, _) = AsyncClient::new(MqttOptions::new("nobody", "127.0.0.1", port), 1);
        let (_, inbox) = unbounded_channel();
        Self { client, inbox, task: tokio::spawn(async {}) }
    }

    pub(crate) async fn say(&self, topic: &str, payload: impl Into<Vec<u8>>, retain: bool) {
        let said = self.client.publish(topic, QoS::AtMostOnce, retain, payload.into());
        said.await.expect("the broker is there");
    }

    /// The next message of anybody.
    pub(crate) async fn hear(&mut self) -> Publish {
        timeout(PATIENCE, self.inbox.recv()).await.expect("in time").expect("the broker is there")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn subscribed(events: &mut EventLoop) {
    loop {
        match events.poll().await {
            Ok(Event::Incoming(Packet::SubAck(_))) => return,
            Ok(_) => {}
            Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
}

/// Stands between the daemon and the broker.
pub(crate) struct Door {
    pub(crate) port: u16,
    open: Arc<AtomicBool>,
    refused: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Door {
    /// An open door to the broker at that port.
    pub(crate) async fn before(broker: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let (open, refused) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicUsize::new(0)));
        let (is_open, counted) = (Arc::clone(&open), Arc::clone(&refused));
        let task = tokio::spawn(async move {
            loop {
                let Ok((mut inside, _)) = listener.accept().await else { return };
                if !is_open.load(Ordering::Relaxed) {
                    counted.fetch_add(1, Ordering::Relaxed);
                    continue;
                }
                let Ok(mut outside) = TcpStream::connect(("127.0.0.1", broker)).await else {
                    counted.fetch_add(1, Ordering::Relaxed);
                    continue;
                };
                tokio::spawn(async move {
                    // How it ended is seen by both.
                    drop(tokio::io::copy_bidirectional(&mut inside, &mut outside).await);
                });
            }
        });
        Self { port, open, refused, task }
    }

    pub(crate) fn set_open(&self, open: bool) {
        self.open.store(open, Ordering::Relaxed);
    }

    /// Waits until somebody has knocked in vain once more.
    pub(crate) async fn knocked(&self) {
        let before = self.refused.load(Ordering::Relaxed);
        let knock = async {
            while self.refused.load(Ordering::Relaxed) == before {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, knock).await.expect("in time");
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
    }
}

//! The wire between the daemon and the broker, which can be troubled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What becomes of bytes in one direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flow {
    Pass,
    /// They are lost, and nobody is told: the half of an open connection that is dead.
    Swallow,
    /// A few bytes at a time.
    Trickle,
}

#[derive(Debug, Clone, Copy)]
struct Rules {
    to_broker: Flow,
    to_daemon: Flow,
    /// Nobody is let in.
    refuse: bool,
    /// So late is every byte.
    delay: Duration,
    /// Connections that are older end.
    epoch: u64,
    /// They end without a farewell.
    reset: bool,
}

/// A door before the broker.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    rules: watch::Sender<Rules>,
    knocks: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Proxy {
    /// An open door to the broker at that port.
    pub(crate) async fn before(broker: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let (pass, zero) = (Flow::Pass, Duration::ZERO);
        let (rules, seen) = watch::channel(Rules {
            to_broker: pass,
            to_daemon: pass,
            refuse: false,
            delay: zero,
            epoch: 0,
            reset: false,
        });
        let knocks = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&knocks);
        let task = tokio::spawn(async move {
            while let Ok((inside, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                if !seen.borrow().refuse {
                    tokio::spawn(serve(inside, broker, seen.clone()));
                }
            }
        });
        Self { port, rules, knocks, task }
    }

    /// What becomes of bytes from now on.
    pub(crate) fn flow(&self, to_broker: Flow, to_daemon: Flow) {
        self.rules.send_modify(|r| (r.to_broker, r.to_daemon) = (to_broker, to_daemon));
    }

    pub(crate) fn delay(&self, delay: Duration) {
        self.rules.send_modify(|r| r.delay = delay);
    }

    /// Ends every connection, and lets nobody in until [`Proxy::heal`].
    pub(crate) fn shut(&self, reset: bool) {
        self.rules.send_modify(|r| (r.refuse, r.epoch, r.reset) = (true, r.epoch + 1, reset));
    }

    /// Ends every connection; the next one is let in.
    pub(crate) fn cut(&self, reset: bool) {
        self.rules.send_modify(|r| (r.epoch, r.reset) = (r.epoch + 1, reset));
    }

    /// Everything passes again. What lost bytes is ended: no stream goes on without them.
    pub(crate) fn heal(&self) {
        self.rules.send_modify(|r| {
            let lost = r.to_broker == Flow::Swallow || r.to_daemon == Flow::Swallow;
            r.epoch += u64::from(lost);
            (r.to_broker, r.to_daemon, r.refuse) = (Flow::Pass, Flow::Pass, false);
            r.delay = Duration::ZERO;
        });
    }

    /// How often somebody wanted to come in so far.
    pub(crate) fn knocks(&self) -> usize {
        self.knocks.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut inside: TcpStream, broker: u16, seen: watch::Receiver<Rules>) {
    let epoch = seen.borrow().epoch;
    let Ok(mut outside) = TcpStream::connect(("127.0.0.1", broker)).await else { return };
    // Without it small packets wait for each other, which no fault asked for.
    let _ = (inside.set_nodelay(true), outside.set_nodelay(true));
    {
        let (from_daemon, to_daemon) = inside.split();
        let (from_broker, to_broker) = outside.split();
        tokio::select! {
            () = pump(from_daemon, to_broker, seen.clone(), |rules| rules.to_broker) => {}
            () = pump(from_broker, to_daemon, seen.clone(), |rules| rules.to_daemon) => {}
            () = ended(seen.clone(), epoch) => {}
        }
    }
    if seen.borrow().reset {
        let _ = (inside.set_zero_linger(), outside.set_zero_linger());
    }
}

async fn ended(mut seen: watch::Receiver<Rules>, epoch: u64) {
    let _ = seen.wait_for(|rules| rules.epoch != epoch).await;
}

async fn pump(
    mut from: ReadHalf<'_>,
    mut to: WriteHalf<'_>,
    seen: watch::Receiver<Rules>,
    flow: impl Fn(&Rules) -> Flow,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = from.read(&mut buffer).await;
        let rules = *seen.borrow();
        let Ok(count @ 1..) = read else {
            if flow(&rules) == Flow::Swallow {
                // A farewell is lost like everything else.
                std::future::pending::<()>().await;
            }
            return;
        };
        if !rules.delay.is_zero() {
            tokio::time::sleep(rules.delay).await;
        }
        let bytes = &buffer[..count];
        let written = match flow(&rules) {
            Flow::Swallow => Ok(()),
            Flow::Pass => to.write_all(bytes).await,
            Flow::Trickle => trickle(&mut to, bytes).await,
        };
        if written.is_err() {
            return;
        }
    }
}

async fn trickle(to: &mut WriteHalf<'_>, bytes: &[u8]) -> std::io::Result<()> {
    for few in bytes.chunks(40) {
        to.write_all(few).await?;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    Ok(())
}

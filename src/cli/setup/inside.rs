//! The broker inside uncramp, which the set-up runs for whoever has no other one yet.

use std::thread::JoinHandle;

use tokio::sync::oneshot::Sender;

use crate::model::words;
use crate::plan::Language;

/// What is said for it in place of a host.
pub(super) const NAME: &str = "embedded";

/// Whether this uncramp has one.
pub(super) const OFFERED: bool = cfg!(feature = "embedded-broker");

/// It, on a thread of its own, since what is tried at last is run by another one. It ends when
/// dropped.
#[derive(Debug)]
pub(super) struct Inside {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Why there is none.
pub(super) fn left_out(language: Language) -> String {
    words!(
        language,
        "this uncramp was built without a broker inside",
        "dieses uncramp wurde ohne einen Broker gebaut"
    )
}

impl Inside {
    /// Starts it for programs on this machine.
    ///
    /// # Errors
    /// A sentence: the port is taken, or may not be used.
    #[cfg(feature = "embedded-broker")]
    pub(super) async fn start(port: u16, _language: Language) -> Result<Self, String> {
        use crate::daemon::embedded::{Embedded, Settings};

        let address = ([127, 0, 0, 1], port).into();
        let (started, starting) = tokio::sync::oneshot::channel();
        let (end, ended) = tokio::sync::oneshot::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|why| why.to_string())?;
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                match Embedded::start(Settings { address, ..Settings::default() }).await {
                    Ok(broker) => {
                        if started.send(Ok(())).is_ok() {
                            // Dropped is as good as sent.
                            ended.await.ok();
                        }
                        broker.stop().await;
                    }
                    // Who asked for it may have gone.
                    Err(why) => drop(started.send(Err(why))),
                }
            });
        });
        starting.await.unwrap_or_else(|ended| Err(ended.to_string()))?;
        Ok(Self { end: Some(end), thread: Some(thread) })
    }

    #[cfg(not(feature = "embedded-broker"))]
    #[expect(clippy::unused_async, reason = "as with a broker inside")]
    pub(super) async fn start(_port: u16, language: Language) -> Result<Self, String> {
        Err(left_out(language))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // What went wrong in it is its own.
            thread.join().ok();
        }
    }
}

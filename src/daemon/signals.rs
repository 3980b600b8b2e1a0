//! What the operating system asks of us.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::Ask;

/// Passes SIGTERM and SIGINT on as [`Ask::Stop`] and SIGHUP as [`Ask::Reload`].
///
/// # Errors
/// If the signals cannot be listened to.
pub fn listen(asks: mpsc::Sender<Ask>) -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        loop {
            let ask = tokio::select! {
                _ = terminate.recv() => Ask::Stop,
                _ = interrupt.recv() => Ask::Stop,
                _ = hang_up.recv() => Ask::Reload,
            };
            if asks.send(ask).await.is_err() {
                return;
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn signals_become_asks() {
        let (asks, mut receiver) = mpsc::channel(1);
        listen(asks).expect("signals");
        let pid = std::process::id().to_string();
        for (name, stop) in [("HUP", false), ("TERM", true), ("INT", true)] {
            let sent = std::process::Command::new("kill").args(["-s", name, &pid]).status();
            assert!(sent.expect("kill").success());
            let ask = receiver.recv().await.expect("an ask");
            assert_eq!(matches!(ask, Ask::Stop), stop, "{name}: {ask:?}");
        }
    }
}

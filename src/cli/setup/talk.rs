//! Questions and answers, a line each, so that any terminal will do.

use std::io::{self, BufRead as _, Write as _};

use tokio::sync::mpsc;

use super::Stop;
use crate::cli::colour::Paint;
use crate::cli::output;
use crate::model::words;
use crate::plan::Language;

/// Somebody at a terminal, or nobody: then every answer is the one that is proposed.
pub(super) struct Talk {
    lines: Option<mpsc::UnboundedReceiver<String>>,
    paint: Paint,
    language: Language,
}

impl Talk {
    /// With somebody who is asked, or with nobody.
    pub(super) fn new(asked: bool, paint: Paint, language: Language) -> Self {
        Self { lines: asked.then(listen), paint, language }
    }

    /// The language of whoever is asked.
    pub(super) const fn language(&self) -> Language {
        self.language
    }

    /// Whether somebody is asked.
    pub(super) const fn is_asked(&self) -> bool {
        self.lines.is_some()
    }

    #[expect(clippy::unused_self, reason = "what is said is said by somebody")]
    pub(super) fn say(&self, text: &str) {
        output::say(text);
    }

    pub(super) fn heading(&self, text: &str) {
        self.say(&format!("\n{}", self.paint.bold(text)));
    }

    /// What may be overlooked.
    pub(super) fn dim(&self, text: &str) -> String {
        self.paint.dim(text)
    }

    /// Shows where an answer goes, with the one that Enter gives.
    pub(super) fn prompt(&self, question: &str, proposed: &str) -> io::Result<()> {
        if self.is_asked() {
            let proposed =
                if proposed.is_empty() { String::new() } else { format!(" [{proposed}]") };
            write!(io::stdout(), "{question}{}: ", self.paint.good(&proposed))?;
            io::stdout().flush()?;
        }
        Ok(())
    }

    /// The next line that is typed; `None` stands for Enter, and for nobody.
    pub(super) async fn answer(&mut self) -> Result<Option<String>, Stop> {
        let Some(lines) = &mut self.lines else { return Ok(None) };
        let line = lines.recv().await.ok_or(Stop::Left)?;
        let line = line.trim();
        Ok((!line.is_empty()).then(|| line.to_owned()))
    }

    /// Asks until the answer is understood.
    pub(super) async fn ask<T>(
        &mut self,
        question: &str,
        proposed: &str,
        read: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Stop> {
        loop {
            self.prompt(question, proposed)?;
            let line = self.answer().await?;
            match read(line.as_deref().unwrap_or(proposed)) {
                Ok(answer) => return Ok(answer),
                Err(why) if self.is_asked() => self.say(&format!("  {why}")),
                Err(why) => return Err(Stop::Input(why)),
            }
        }
    }

    /// Asks for yes or no; Enter is no.
    pub(super) async fn agree(&mut self, question: &str) -> Result<bool, Stop> {
        let language = self.language;
        let read = |text: &str| yes(text).ok_or_else(|| yes_or_no(language));
        self.ask(&format!("{question} {}", words!(language, "y/n", "j/n")), "n", read).await
    }

    /// Asks for something that is not shown while it is typed.
    pub(super) async fn secret(&mut self, question: &str) -> Result<Option<String>, Stop> {
        let shown = hide();
        self.prompt(question, "")?;
        let answer = self.answer().await;
        drop(shown);
        self.say("");
        answer
    }
}

/// What a yes or a no means, in either language.
pub(super) fn yes(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "y" | "yes" | "j" | "ja" => Some(true),
        "n" | "no" | "nein" => Some(false),
        _ => None,
    }
}

/// Whether somebody goes on without devices, in either language.
pub(super) fn is_without(text: &str) -> bool {
    ["without", "ohne"].contains(&text.to_lowercase().as_str())
}

/// What would be understood.
pub(super) fn yes_or_no(language: Language) -> String {
    words!(language, "y or n", "j oder n")
}

/// Reads the terminal on a thread of its own: it cannot be waited for otherwise.
fn listen() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    lines
}

/// A terminal that shows nothing of what is typed, until this is dropped.
struct Hidden(rustix::termios::Termios);

fn hide() -> Option<Hidden> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let before = tcgetattr(io::stdin()).ok()?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    tcsetattr(io::stdin(), OptionalActions::Now, &hidden).ok()?;
    Some(Hidden(before))
}

impl Drop for Hidden {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if tcsetattr(io::stdin(), OptionalActions::Now, &self.0).is_err() {
            eprintln!("uncramp setup: the terminal still hides what is typed; `stty echo` ends it");
        }
    }
}

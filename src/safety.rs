//! What must never be: interlocks and limits. An interlock can only stop things.

use serde::{Deserialize, Serialize};

use crate::model::Span;

/// Limits of one switched actuator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The least time on before a rule's own release; `None` is off.
    pub min_on: Option<Span>,
    /// The least time off; `None` is off.
    pub min_off: Option<Span>,
    /// S2: how long an "on" holds without renewal; `None` is off, which only a
    /// `radiator` and a `heat_pump` may have.
    pub lease: Option<Span>,
    /// The longest stretch without a rest; 4 h, a blanket 60 min.
    pub stretch: Span,
    /// The rest after such a stretch; 30 min.
    pub rest: Span,
}

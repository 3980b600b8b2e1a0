//! The vocabulary of uncramp and its arithmetic: what every other module speaks.
//!
//! Nothing here decides, reads a clock or touches the outside. Measured values are
//! integers in hundredths, so that they are `Eq`, have no NaN and print the same on
//! every machine; time is monotone milliseconds.

mod dose;
mod heard;
mod hours;
mod language;
mod name;
mod quantity;
mod sleeper;
mod time;
mod zone;

pub use dose::Dose;
pub use heard::{
    ActuatorId, Battery, BedroomId, Echo, Garble, Heard, Item, Measured, Place, Quantity, SensorId,
    Switch, Value,
};
pub use hours::{Hours, Supply};
pub use language::Language;
pub(crate) use language::words;
pub use name::DeviceName;
pub use quantity::{Co2, Humidity, KelvinHours, Kelvins, Millilitres, Temperature, Watts};
pub use sleeper::{Condition, Sex, Sleeper};
pub use time::{Span, Time, Window};
pub use zone::{Wall, Zone};

//! A night that is written as a script is the same night.

use crate::{any, hold, support};
use uncramp::prove::script;

#[test]
fn a_written_night_goes_as_it_is_written() {
    hold(150, any(), |(room, night)| {
        let written = script::written(&room.0, &room.plan(), &night, None);
        let played = support::script::play(&written);
        for (line, (written, played)) in written.lines().zip(played.lines()).enumerate() {
            assert_eq!(written, played, "in line {}", line + 1);
        }
        assert_eq!(written, played);
    });
}

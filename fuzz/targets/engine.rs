//! Any sequence of events, as messages and wishes.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::engine(data));

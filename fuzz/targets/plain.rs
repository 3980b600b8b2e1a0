//! The bytes of `wire::plain`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::PLAIN.decode(data));

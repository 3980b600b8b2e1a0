//! The bytes of `wire::shelly`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::SHELLY.decode(data));

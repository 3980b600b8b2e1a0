//! The bytes of `wire::esphome`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::ESPHOME.decode(data));

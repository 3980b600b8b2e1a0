//! The bytes of `wire::tasmota`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::TASMOTA.decode(data));

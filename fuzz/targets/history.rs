//! Recordings, tables of readings and Home Assistant's downloads.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::history(data));

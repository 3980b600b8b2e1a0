//! The bytes of `wire::theengs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::THEENGS.decode(data));

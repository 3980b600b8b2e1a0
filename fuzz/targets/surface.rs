//! What uncramp may be told on its own topics.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::surface(data));

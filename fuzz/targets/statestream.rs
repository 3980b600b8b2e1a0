//! The bytes of `wire::statestream`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::STATESTREAM.decode(data));

//! The bytes of `wire::home_assistant`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::HOME_ASSISTANT.decode(data));

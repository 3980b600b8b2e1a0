//! Zigbee2MQTT's list of its devices.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::names(data));

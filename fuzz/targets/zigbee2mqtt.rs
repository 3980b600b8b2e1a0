//! The bytes of `wire::zigbee2mqtt`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| uncramp_fuzz::ZIGBEE2MQTT.decode(data));

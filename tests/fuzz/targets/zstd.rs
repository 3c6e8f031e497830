#![no_main]

libfuzzer_sys::fuzz_target!(|octets: &[u8]| tcpflow_audit_fuzz::bodies::zstd(octets));

//! A push service with its browsers (RFC 8030, 8291, 8292), and a UnifiedPush server.

pub mod crypto;

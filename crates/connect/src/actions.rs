//! Actions: what is written to outside tools.

pub mod autotask;

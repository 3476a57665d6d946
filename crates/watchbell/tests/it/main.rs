//! The program as people use it: every test runs the real binary as a process.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod arguments;
mod backup;
mod doctor;
mod people;
mod program;
mod sim;
mod stopping;

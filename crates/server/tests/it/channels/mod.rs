//! Texts, calls and pushes as people get and answer them, through accounts with real signatures, callbacks and errors.

mod answers;
mod bundled;
mod calls;
mod catching_up;
mod devices;
mod failing;
mod forged_calls;
mod forged_presses;
mod late;
mod log;
mod pace;
mod phone_codes;
mod polling;
mod proofs;
mod pushes;
mod refused;
mod replies;
mod signed;
pub mod texts;
mod transient;
mod ways;

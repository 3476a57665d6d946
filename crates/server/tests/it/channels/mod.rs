//! Texts, calls and pushes as people get and answer them, through accounts with real signatures, callbacks and errors.

mod answers;
mod bundled;
mod calls;
mod devices;
mod failing;
mod forged;
mod proofs;
mod pushes;
mod refused;
mod replies;
mod texts;
mod transient;
mod ways;

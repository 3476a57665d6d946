//! Texts, calls and pushes as people get and answer them, through accounts with real signatures, callbacks and errors.

mod calls;
mod failing;
mod forged;
mod proofs;
mod pushes;
mod replies;
mod texts;

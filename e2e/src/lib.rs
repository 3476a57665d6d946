//! End-to-end tests of Watchbell: the real binary, real clients, faults. Here is what they share.

pub mod audit;
pub mod desk;
pub mod gate;
pub mod load;
pub mod pages;
pub mod small_disk;
pub mod stage;
pub mod ways;
pub mod world;

//! The checks, one file each: a pure function from the repository to what it found.

pub mod bans;
pub mod homes;
pub mod layers;
pub mod lengths;
pub mod licences;
pub mod links;
pub mod manifests;
pub mod migrations;
pub mod sources;
pub mod unused;
pub mod unwraps;
pub mod versions;
pub mod words;

use anyhow::Result;

use crate::finding::Finding;
use crate::repository::Repository;

/// A check: what it finds in a repository. An error means that it could not look.
pub type Check = fn(&Repository) -> Result<Vec<Finding>>;

/// All checks, by the name that the command line knows.
pub const ALL: [(&str, Check); 13] = [
    ("layers", layers::check),
    ("manifests", manifests::check),
    ("homes", homes::check),
    ("unwraps", unwraps::check),
    ("words", words::check),
    ("links", links::check),
    ("migrations", migrations::check),
    ("licences", licences::check),
    ("versions", versions::check),
    ("bans", bans::check),
    ("sources", sources::check),
    ("unused", unused::check),
    ("lengths", lengths::check),
];

//! Checks that a person would forget: `cargo xtask check`.

mod checks;
mod finding;
mod packages;
mod policy;
mod repository;
mod source_text;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Result, bail};
use finding::Weight;
use repository::Repository;

const USAGE: &str = "\
cargo xtask check [NAME...]       runs the checks (all, unless named); fails if one finds something
cargo xtask record-migrations     writes down the new migrations: from then on they are never edited
";

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>(), &mut std::io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Runs one command. `false` means that a check found something.
fn run(arguments: &[String], out: &mut impl Write) -> Result<bool> {
    match arguments.split_first() {
        Some((command, names)) if command == "check" => check(&Repository::read()?, names, out),
        Some((command, [])) if command == "record-migrations" => {
            checks::migrations::record(&Repository::read()?, out)?;
            Ok(true)
        }
        _ => bail!("{USAGE}"),
    }
}

fn check(repository: &Repository, names: &[String], out: &mut impl Write) -> Result<bool> {
    if let Some(unknown) = names.iter().find(|name| !checks::ALL.iter().any(|(known, _)| known == name)) {
        bail!("there is no check {unknown}; there are: {}", checks::ALL.map(|(name, _)| name).join(", "));
    }
    let mut passed = true;
    for (name, check) in checks::ALL.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|n| n == name)) {
        let findings = check(repository)?;
        let errors = findings.iter().filter(|finding| finding.weight == Weight::Error).count();
        passed &= errors == 0;
        for finding in &findings {
            writeln!(out, "{finding}")?;
        }
        writeln!(out, "{name:<12} {}", if errors == 0 { "ok".into() } else { format!("{errors} found") })?;
    }
    Ok(passed)
}

//! Migrations: the same steps for both databases, named by time, and never edited once they are recorded.
//!
//! An edited migration would leave installations behind that ran the old text, and refuse to start. The record
//! (`crates/store/migrations/recorded.txt`) holds the SHA-256 of each; `cargo xtask record-migrations` adds the new ones.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Result, ensure};
use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::repository::Repository;

const FOLDER: &str = "crates/store/migrations/";
const RECORD: &str = "crates/store/migrations/recorded.txt";
const DATABASES: [&str; 2] = ["postgres", "sqlite"];

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let migrations = migrations(repository);
    let mut findings = check_record(&read_record(repository), &migrations);
    findings.extend(migrations.keys().filter_map(|path| check_name(path)));
    findings.extend(migrations.keys().filter_map(|path| check_twin(path, &migrations)));
    Ok(findings)
}

/// Adds the migrations that are not in the record. Refuses to write over an edit.
pub fn record(repository: &Repository, out: &mut impl Write) -> Result<()> {
    let mut recorded = read_record(repository);
    for (path, digest) in migrations(repository) {
        let known = recorded.entry(path.clone()).or_insert_with(|| digest.clone());
        ensure!(*known == digest, "{path} was edited after it was recorded: restore it, and add a new migration");
    }
    let lines: String = recorded.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect();
    std::fs::write(repository.root.join(RECORD), lines)?;
    writeln!(out, "{} migrations are recorded", recorded.len())?;
    Ok(())
}

/// Path below the folder -> SHA-256 of the text.
fn migrations(repository: &Repository) -> BTreeMap<String, String> {
    let sql = repository.ending(".sql").filter_map(|(path, text)| Some((path.strip_prefix(FOLDER)?, text)));
    sql.map(|(path, text)| (path.to_owned(), digest(text))).collect()
}

fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn read_record(repository: &Repository) -> BTreeMap<String, String> {
    let text = repository.files.get(RECORD).map_or("", String::as_str);
    text.lines()
        .filter_map(|line| line.split_once("  "))
        .map(|(digest, path)| (path.to_owned(), digest.to_owned()))
        .collect()
}

fn check_record(recorded: &BTreeMap<String, String>, migrations: &BTreeMap<String, String>) -> Vec<Finding> {
    let lost =
        recorded.keys().filter(|path| !migrations.contains_key(*path)).map(|path| (path, "is recorded, but gone"));
    let changed = migrations.iter().filter_map(|(path, digest)| match recorded.get(path) {
        None => Some((path, "is new: `cargo xtask record-migrations` writes it down")),
        Some(known) if known != digest => Some((path, "was edited after it was recorded: add a new migration instead")),
        Some(_) => None,
    });
    lost.chain(changed).map(|(path, why)| Finding::of(&format!("{FOLDER}{path}"), why)).collect()
}

/// `sqlite/20261123091500_what_it_does.sql`: a time is unique across branches, a counter is not.
fn check_name(path: &str) -> Option<Finding> {
    let (database, file) = path.split_once('/').unwrap_or(("", path));
    let (version, words) = file.trim_end_matches(".sql").split_once('_').unwrap_or((file, ""));
    let is_time = version.len() == 14 && version.bytes().all(|byte| byte.is_ascii_digit());
    let good = DATABASES.contains(&database) && is_time && !words.is_empty();
    (!good).then(|| Finding::of(&format!("{FOLDER}{path}"), "is not named {sqlite,postgres}/YYYYMMDDhhmmss_words.sql"))
}

fn check_twin(path: &str, migrations: &BTreeMap<String, String>) -> Option<Finding> {
    let (database, file) = path.split_once('/')?;
    let missing =
        DATABASES.iter().find(|other| **other != database && !migrations.contains_key(&format!("{other}/{file}")))?;
    Some(Finding::of(
        &format!("{FOLDER}{path}"),
        format!("has no twin for {missing}; a step that one of them needs not is a comment"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: &str = "20261123091500_alerts.sql";

    fn findings(files: &[(String, &str)]) -> Vec<String> {
        let files = files.iter().map(|(path, text)| (format!("{FOLDER}{path}"), (*text).to_owned())).collect();
        let found = check(&Repository { files, ..Repository::default() }).expect("migrations");
        found.into_iter().map(|finding| finding.to_string()).collect()
    }

    fn recorded(text: &str) -> String {
        DATABASES.map(|database| format!("{}  {database}/{NAME}\n", digest(text))).concat()
    }

    fn both(text: &str) -> [(String, &str); 2] {
        DATABASES.map(|database| (format!("{database}/{NAME}"), text))
    }

    #[test]
    fn a_recorded_pair_is_good() {
        let [a, b] = both("CREATE");
        assert_eq!(findings(&[a, b, ("recorded.txt".into(), &recorded("CREATE"))]), Vec::<String>::new());
    }

    #[test]
    fn an_edit_is_found() {
        let [a, b] = both("CREATE more");
        assert_eq!(findings(&[a, b, ("recorded.txt".into(), &recorded("CREATE"))]).len(), 2);
    }

    #[test]
    fn a_lost_one_is_found() {
        assert_eq!(findings(&[("recorded.txt".into(), &recorded("CREATE"))]).len(), 2);
    }

    #[test]
    fn a_new_one_must_be_recorded() {
        assert_eq!(findings(&both("CREATE")).len(), 2);
    }

    #[test]
    fn names_and_twins_are_checked() {
        let odd = "sqlite/1_alerts.sql";
        let record = format!("{}  {odd}\n", digest("CREATE"));
        let found = findings(&[(odd.into(), "CREATE"), ("recorded.txt".into(), &record)]);
        assert_eq!(found.len(), 2, "{found:?}");
    }
}

//! Files above 400 lines want to be two things. Only told: one noun is not split to meet a number.

use anyhow::Result;

use crate::finding::Finding;
use crate::repository::Repository;

const LINES_MAX: usize = 400;

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let long = repository
        .ending(".rs")
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_MAX);
    Ok(long.map(|(path, lines)| Finding::note(path, format!("{lines} lines: is it one thing?"))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Weight;

    #[test]
    fn a_long_file_is_told() {
        let files = [("short.rs", 400), ("long.rs", 401)].map(|(path, lines)| (path.to_owned(), "x\n".repeat(lines)));
        let findings = check(&Repository { files: files.into(), ..Repository::default() }).expect("lengths");
        assert_eq!(
            findings.iter().map(|f| (f.path.as_str(), f.weight)).collect::<Vec<_>>(),
            [("long.rs", Weight::Note)]
        );
    }
}

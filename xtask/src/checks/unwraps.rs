//! `unwrap` and `expect` are allowed in tests only: the attribute that allows them must stand in test code.

use anyhow::Result;

use crate::finding::Finding;
use crate::repository::Repository;
use crate::source_text::code_of;

/// Packages that are tests themselves.
const TEST_PACKAGES: [&str; 2] = ["crates/testkit/", "e2e/"];

/// Product code that ends the program on purpose: without the system's randomness there are no secrets.
const ENDS_THE_PROGRAM: [&str; 1] = ["crates/server/src/ids.rs"];

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let sources = repository.ending(".rs").filter(|(path, _)| !is_test_file(path) && !ENDS_THE_PROGRAM.contains(path));
    Ok(sources.flat_map(|(path, text)| check_source(path, text)).collect())
}

/// A file that is not in the product, by its place or its name (`alert_tests.rs`, `alert/tests.rs`).
fn is_test_file(path: &str) -> bool {
    let lies_in = ["/tests/", "/examples/"].iter().any(|folder| path.contains(folder));
    lies_in || path.ends_with("tests.rs") || TEST_PACKAGES.iter().any(|folder| path.starts_with(folder))
}

fn check_source(path: &str, text: &str) -> Vec<Finding> {
    let begins_tests =
        |line: &str| ["#[cfg(test)]", "#![cfg(test)]"].iter().any(|cfg| line.trim_start().starts_with(cfg));
    let product = text.lines().take_while(|line| !begins_tests(line));
    let allows = |code: &str| ["unwrap_used", "expect_used"].iter().any(|lint| code.contains(lint));
    let found = product.map(code_of).enumerate().filter(|(_, code)| code.contains("#") && allows(code));
    found
        .map(|(line, _)| {
            Finding::at(path, line + 1, "product code has no unwrap and no expect: handle it, or return it")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        let files = [(path.to_owned(), text.to_owned())];
        check(&Repository { files: files.into(), ..Repository::default() }).expect("sources").len()
    }

    #[test]
    fn only_test_code_may_allow_it() {
        let allow = "#![allow(clippy::unwrap_used)]";
        assert_eq!(findings("crates/core/src/alert.rs", allow), 1);
        assert_eq!(findings("crates/core/src/alert.rs", &format!("#[cfg(test)]\nmod tests {{\n{allow}")), 0);
        assert_eq!(findings("crates/ui/src/contrast.rs", &format!("#![cfg(test)]\n{allow}")), 0);
        assert_eq!(findings("crates/core/src/alert_tests.rs", allow), 0);
        assert_eq!(findings("crates/store/tests/it/main.rs", allow), 0);
        assert_eq!(findings("crates/ui/examples/gallery/main.rs", allow), 0);
        assert_eq!(findings("crates/testkit/src/app.rs", allow), 0);
        assert_eq!(findings("bench/src/main.rs", "#[expect(clippy::expect_used)]"), 1);
    }
}

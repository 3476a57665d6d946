//! Every dependency may be handed out under a licence that `deny.toml` allows.

use anyhow::Result;
use spdx::{Expression, LicenseReq, ParseMode};

use crate::finding::Finding;
use crate::packages::Package;
use crate::repository::Repository;

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let allowed = &repository.policy.licences;
    Ok(repository.packages.iter().filter_map(|package| check_package(package, allowed)).collect())
}

fn check_package(package: &Package, allowed: &[String]) -> Option<Finding> {
    let why = match package.license.as_deref().map(parse) {
        None => "names no licence".to_owned(),
        Some(Err(error)) => format!("has a licence that cannot be read: {}", error.reason),
        Some(Ok(expression)) if expression.evaluate(|wanted| is_allowed(wanted, allowed)) => return None,
        Some(Ok(expression)) => format!("is under {expression}, which deny.toml does not allow"),
    };
    Some(Finding::of("Cargo.lock", format!("{} {why}", package.full_name())))
}

/// Older manifests write `MIT/Apache-2.0` for "one of both".
fn parse(text: &str) -> Result<Expression, spdx::error::ParseError> {
    let lax = ParseMode { allow_slash_as_or_operator: true, ..ParseMode::STRICT };
    Expression::parse_mode(text, lax)
}

fn is_allowed(wanted: &LicenseReq, allowed: &[String]) -> bool {
    allowed.contains(&wanted.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(license: Option<&str>) -> bool {
        let allowed = ["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "ISC"].map(String::from);
        check_package(&Package { license: license.map(String::from), ..Package::default() }, &allowed).is_none()
    }

    #[test]
    fn expressions_are_read_as_the_standard_says() {
        let cases = [
            ("MIT", true),
            ("MIT/GPL-3.0-only", true),
            ("MIT OR GPL-3.0-only", true),
            ("MIT AND GPL-3.0-only", false),
            ("(MIT OR GPL-3.0-only) AND ISC", true),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("MIT WITH LLVM-exception", false),
            ("AGPL-3.0-only", false),
            ("no such licence", false),
        ];
        for (license, expected) in cases {
            assert_eq!(passes(Some(license)), expected, "{license}");
        }
        assert!(!passes(None));
    }
}

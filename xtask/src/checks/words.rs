//! Words that must not be in the repository: paths of one machine, hosts of package registries, marks of unfinished work.

use anyhow::Result;

use crate::finding::Finding;
use crate::repository::Repository;

/// A word, and why it must not be there. Written in halves, so that this file does not name them.
const WORDS: [(&str, &str, &str); 10] = [
    ("/ho", "me/", MACHINE),
    ("/ro", "ot/", MACHINE),
    ("/Us", "ers/", MACHINE),
    ("registry.np", "mjs.org", REGISTRY),
    ("index.crates", ".io", REGISTRY),
    ("static.crates", ".io", REGISTRY),
    ("pypi.", "org/simple", REGISTRY),
    ("files.python", "hosted.org", REGISTRY),
    ("TO", "DO", UNFINISHED),
    ("FIX", "ME", UNFINISHED),
];

const MACHINE: &str = "a path of one machine";
const REGISTRY: &str = "the host of a package registry: leave it to the client's own setting";
const UNFINISHED: &str = "unfinished: do it, or describe it where work is planned";

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    let mut words: Vec<_> = WORDS.iter().map(|(start, end, why)| (format!("{start}{end}"), *why)).collect();
    if let Some(root) = repository.root.to_str().filter(|root| root.len() > 1) {
        words.push((format!("{root}/"), MACHINE));
    }
    let texts = repository.files.iter().filter(|(path, _)| !path.ends_with(".lock") && *path != "LICENSE");
    Ok(texts.flat_map(|(path, text)| check_text(path, text, &words)).collect())
}

fn check_text(path: &str, text: &str, words: &[(String, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, content) in text.lines().enumerate() {
        let found = words.iter().filter(|(word, _)| stands_alone(content, word));
        findings.extend(found.map(|(word, why)| Finding::at(path, line + 1, format!("`{word}`: {why}"))));
        if path.ends_with(".rs") && content.trim_start().starts_with(concat!("#[ig", "nore")) {
            findings.push(Finding::at(path, line + 1, "an ignored test tests nothing"));
        }
    }
    findings
}

/// Not as a part of a longer word or of a longer path.
fn stands_alone(line: &str, word: &str) -> bool {
    let is_path_or_word = |c: char| c.is_alphanumeric() || "_-.~}".contains(c);
    let continues = |c: char| c.is_alphanumeric() && !word.ends_with('/');
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_path_or_word) && !after.is_some_and(continues)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(path: &str, text: &str) -> usize {
        let files = [(path.to_owned(), text.to_owned())];
        check(&Repository { root: "/srv/checkout".into(), files: files.into(), ..Repository::default() })
            .expect("words")
            .len()
    }

    #[test]
    fn words_of_one_machine_and_unfinished_work_are_found() {
        let cases = [
            ("a.md", format!("see {}ann/x", "/ho\u{6d}e/"), 1),
            ("a.md", format!("https://example.org{}", "/ho\u{6d}e/"), 0),
            ("a.sh", "cd /srv/checkout/crates".to_owned(), 1),
            ("a.rs", format!("// {}: later", "TO\u{44}O"), 1),
            ("a.rs", format!("let {}_LIST = 1;", "MASTO\u{44}ON"), 0),
            ("package-lock.json", format!("https://{}/x", "registry.np\u{6d}js.org"), 1),
            ("Cargo.lock", format!("https://{}/x", "index.crates\u{2e}io"), 0),
            ("a.rs", format!("    #[{}]", "ig\u{6e}ore"), 1),
            ("a.md", "nothing".to_owned(), 0),
        ];
        for (path, text, expected) in cases {
            assert_eq!(findings(path, &text), expected, "{path}: {text}");
        }
    }
}

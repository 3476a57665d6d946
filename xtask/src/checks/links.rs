//! Links between the pages of the documentation lead somewhere: the file is there, and so is its heading.

use anyhow::Result;

use crate::finding::Finding;
use crate::repository::Repository;

/// See the module.
pub fn check(repository: &Repository) -> Result<Vec<Finding>> {
    Ok(repository.ending(".md").flat_map(|(path, text)| check_page(repository, path, text)).collect())
}

fn check_page(repository: &Repository, path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (line, content) in prose(text) {
        for target in targets(content) {
            let why = broken(repository, path, target);
            findings.extend(why.map(|why| Finding::at(path, line, format!("link {target}: {why}"))));
        }
    }
    findings
}

/// The lines outside code blocks, numbered from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(line, content)| {
        let fence = content.trim_start().starts_with("```");
        in_code ^= fence;
        (!fence && !in_code).then_some((line + 1, content))
    })
}

/// What stands in `](..)`, without a title.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| rest.split(')').next()?.split_whitespace().next())
}

/// Why a link leads nowhere; links to other sites are not followed.
fn broken(repository: &Repository, page: &str, target: &str) -> Option<&'static str> {
    if target.contains("://") || target.starts_with("mailto:") {
        return None;
    }
    let (file, heading) = target.split_once('#').map_or((target, None), |(file, heading)| (file, Some(heading)));
    let file = if file.is_empty() { page.to_owned() } else { resolve(page, file) };
    let exists = repository
        .paths
        .iter()
        .any(|path| *path == file || path.starts_with(&format!("{}/", file.trim_end_matches('/'))));
    if !exists {
        return Some("there is no such file");
    }
    let text = repository.files.get(&file).filter(|_| file.ends_with(".md"))?;
    let found = heading.is_none_or(|wanted| prose(text).any(|(_, line)| anchor(line).as_deref() == Some(wanted)));
    (!found).then_some("the page has no such heading")
}

/// A path relative to a page, as a path of the repository.
fn resolve(page: &str, file: &str) -> String {
    let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut parts: Vec<&str> = if file.starts_with('/') { Vec::new() } else { folder.split('/').collect() };
    for part in file.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            name => parts.push(name),
        }
    }
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

/// The anchor of a heading as the usual forges make it: lower case, no punctuation, `-` for each space.
fn anchor(line: &str) -> Option<String> {
    let title = line.strip_prefix('#')?.trim_start_matches('#').strip_prefix(' ')?;
    let kept = title.trim().chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    Some(kept.map(|c| if c == ' ' { '-' } else { c }).flat_map(char::to_lowercase).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(page: &str) -> Vec<String> {
        let files = [("docs/a.md", page), ("docs/b.md", "# Two words, and more"), ("LICENSE", "text")];
        let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
        let paths = files.iter().map(|(path, _)| path.clone()).chain(["docs/img/x.png".to_owned()]).collect();
        let repository = Repository { files: files.into(), paths, ..Repository::default() };
        check(&repository).expect("links").into_iter().map(|finding| finding.text).collect()
    }

    #[test]
    fn good_links_have_no_findings() {
        for link in [
            "b.md",
            "./b.md#two-words-and-more",
            "../LICENSE",
            "/LICENSE",
            "img/x.png",
            "img/",
            "https://example.org/x",
            "#here",
        ] {
            assert_eq!(findings(&format!("# Here\n[x]({link})")), Vec::<String>::new(), "{link}");
        }
    }

    #[test]
    fn links_that_lead_nowhere_are_found() {
        for link in ["c.md", "../b.md", "b.md#three", "#there"] {
            assert_eq!(findings(&format!("# Here\n[x]({link})")).len(), 1, "{link}");
        }
    }

    #[test]
    fn code_blocks_are_not_prose() {
        assert!(findings("```\n[x](nowhere.md)\n```").is_empty());
    }
}

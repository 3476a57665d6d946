//! A letter as plain text.

use crate::channels::letter::Letter;

/// The text part of a mail, lines ending in `\n`.
pub(super) fn render(letter: &Letter) -> String {
    let mut blocks = vec![letter.title.clone(), letter.lead.clone(), quoted(&letter.details)];
    blocks.push(aligned(&letter.facts));
    blocks.push(listed(letter));
    let actions: Vec<_> = letter
        .actions
        .iter()
        .map(|action| format!("{}:\n{}", action.verb.words(letter.language), action.url))
        .collect();
    blocks.push(actions.join("\n\n"));
    let links: Vec<_> = letter.links.iter().map(|(label, url)| format!("{label}:\n{url}")).collect();
    blocks.push(links.join("\n\n"));
    blocks.push(letter.answering.to_owned());
    if !letter.footer.is_empty() {
        // "-- " begins what mail programs leave out of an answer (RFC 3676).
        blocks.push(format!("-- \n{}", letter.footer));
    }
    let mut text = blocks.into_iter().filter(|block| !block.is_empty()).collect::<Vec<_>>().join("\n\n");
    text.push('\n');
    text
}

/// Marked line by line as somebody else's words: a source cannot write a block that looks like our links.
fn quoted(details: &str) -> String {
    details.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

fn aligned(facts: &[(&'static str, String)]) -> String {
    let width = facts.iter().map(|(label, _)| label.chars().count()).max().unwrap_or_default();
    facts.iter().map(|(label, value)| format!("{label:width$}  {value}")).collect::<Vec<_>>().join("\n")
}

fn listed(letter: &Letter) -> String {
    let lines = letter.listed.iter().map(|(text, url)| match url {
        Some(url) => format!("- {text}\n  {url}"),
        None => format!("- {text}"),
    });
    lines.chain(letter.more.clone()).collect::<Vec<_>>().join("\n")
}

//! What somebody wrote above the mail that they answer: every mail program marks it in its own way.

/// Lines that are looked at.
const LINES_MAX: usize = 5_000;
/// How many lines an attribution may be broken into: "On Monday .. / Watchbell <..> / wrote:".
const ATTRIBUTION_LINES: usize = 4;

/// The text above what is quoted; where nothing stands above it, the text below. Our own links never get through: they would act
/// for whoever reads the comment.
pub(super) fn above(text: &str) -> String {
    let lines: Vec<&str> = text.lines().take(LINES_MAX).collect();
    let end = (0..lines.len()).find(|at| begins_quote(&lines, *at)).unwrap_or(lines.len());
    let above = clean(&lines[..end]);
    if !above.is_empty() {
        return above;
    }
    // Some people write below. That is seen only where the quote is marked line by line.
    match lines.iter().rposition(|line| line.trim_start().starts_with('>')) {
        Some(last) => clean(&lines[last + 1..]),
        None => above,
    }
}

fn clean(lines: &[&str]) -> String {
    let kept: Vec<&str> = lines.iter().copied().filter(|line| !is_link_of_ours(line)).map(str::trim_end).collect();
    kept.join("\n").trim_matches(['\n', '\u{feff}', '\u{200b}']).trim().to_owned()
}

/// A line with a signed link: `https://bell.example.com/l/<token>/accept`.
fn is_link_of_ours(line: &str) -> bool {
    let Some((_, rest)) = line.split_once("://") else { return false };
    let Some((_, token)) = rest.split_once("/l/") else { return false };
    token.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count() >= 32
}

fn begins_quote(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    line.starts_with('>')
        || is_rule(line)
        || is_original_mark(line)
        || is_attribution(lines, at)
        || is_header_block(lines, at)
}

/// Outlook on the web draws a line of underscores.
fn is_rule(line: &str) -> bool {
    line.len() >= 10 && line.bytes().all(|byte| byte == b'_')
}

/// "-----Original Message-----" in the languages that we speak.
fn is_original_mark(line: &str) -> bool {
    let inner = line.trim_matches(['-', ' ', '*']).to_lowercase();
    let marks = [
        "original message",
        "original appointment",
        "forwarded message",
        "ursprüngliche nachricht",
        "originalnachricht",
        "originalmail",
        "weitergeleitete nachricht",
        "original-nachricht",
        "ursprüngliche e-mail",
    ];
    line.starts_with('-') && marks.contains(&inner.as_str())
}

/// "On .. wrote:", "Am .. schrieb ..:", and in other languages a line that ends in an address and a colon.
fn is_attribution(lines: &[&str], at: usize) -> bool {
    let first = lines[at].trim();
    let begins = |words: &[&str]| words.iter().any(|word| first.starts_with(word));
    if first.ends_with(">:") && first.contains('@') {
        return true;
    }
    if !begins(&["On ", "Am ", "Le ", "El "]) {
        return false;
    }
    let mut joined = String::new();
    for line in lines[at..].iter().take(ATTRIBUTION_LINES) {
        if line.trim().is_empty() || joined.len() > 1_000 {
            return false;
        }
        joined.push_str(line.trim());
        joined.push(' ');
        let said = joined.trim_end();
        if said.ends_with(':')
            && [" wrote:", " schrieb", " a écrit", " escribió"].iter().any(|word| said.contains(word))
        {
            return true;
        }
    }
    false
}

/// Outlook repeats the headers of the mail: "From: .. / Sent: .. / To: .. / Subject: ..", in bold in some versions.
fn is_header_block(lines: &[&str], at: usize) -> bool {
    let starts = |line: &str, names: &[&str]| {
        let bare = line.trim().trim_start_matches('*');
        names.iter().any(|name| {
            bare.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name))
                && bare[name.len()..].trim_start_matches('*').trim_start().starts_with(':')
        })
    };
    let others = ["Sent", "Gesendet", "Date", "Datum", "To", "An", "Subject", "Betreff"];
    starts(lines[at], &["From", "Von"]) && lines[at + 1..].iter().take(4).any(|line| starts(line, &others))
}

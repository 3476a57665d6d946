//! What the words of a person mean. Exact forms only: a sentence in which "accept" or "all" occurs is no command.

use super::words::{Word, begins_signature, is_polite};
use super::{Reply, Said, Verb, Which};
use crate::limits;
use crate::text;

/// How much of a text is looked at, in bytes; commands are short.
const READ_BYTES_MAX: usize = 4_096;

/// Tokens of a line that are looked at: the longest command has four, its signature begins within four more.
const TOKENS_MAX: usize = 8;

/// The longest command: "please accept alert 42".
const FORM_MAX: usize = 4;

/// What a mail says, above what it quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailWords {
    /// What is meant.
    pub said: Said,
    /// What was written below a command: a comment of its own.
    pub comment: Option<String>,
}

/// What a short message means: its first line is the command. A command without a number counts only where nothing else is
/// said, because "ok" begins many sentences.
pub fn read(text: &str) -> Said {
    match command(head(text)) {
        Some((said, rest)) if is_sure(&said) || is_nothing(rest) => said,
        _ => Said::Unknown,
    }
}

/// What a mail means. What is no command is a comment; so is what stands below one, but for the signature.
pub fn read_mail(written: &str) -> MailWords {
    let comment = |raw: &str| {
        let kept = without_signature(raw);
        let kept = kept.trim();
        (!kept.is_empty()).then(|| text::cut(kept, limits::COMMENT_CHARS_MAX))
    };
    match command(head(written)) {
        // Below a command a line is left free, or nothing follows: "ok" and "but not before five" are one sentence.
        Some((said, rest)) if is_sure(&said) || is_nothing(rest) || begins_free(rest) => {
            let rest = written.get(written.len() - behind(written, rest)..).unwrap_or_default();
            MailWords { said, comment: comment(rest) }
        }
        _ => MailWords { said: comment(written).map_or(Said::Unknown, Said::Comment), comment: None },
    }
}

/// How many bytes of the whole text stand behind the command, given what stands behind it in the part that was looked at.
fn behind(written: &str, rest: &str) -> usize {
    written.len() - head(written).len() + rest.len()
}

/// The part of a text that is looked at.
fn head(text: &str) -> &str {
    let mut end = text.len().min(READ_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Whether words leave no doubt: they name a number.
fn is_sure(said: &Said) -> bool {
    matches!(said, Said::Reply(Reply { which: Which::Code(_) | Which::Alert(_), .. }))
}

fn begins_free(rest: &str) -> bool {
    rest.lines().next().is_some_and(|line| line.trim().is_empty())
}

/// Whether only a signature is left.
fn is_nothing(rest: &str) -> bool {
    without_signature(rest).trim().is_empty()
}

/// The lines before a signature.
fn without_signature(raw: &str) -> String {
    let lines = raw.lines().take_while(|line| !is_signature(line));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_signature(line: &str) -> bool {
    let line = line.trim();
    if matches!(line, "--" | "—" | "__") || line.starts_with("-- ") {
        return true;
    }
    let folded = fold(head(line));
    begins_signature(&tokens(&folded))
}

/// The command in the first line that holds something, and what stands behind that line.
fn command(text: &str) -> Option<(Said, &str)> {
    let mut rest = text;
    while !rest.is_empty() {
        let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        if !line.trim().is_empty() {
            return Some((read_line(line)?, behind));
        }
        rest = behind;
    }
    None
}

fn read_line(line: &str) -> Option<Said> {
    // Whoever asks does not tell.
    if line.contains('?') && line.trim() != "?" {
        return None;
    }
    if line.trim() == "?" {
        return Some(Said::Help);
    }
    let folded = fold(line);
    let all = tokens(&folded);
    let all = if all.first().is_some_and(|word| matches!(*word, "please" | "bitte")) { &all[1..] } else { &all[..] };
    let longest = all.len().min(FORM_MAX);
    (1..=longest).rev().find_map(|len| {
        let (form, tail) = all.split_at(len);
        let said = read_form(form)?;
        may_follow(form, tail).then_some(said)
    })
}

/// Whether what follows a command in its line changes nothing. Nothing at all may follow "ok": "ok thanks" answers an answer.
fn may_follow(form: &[&str], tail: &[&str]) -> bool {
    let after_polite = tail.iter().position(|word| !is_polite(word)).unwrap_or(tail.len());
    let is_bare_ok = matches!(form, [word] if Word::of(word) == Some(Word::Ok));
    let polite_is_fine = after_polite == 0 || !is_bare_ok;
    let tail = &tail[after_polite..];
    polite_is_fine && (tail.is_empty() || begins_signature(tail))
}

/// One part of a command.
#[derive(Clone, Copy)]
enum Part {
    Word(Word),
    Number(i64),
}

fn read_form(form: &[&str]) -> Option<Said> {
    let mut parts = [None; FORM_MAX];
    for (place, token) in parts.iter_mut().zip(form) {
        *place = Some(part(token)?);
    }
    use Part::{Number, Word as Says};
    let reply = |verb: Verb, which: Option<Which>| which.map(|which| Said::Reply(Reply { verb, which }));
    match parts {
        [Some(Says(word)), None, ..] => alone(word),
        [Some(Number(n)), Some(Says(word)), None, _] | [Some(Says(word)), Some(Number(n)), None, _] => {
            numbered(word, n)
        }
        [Some(Says(Word::Verb(verb))), Some(Says(Word::Filler)), Some(Number(n)), None] => reply(verb, alert(n)),
        [Some(Says(Word::Stop)), Some(Says(Word::All)), None, _] => Some(Said::Stop),
        [Some(Says(Word::All)), Some(Says(Word::Letter(verb) | Word::Verb(verb))), None, _]
        | [Some(Says(Word::Letter(verb) | Word::Verb(verb))), Some(Says(Word::All)), None, _] => {
            reply(verb, Some(Which::All))
        }
        _ => None,
    }
}

fn alone(word: Word) -> Option<Said> {
    let latest = |verb| Some(Said::Reply(Reply { verb, which: Which::Latest }));
    match word {
        Word::Letter(verb) | Word::Verb(verb) => latest(verb),
        Word::Ok => latest(Verb::Accept),
        Word::Stop => Some(Said::Stop),
        Word::Start => Some(Said::Start),
        Word::Help => Some(Said::Help),
        Word::Twice(_) | Word::All | Word::Filler => None,
    }
}

/// A letter with a number is a reply code, a word with a number the number of the alert.
fn numbered(word: Word, number: i64) -> Option<Said> {
    let (verb, which) = match word {
        Word::Letter(verb) => (verb, code(number).map(Which::Code)),
        Word::Twice(verb) => (verb, code(number).map(Which::Code)),
        Word::Verb(verb) => (verb, alert(number)),
        Word::Ok => (Verb::Accept, alert(number)),
        Word::All | Word::Filler | Word::Stop | Word::Start | Word::Help => return None,
    };
    which.map(|which| Said::Reply(Reply { verb, which }))
}

fn code(number: i64) -> Option<u32> {
    u32::try_from(number).ok().filter(|code| *code > 0)
}

fn alert(number: i64) -> Option<Which> {
    (number > 0).then_some(Which::Alert(number))
}

fn part(token: &str) -> Option<Part> {
    if token.starts_with(|c: char| c.is_ascii_digit()) {
        return token.parse().ok().map(Part::Number);
    }
    Word::of(token).map(Part::Word)
}

/// Runs of letters and runs of digits; everything else only parts them.
fn tokens(folded: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = folded;
    while found.len() < TOKENS_MAX {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        let Some(first) = rest.chars().next() else { break };
        let is_digit = first.is_ascii_digit();
        let end = rest.find(|c: char| !c.is_alphanumeric() || c.is_ascii_digit() != is_digit).unwrap_or(rest.len());
        let (token, behind) = rest.split_at(end);
        found.push(token);
        rest = behind;
    }
    found
}

/// Lower case, with umlauts written out, also where they come as a letter and a combining diaeresis.
fn fold(line: &str) -> String {
    let mut folded = String::with_capacity(line.len());
    for c in line.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => folded.push_str("ae"),
            'ö' => folded.push_str("oe"),
            'ü' => folded.push_str("ue"),
            'ß' => folded.push_str("ss"),
            '\u{308}' => folded.push('e'),
            _ => folded.push(c),
        }
    }
    folded
}

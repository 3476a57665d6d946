//! A message in the tags that Telegram reads: <https://core.telegram.org/bots/api#html-style>.
//!
//! Outside text is escaped, so that it makes no tags. Telegram also makes links by itself, of addresses, names and commands that it
//! finds in plain text; not inside `code` and `pre`, where outside text stands that could become one.

use crate::channels::{
    letter::{Letter, Mood},
    limits::{TELEGRAM_TEXT_UNITS_MAX, TITLE_CHARS_MAX},
    text::{line, paragraph},
};

use super::keyboard::is_public;

/// Shorter details say nothing.
const DETAILS_UNITS_MIN: usize = 40;

/// The text with its tags, at most 4,096 UTF-16 units without them.
pub(super) fn html(letter: &Letter) -> String {
    let mut written = Written::default();
    let title = line(&letter.title, TITLE_CHARS_MAX);
    written.push_line(&title, &format!("{}{}", sign(letter.mood), heading(&title)));
    written.push_line(&letter.lead, &outside(&letter.lead));
    // Where the organization words it itself, what it says stands for the facts.
    let facts = if letter.own_words { &[] } else { letter.facts.as_slice() };
    written.push_block(
        facts.iter().map(|(label, value)| (format!("{label}: {value}"), format!("{label}: {}", outside(value)))),
    );
    let listed = letter.listed.iter().map(|(text, _)| (format!("- {text}"), format!("- {}", outside(text))));
    written.push_block(listed.chain(letter.more.iter().map(|more| (more.clone(), escape(more)))));
    // Our own addresses that cannot be buttons.
    let links = letter.links.iter().filter(|(_, url)| !is_public(url));
    written.push_block(links.map(|(label, url)| (format!("{label}: {url}"), format!("{label}: {}", escape(url)))));
    written.push_details(&letter.details);
    written.html
}

/// A text that grows until it is full; what does not fit any more is left out.
#[derive(Default)]
struct Written {
    html: String,
    /// Length without tags, in UTF-16 units.
    units: usize,
}

impl Written {
    /// A line: as it is read, and as it is written.
    fn push_line(&mut self, shown: &str, html: &str) {
        // The sign before a title, and a line break.
        let units = units(shown) + 4;
        if !shown.is_empty() && self.units + units <= TELEGRAM_TEXT_UNITS_MAX {
            self.html.push_str(if self.html.is_empty() { "" } else { "\n" });
            self.html.push_str(html);
            self.units += units;
        }
    }

    /// Lines with an empty one before them.
    fn push_block(&mut self, lines: impl Iterator<Item = (String, String)>) {
        for (nth, (shown, html)) in lines.enumerate() {
            if nth == 0 {
                self.html.push('\n');
                self.units += 1;
            }
            self.push_line(&shown, &html);
        }
    }

    /// The source's own lines take the room that is left.
    fn push_details(&mut self, details: &str) {
        let room = TELEGRAM_TEXT_UNITS_MAX.saturating_sub(self.units + 8);
        if details.is_empty() || room < DETAILS_UNITS_MIN {
            return;
        }
        // A character is one or two units.
        let fitting = if units(details) <= room { details.to_owned() } else { paragraph(details, room / 2) };
        self.html.push_str(&format!("\n\n<pre>{}</pre>", escape(&fitting)));
        self.units += units(&fitting) + 2;
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

fn sign(mood: Mood) -> &'static str {
    match mood {
        Mood::Pages => "🚨 ",
        Mood::Quiet => "🔔 ",
        Mood::Accepted => "👀 ",
        Mood::Resolved => "✅ ",
        Mood::Escalated => "🔺 ",
        Mood::Test => "🧪 ",
        Mood::Warning => "⚠ ",
        Mood::Plain => "",
    }
}

fn heading(title: &str) -> String {
    if may_become_a_link(title) { outside(title) } else { format!("<b>{}</b>", escape(title)) }
}

/// Outside text that makes neither tags nor links.
fn outside(text: &str) -> String {
    if may_become_a_link(text) { format!("<code>{}</code>", escape(text)) } else { escape(text) }
}

/// The three characters that Telegram wants escaped.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Whether Telegram may make a link of it: an address, a host name, a mention, a tag or a command. Rather too often than not.
fn may_become_a_link(text: &str) -> bool {
    text.contains("://") || text.split_whitespace().any(is_linkable)
}

fn is_linkable(word: &str) -> bool {
    let has_letter = word.chars().any(char::is_alphabetic);
    let marked = word.contains('@') || (has_letter && word.contains(['#', '$']));
    let is_address = word.matches('.').count() >= 3;
    marked || has_command(word) || is_address || has_host(word)
}

/// `/word`, not `a/b`.
fn has_command(word: &str) -> bool {
    let mut before = (None, None);
    word.chars().any(|c| {
        let begins = before.1 == Some('/') && !before.0.is_some_and(char::is_alphanumeric);
        before = (before.1, Some(c));
        begins && c.is_alphanumeric()
    })
}

/// A dot with a letter or digit before it and a letter behind: `host.name`. Other scripts have dots of their own.
fn has_host(word: &str) -> bool {
    let characters: Vec<char> = word.chars().collect();
    characters.windows(3).any(|three| {
        three[0].is_alphanumeric() && matches!(three[1], '.' | '。' | '．' | '｡') && three[2].is_alphabetic()
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// Text outside of tags, and text inside of `code` and `pre`; panics on a tag that is not ours.
    fn read(html: &str) -> (String, String) {
        let (mut plain, mut inside, mut is_inside) = (String::new(), String::new(), false);
        let mut rest = html;
        while let Some((text, tail)) = rest.split_once('<') {
            if is_inside {
                inside.push_str(text)
            } else {
                plain.push_str(text)
            }
            let (tag, tail) = tail.split_once('>').unwrap();
            match tag {
                "code" | "pre" if !is_inside => is_inside = true,
                "/code" | "/pre" if is_inside => is_inside = false,
                "b" | "/b" if !is_inside => {}
                other => panic!("<{other}> in {html}"),
            }
            plain.push(' ');
            rest = tail;
        }
        plain.push_str(rest);
        let unescape = |text: String| text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
        (unescape(plain), unescape(inside))
    }

    fn letter(text: &str) -> Letter {
        Letter {
            title: line(text, 200),
            lead: line(text, 300),
            details: paragraph(text, 8_000),
            facts: vec![("Customer", line(text, 300)), ("Ticket", "T20260101.0001".into())],
            listed: vec![(line(text, 300), None)],
            mood: Mood::Pages,
            ..Letter::default()
        }
    }

    #[test]
    fn what_telegram_would_make_a_link_of_stands_in_code() {
        for link in [
            "https://evil.example",
            "see evil.example now",
            "a@b",
            "@everyone",
            "#urgent",
            "/stop",
            "(/stop)",
            "10.0.0.5",
            "tg://resolve?domain=x",
            "www.x",
            "пример.рф",
            "x。y",
            "$USD",
        ] {
            assert!(may_become_a_link(link), "{link}");
        }
        for plain in [
            "Contoso: Disk full on SRV-01 [T20260101.0001]",
            "a/b",
            "1.5 GB",
            "End. Next",
            "alert #42",
            "50 $",
            "",
            "12:30",
        ] {
            assert!(!may_become_a_link(plain), "{plain}");
        }
    }

    #[test]
    fn a_page_reads_customer_first() {
        let html = html(&letter("Contoso: 1 < 2 & more"));
        assert!(html.starts_with("🚨 <b>Contoso: 1 &lt; 2 &amp; more</b>\n"), "{html}");
        assert!(html.ends_with("<pre>Contoso: 1 &lt; 2 &amp; more</pre>"), "{html}");
    }

    #[test]
    fn addresses_of_ours_that_cannot_be_buttons_are_written_out() {
        let links = vec![
            ("Open the alert", "http://10.0.0.5/alerts/42".to_owned()),
            ("Ticket", "https://x.example.com/1".into()),
        ];
        let html = html(&Letter { links, ..letter("x") });
        assert!(
            html.contains("Open the alert: http://10.0.0.5/alerts/42") && !html.contains("x.example.com"),
            "{html}"
        );
    }

    #[test]
    fn the_longest_message_fits() {
        for unit in ["ä", "🔥 ", "<&>", "x.y "] {
            let mut long = letter(&unit.repeat(9_000));
            long.facts = vec![("Fact", line(&unit.repeat(500), 300)); 30];
            for long in [long, letter(&unit.repeat(9_000))] {
                let (plain, inside) = read(&html(&long));
                assert!(units(&plain) + units(&inside) <= TELEGRAM_TEXT_UNITS_MAX, "{unit}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn outside_text_makes_neither_tags_nor_links(text in "(?s)([a-z<>&./@#:\" ]|\\PC|\n){0,300}") {
            let (plain, _) = read(&html(&letter(&text)));
            let ours = ["Customer:", "Ticket:"];
            let words = plain.split_whitespace().filter(|word| !ours.contains(word));
            for word in words {
                proptest::prop_assert!(!is_linkable(word) && !word.contains("://"), "{} in {}", word, plain);
            }
        }

        #[test]
        fn the_details_are_read_as_they_were_written(text in "[a-zA-Z<>&;\"]{1,200}") {
            let (_, inside) = read(&html(&letter(&text)));
            proptest::prop_assert!(inside.ends_with(&text));
        }
    }
}

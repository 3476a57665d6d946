//! Outside text as it can be heard: no links, no numbers of tickets, no signs that a voice would spell.

use crate::channels::text::line;

/// Digits in a row from which on a number is one of a telephone.
const PHONE_DIGITS_MIN: usize = 5;
/// What makes a voice pause where it ends a word.
const PAUSES: [char; 4] = [',', ';', ':', '.'];

/// A text for a voice, cut after a word to about so many characters.
pub(super) fn spoken(raw: &str, chars_max: usize) -> String {
    let words = raw.split_whitespace().filter(|word| !is_link(word) && !is_ticket_number(word));
    let heard: Vec<String> = words.map(audible).collect();
    let heard = line(&heard.join(" "), 4 * chars_max);
    after_a_word(heard.trim_matches([' ', ',', ';', ':', '-', '.']), chars_max)
}

/// Every letter and digit by itself: `482` is `4, 8, 2`.
pub(super) fn digits(raw: &str) -> String {
    let heard: Vec<String> = raw.chars().filter(char::is_ascii_alphanumeric).take(20).map(String::from).collect();
    heard.join(", ")
}

/// A text whose telephone numbers are read digit by digit: `Erika, +49 30 1234` is `Erika, plus 4, 9, 3, 0, 1, 2, 3, 4`.
pub(super) fn numbers_by_digit(raw: &str, plus: &str, chars_max: usize) -> String {
    let mut heard: Vec<String> = Vec::new();
    let mut number = String::new();
    for word in line(raw, chars_max).split(' ') {
        let (core, comma) = match word.strip_suffix([',', ';']) {
            Some(core) => (core, true),
            None => (word, false),
        };
        match is_number_part(core) {
            true => number.push_str(core),
            false => {
                heard.extend(read_number(&number, plus));
                number.clear();
                heard.push(with_its_pause(word, chars_max));
            }
        }
        if comma {
            heard.extend(read_number(&number, plus));
            number.clear();
        }
    }
    heard.extend(read_number(&number, plus));
    heard.retain(|part| !part.is_empty());
    heard.join(" ").trim_end_matches(PAUSES).to_owned()
}

/// A word, and the sign after it that makes a voice pause.
fn with_its_pause(word: &str, chars_max: usize) -> String {
    let mut heard = spoken(word, chars_max);
    if !heard.is_empty() {
        heard.extend(word.chars().last().filter(|last| PAUSES.contains(last)));
    }
    heard
}

fn read_number(number: &str, plus: &str) -> Option<String> {
    let only: String = number.chars().filter(char::is_ascii_digit).collect();
    match only.len() {
        0 => None,
        short if short < PHONE_DIGITS_MIN => Some(only),
        _ if number.starts_with('+') => Some(format!("{plus} {}", each(&only))),
        _ => Some(each(&only)),
    }
}

fn each(digits: &str) -> String {
    digits.chars().map(String::from).collect::<Vec<_>>().join(", ")
}

fn is_number_part(word: &str) -> bool {
    let allowed = |c: char| c.is_ascii_digit() || matches!(c, '+' | '(' | ')' | '/' | '-' | '.');
    word.chars().any(|c| c.is_ascii_digit()) && word.chars().all(allowed)
}

fn is_link(word: &str) -> bool {
    word.contains("://") || word.to_lowercase().starts_with("www.")
}

/// Autotask's: `T20260101.0001`.
fn is_ticket_number(word: &str) -> bool {
    let core = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let Some((day, nth)) = core.strip_prefix(['T', 't']).and_then(|rest| rest.split_once('.')) else { return false };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    day.len() == 8 && are_digits(day) && are_digits(nth)
}

/// Letters (with their marks), digits, and the signs that a voice understands; everything else is a space.
fn audible(word: &str) -> String {
    let heard = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '\u{300}'..='\u{36f}')
            || matches!(
                c,
                '.' | ',' | ':' | ';' | '!' | '?' | '%' | '\'' | '’' | '-' | '/' | '+' | '&' | '€' | '$' | '°'
            )
    };
    word.chars().map(|c| if heard(c) { c } else { ' ' }).collect()
}

fn after_a_word(text: &str, chars_max: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(chars_max) else { return text.to_owned() };
    let kept = &text[..end];
    let kept = kept.rsplit_once(' ').map_or(kept, |(whole, _)| whole);
    kept.trim_end_matches([' ', ',', ';', ':', '-', '.']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_voice_would_spell_is_left_out() {
        for (raw, expected) in [
            ("Disk full on SRV-01 [T20260101.0001] https://rmm.example/x?y=1", "Disk full on SRV-01"),
            ("CPU > 95 % ***CRITICAL*** (host_3)", "CPU 95 % CRITICAL host 3"),
            ("Zu\u{308}rich: Größe 3,5 °C", "Zu\u{308}rich: Größe 3,5 °C"),
            ("🔥 Feuer\n\u{202e}\u{7}", "Feuer"),
            ("---", ""),
        ] {
            assert_eq!(spoken(raw, 200), expected, "{raw}");
        }
        assert_eq!(spoken("one two three", 9), "one two");
        assert_eq!(spoken(&"x".repeat(50), 10), "x".repeat(10));
    }

    #[test]
    fn a_number_is_read_digit_by_digit() {
        for (raw, expected) in [
            ("Erika Muster, +49 30 12-34", "Erika Muster, plus 4, 9, 3, 0, 1, 2, 3, 4"),
            ("(030) 1234 (office)", "0, 3, 0, 1, 2, 3, 4 office"),
            ("Room 12, 01234", "Room 12 0, 1, 2, 3, 4"),
            ("Erika", "Erika"),
            ("Disk full. Erika: -. 01234.", "Disk full. Erika: 0, 1, 2, 3, 4"),
        ] {
            assert_eq!(numbers_by_digit(raw, "plus", 160), expected, "{raw}");
        }
        assert_eq!(digits("482-913"), "4, 8, 2, 9, 1, 3");
    }
}

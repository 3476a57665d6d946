#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use super::*;
use crate::channels::samples::{all, code, notice, page, summary, test, update};
use crate::channels::{AlertChange, Message};

const ALL: Manner = Manner { answers: true, links: true, any_character: true };
const BARE: Manner = Manner { answers: true, links: false, any_character: true };
const HINT: &str = "Reply 42a to accept, 42r to resolve, 42e to escalate";

fn page_text(summary: &str, manner: Manner) -> String {
    text(&Message::Page(page(summary, "en")), manner)
}

#[test]
fn the_customer_comes_first_the_problem_second_the_number_last() {
    assert_eq!(
        page_text("Disk full", ALL),
        format!("Contoso: Disk full (T20260101.0001)\nhttps://w.example/alerts/42\n{HINT}")
    );
    assert_eq!(
        text(&Message::Page(page("Contoso: Platte voll", "de")), BARE),
        "Contoso: Platte voll (T20260101.0001)\nAntwort 42a: annehmen, 42r: erledigt, 42e: eskalieren"
    );
    let mut bare = page("", "en");
    (bare.alert.customer, bare.alert.ticket_number, bare.reply_code) = (None, None, None);
    assert_eq!(text(&Message::Page(bare), BARE), "Alert #42");
}

/// The case SMS-14.
#[test]
fn a_summary_says_how_many_and_is_accepted_at_once() {
    let found = text(&summary("en"), ALL);
    assert!(
        found.starts_with("Monitoring: 4 alerts. Contoso: Disk full (T20260101.0001); Contoso: CPU hot"),
        "{found}"
    );
    assert!(found.ends_with("\nReply 100aa to accept all"), "{found}");
    assert!(text(&summary("de"), ALL).ends_with("\nAntwort 100aa: alle annehmen"));
}

#[test]
fn every_other_message_is_said_shortly() {
    for (message, expected) in [
        (
            update(AlertChange::Accepted { by: "Ben".into() }, "en"),
            "Accepted by Ben: Contoso: Disk full (T20260101.0001)",
        ),
        (
            update(AlertChange::Resolved { by: None, reason: None }, "de"),
            "Erledigt: Contoso: Disk full (T20260101.0001)",
        ),
        (test("en"), "Watchbell test, asked for by Ann: a page arrives like this. Nothing is wrong."),
        (
            code("en"),
            "482913 is your Watchbell code. Type it into Watchbell to confirm this number. If you did not ask for it, ignore it.",
        ),
        (notice("en"), "Watchbell: Autotask refused us. The secret is wrong. Enter a new one."),
    ] {
        assert_eq!(text(&message, BARE), expected);
    }
}

/// The case SMS-13.
#[test]
fn countries_that_carry_no_answers_or_links_get_none() {
    let link = Message::Page(page("See https://x.example/1 now", "en"));
    for (number, answers, links) in [
        ("+4915112345678", true, true),
        ("+14155552671", true, true),
        ("+919812345678", false, true),
        ("+8613812345678", false, false),
        ("+84912345678", false, true),
    ] {
        let found = text(&link, Manner::to(number, true));
        assert_eq!(found.contains("Reply"), answers, "{number}: {found}");
        assert_eq!(found.contains("https://"), links, "{number}: {found}");
    }
    assert!(!text(&link, Manner::to("+4915112345678", false)).contains("Reply"), "nobody hears it");
    assert!(text(&link, Manner::to("+8613812345678", true)).starts_with("Contoso: See (link) now"));
}

#[test]
fn a_text_is_measured_as_the_networks_do() {
    for (text, encoding, segments) in [
        (String::new(), Encoding::Gsm7, 0),
        ("a".repeat(160), Encoding::Gsm7, 1),
        ("a".repeat(161), Encoding::Gsm7, 2),
        ("a".repeat(306), Encoding::Gsm7, 2),
        ("a".repeat(307), Encoding::Gsm7, 3),
        ("€".repeat(80), Encoding::Gsm7, 1),
        ("€".repeat(81), Encoding::Gsm7, 2),
        // 153 places do not hold 76.5 characters of two: each segment takes 76.
        ("€".repeat(152), Encoding::Gsm7, 2),
        ("€".repeat(153), Encoding::Gsm7, 3),
        ("я".repeat(70), Encoding::Ucs2, 1),
        ("я".repeat(71), Encoding::Ucs2, 2),
        ("я".repeat(134), Encoding::Ucs2, 2),
        ("я".repeat(135), Encoding::Ucs2, 3),
        ("😀".repeat(35), Encoding::Ucs2, 1),
        ("😀".repeat(66), Encoding::Ucs2, 2),
        ("😀".repeat(67), Encoding::Ucs2, 3),
    ] {
        assert_eq!(size(&text), Size { encoding, segments }, "{} of {text}", text.chars().count());
    }
}

#[test]
fn look_alikes_keep_a_text_in_the_small_alphabet() {
    let found = page_text("“Disk” – 95 % · it’s full…", BARE);
    assert!(found.starts_with("Contoso: \"Disk\" - 95 % - it's full... (T20260101.0001)"), "{found}");
    assert_eq!(size(&found), Size { encoding: Encoding::Gsm7, segments: 1 });
    let found = page_text("“Диск” – full", BARE);
    assert!(found.starts_with("Contoso: “Диск” – full"), "they stay where they spare nothing: {found}");
}

#[test]
fn emoji_and_right_to_left_text_survive() {
    for summary in ["👩‍👩‍👧 🇩🇪 down", "القرص ممتلئ", "הדיסק מלא", "磁盘已满"] {
        assert!(page_text(summary, BARE).contains(summary));
    }
}

#[test]
fn a_gateway_of_the_small_alphabet_gets_nothing_else() {
    let found = page_text("Señor Łukasz: Žluť 👩‍👩‍👧 磁", Manner { any_character: false, ..BARE });
    assert!(found.starts_with("Contoso: Señor Lukasz: Zlut ? ? (T"), "{found}");
    assert_eq!(size(&found).encoding, Encoding::Gsm7);
}

#[test]
fn a_long_text_is_cut_in_its_middle_and_never_in_its_hint() {
    for (letter, room) in [("x", 150), ("ж", 30), ("👩‍👩‍👧", 3)] {
        let found = page_text(&letter.repeat(300), ALL);
        assert!(found.ends_with(&format!(" (T20260101.0001)\n{HINT}")), "{found}");
        assert!(found.matches(letter).count() >= room, "{found}");
        assert_eq!(size(&found).segments, 2, "{found}");
    }
    let mut wide = page("x", "en");
    wide.alert.customer = Some("👩‍👩‍👧".repeat(60));
    let found = text(&Message::Page(wide), ALL);
    assert!(found.ends_with(HINT) && size(&found).segments <= 2, "{found}");
}

#[test]
fn a_messenger_gets_one_text_with_room() {
    let message = Message::Page(page(&"x".repeat(150), "en"));
    assert!(chat(&message, true, true).ends_with(&format!("\nhttps://w.example/alerts/42\n{HINT}")));
    assert!(!chat(&message, true, false).contains('\n'));
    assert!(!chat(&message, false, true).contains("Reply"));
}

#[test]
fn senders_are_numbers_short_codes_or_names() {
    for good in ["+4930123456", "12345", "Watchbell", "Acme IT 24"] {
        assert!(is_sender(good), "{good}");
    }
    for bad in ["", "4930123456789", "+0301234567", "+49", "Far too long name", "A\nB", "é"] {
        assert!(!is_sender(bad), "{bad}");
    }
    assert!(hears("+4930123456") && hears("12345") && !hears("Watchbell"));
}

proptest! {
    #[test]
    fn whatever_comes_from_outside_keeps_to_its_place(
        summary in "(?s).{0,300}", customer in "(?s).{0,60}", number in "(?s).{0,40}", language in "en|de", any_character: bool,
    ) {
        let mut page = page(&summary, &language);
        (page.alert.customer, page.alert.ticket_number) = (Some(customer), Some(number));
        let found = text(&Message::Page(page), Manner { any_character, ..BARE });
        prop_assert_eq!(found.lines().count(), 2, "a problem and a hint: {}", found);
        prop_assert!(!found.contains(|c: char| c.is_control() && c != '\n'));
        let hint = found.lines().last().unwrap();
        prop_assert!(hint.starts_with("Reply 42a") || hint.starts_with("Antwort 42a"));
        prop_assert!((1..=2).contains(&size(&found).segments));
        prop_assert!(any_character || size(&found).encoding == Encoding::Gsm7);
    }

    #[test]
    fn no_shape_is_divided(summary in "(👩‍👩‍👧|🇩🇪|e\u{301}|नि|x){0,200}") {
        let found = page_text(&summary, BARE);
        let shapes: Vec<_> = summary.graphemes(true).collect();
        let middle = found.trim_start_matches("Contoso: ").split(" (T").next().unwrap();
        let kept: Vec<_> = middle.trim_end_matches('…').graphemes(true).collect();
        prop_assume!(!summary.is_empty());
        // The words around may not join with what is kept.
        prop_assert_eq!(&shapes[..kept.len().min(shapes.len())], &kept[..], "{}", found);
    }

    #[test]
    fn every_message_fits(summary in "(?s).{0,400}", language in "en|de") {
        for message in all(&summary, &language) {
            prop_assert!(size(&text(&message, ALL)).segments <= 2);
            prop_assert!(chat(&message, true, true).chars().count() <= CHAT_CHARS_MAX);
        }
    }
}

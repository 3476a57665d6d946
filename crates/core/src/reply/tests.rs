//! Replies as tables; the ids are those of the recorded cases of two-way text messages.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::alert::Status;
use crate::ids::AlertId;
use crate::language::Language;
use proptest::prelude::*;

fn say(verb: Verb, which: Which) -> Said {
    Said::Reply(Reply { verb, which })
}

fn accept(which: Which) -> Said {
    say(Verb::Accept, which)
}

fn resolve(which: Which) -> Said {
    say(Verb::Resolve, which)
}

fn escalate(which: Which) -> Said {
    say(Verb::Escalate, which)
}

#[test]
fn words_of_people_mean_what_they_say() {
    use Which::{Alert, All, Code, Latest};
    for (case, text, expected) in [
        ("SMS-01", "ack198", accept(Alert(198))),
        ("SMS-02", "close 1", resolve(Alert(1))),
        ("SMS-04", "a", accept(Latest)),
        ("SMS-08", "1a", accept(Code(1))),
        ("SMS-08", "'1c'", resolve(Code(1))),
        ("SMS-08", "1 a", accept(Code(1))),
        ("SMS-08", "close 4", resolve(Alert(4))),
        ("SMS-11", "stop", Said::Stop),
        ("SMS-11", "start", Said::Start),
        ("SMS-14", "100aa", accept(Code(100))),
        ("SMS-14", "100rr", resolve(Code(100))),
        ("SMS-16", "Yes", Said::Start),
        ("SMS-16", "unstop", Said::Start),
        ("", "42A", accept(Code(42))),
        ("", "  42 a. ", accept(Code(42))),
        ("", "„42a“", accept(Code(42))),
        ("", "\"42r\"", resolve(Code(42))),
        ("", "42e!", escalate(Code(42))),
        ("", "a42", accept(Code(42))),
        ("", "042a", accept(Code(42))),
        ("", "ACK 42", accept(Alert(42))),
        ("", "accept #42", accept(Alert(42))),
        ("", "accept alert 42", accept(Alert(42))),
        ("", "please accept 42 thanks", accept(Alert(42))),
        ("", "42 accept", accept(Alert(42))),
        ("", "resolve 42", resolve(Alert(42))),
        ("", "escalate 42", escalate(Alert(42))),
        ("", "Ok", accept(Latest)),
        ("", "ok 42", accept(Alert(42))),
        ("", "r", resolve(Latest)),
        ("", "e", escalate(Latest)),
        ("", "accept all", accept(All)),
        ("", "all a", accept(All)),
        ("", "ALL ACK", accept(All)),
        ("", "resolve all", resolve(All)),
        ("", "annehmen", accept(Latest)),
        ("", "annehmen 42", accept(Alert(42))),
        ("", "Erledigt", resolve(Latest)),
        ("", "gelöst 42", resolve(Alert(42))),
        ("", "gelo\u{308}st 42", resolve(Alert(42))),
        ("", "GELÖST", resolve(Latest)),
        ("", "eskalieren", escalate(Latest)),
        ("", "alle annehmen", accept(All)),
        ("", "bitte annehmen", accept(Latest)),
        ("", "stop all", Said::Stop),
        ("", "STOPALL", Said::Stop),
        ("", "stopp", Said::Stop),
        ("", "abmelden", Said::Stop),
        ("", "anmelden", Said::Start),
        ("", "Hilfe", Said::Help),
        ("", "?", Said::Help),
        ("", "42a\nSent from my phone", accept(Code(42))),
        ("", "42a Sent from my phone", accept(Code(42))),
        ("", "42a\nI am on the train", accept(Code(42))),
        ("", "accept\n\n-- \nAnn Example", accept(Latest)),
        ("", "accept\nVon meinem iPhone gesendet", accept(Latest)),
        ("", "accept thanks", accept(Latest)),
    ] {
        assert_eq!(read(text), expected, "{case} {text:?}");
    }
}

#[test]
fn a_sentence_is_no_command() {
    for text in [
        "",
        " \n ",
        "I am on call all day",
        "all day",
        "a day off",
        "all",
        "all ok",
        "ok all",
        "ok thanks",
        "ok\nbut not before five",
        "accept\nnothing of this",
        "accept?",
        "42a?",
        "42",
        "a 42 b",
        "1 2 a",
        "4.2a",
        "0a",
        "accept 0",
        "99999999999a",
        "accept 99999999999999999999",
        "end of shift",
        "cancel my shift",
        "stop calling me",
        "help me with 42",
        "yes I am here",
        "please",
        "close the door",
        "who can accept 42",
        "aa",
        "accept resolve",
        "accept 42 43",
    ] {
        assert_eq!(read(text), Said::Unknown, "{text:?}");
    }
}

#[test]
fn a_mail_is_a_command_a_comment_or_both() {
    let comment = |text: &str| Said::Comment(text.to_owned());
    for (text, said, below) in [
        ("accept", accept(Which::Latest), None),
        ("\n\n accept \n", accept(Which::Latest), None),
        ("accept\n\nI restart it now.", accept(Which::Latest), Some("I restart it now.")),
        ("accept\n\nMit freundlichen Grüßen\nAnn", accept(Which::Latest), None),
        ("resolve 42\nthe disk is empty", resolve(Which::Alert(42)), Some("the disk is empty")),
        ("ok\nbut not before five", comment("ok\nbut not before five"), None),
        ("I am on call all day.", comment("I am on call all day."), None),
        ("The disk is full again.\n-- \nAnn", comment("The disk is full again."), None),
        ("", Said::Unknown, None),
        ("-- \nAnn", Said::Unknown, None),
    ] {
        assert_eq!(read_mail(text), MailWords { said, comment: below.map(Into::into) }, "{text:?}");
    }
}

fn told(id: i64, code: u32, status: Status, accepted_by_me: bool) -> Candidate {
    Candidate { id: AlertId(id), code: Some(code), status, accepted_by_me }
}

fn chosen(of: &[Candidate], text: &str) -> Chosen {
    match read(text) {
        Said::Reply(reply) => choose(of, reply),
        other => panic!("{text:?} is {other:?}"),
    }
}

fn act(ids: &[i64]) -> Chosen {
    Chosen::Act(ids.iter().copied().map(AlertId).collect())
}

#[test]
fn sms_08_codes_are_short_and_used_again() {
    use Status::{Accepted, Pending, Resolved};
    let mut all = vec![told(1, 1, Pending, false)];
    assert_eq!(chosen(&all, "1a"), act(&[1]));
    all = vec![told(1, 1, Accepted, true), told(2, 2, Pending, false)];
    let already = Chosen::Nothing(NotChosen::AlreadyAccepted { alert: AlertId(1), by_me: true });
    assert_eq!(chosen(&all, "1a"), already);
    assert_eq!(chosen(&all, "'1c'"), act(&[1]));
    assert_eq!(next_code(&BTreeSet::from([2])), 1, "the code of what is resolved is free again");
    all = vec![told(1, 1, Resolved, true), told(2, 2, Pending, false), told(3, 1, Pending, false)];
    assert_eq!(chosen(&all, "1 a"), act(&[3]), "the code belongs to what is open");
    assert_eq!(next_code(&BTreeSet::from([1, 2])), 3);
    all = vec![told(2, 2, Pending, false), told(3, 1, Accepted, true), told(4, 3, Pending, false)];
    assert_eq!(chosen(&all, "close 4"), act(&[4]));
}

#[test]
fn sms_14_a_summary_is_answered_as_a_whole() {
    use Status::{Pending, Resolved};
    let all: Vec<Candidate> =
        [1, 2, 3].map(|id| told(id, 100, Pending, false)).into_iter().chain([told(4, 100, Resolved, false)]).collect();
    assert_eq!(chosen(&all, "100aa"), act(&[1, 2, 3]));
    assert_eq!(chosen(&all, "100a"), act(&[1, 2, 3]));
    assert_eq!(chosen(&all, "100rr"), act(&[1, 2, 3]));
}

#[test]
fn a_reply_that_fits_nothing_changes_nothing_and_says_why() {
    use Status::{Accepted, Pending, Resolved};
    let two = [told(7, 1, Pending, false), told(8, 2, Pending, false)];
    let accepted = [told(7, 1, Accepted, false)];
    let resolved = [told(7, 1, Resolved, true)];
    let nothing = |why| Chosen::Nothing(why);
    for (of, text, expected) in [
        (&two[..], "3a", nothing(NotChosen::NoSuchCode { code: 3 })),
        (&two[..], "a", nothing(NotChosen::SeveralOpen { codes: vec![1, 2] })),
        (&two[..], "accept 9", nothing(NotChosen::NotYours { alert: 9 })),
        (&two[..], "all a", act(&[7, 8])),
        (&two[..1], "a", act(&[7])),
        (&accepted[..], "a", nothing(NotChosen::AlreadyAccepted { alert: AlertId(7), by_me: false })),
        (&accepted[..], "r", act(&[7])),
        (&resolved[..], "1r", nothing(NotChosen::AlreadyResolved { alert: AlertId(7) })),
        (&resolved[..], "a", nothing(NotChosen::AlreadyResolved { alert: AlertId(7) })),
        (&[], "accept all", nothing(NotChosen::NothingOpen)),
        (&[], "e", nothing(NotChosen::NothingOpen)),
    ] {
        assert_eq!(chosen(of, text), expected, "{text:?} of {of:?}");
    }
}

#[test]
fn the_smallest_free_code_is_given() {
    for (taken, expected) in
        [(&[][..], 1), (&[1], 2), (&[2], 1), (&[1, 2, 4], 3), (&[0, 1], 2), (&[5, 6], 1), (&[1, 2, 3], 4)]
    {
        assert_eq!(next_code(&taken.iter().copied().collect()), expected, "{taken:?}");
    }
}

#[test]
fn answers_say_what_was_done_in_both_languages() {
    let done = Answer::Done { verb: Verb::Accept, alert: AlertId(42), headline: "Contoso: disk full".into() };
    assert_eq!(answer(Language::English, &done), "Accepted #42: Contoso: disk full");
    assert_eq!(answer(Language::German, &done), "Angenommen #42: Contoso: disk full");
    let all = Answer::DoneAll { verb: Verb::Accept, count: 4 };
    assert_eq!(answer(Language::German, &all), "Alle 4 Alarme angenommen.");
}

#[test]
fn every_answer_fits_one_message() {
    let why = [
        NotChosen::NoSuchCode { code: u32::MAX },
        NotChosen::SeveralOpen { codes: (0..100).map(|n| u32::MAX - n).collect() },
        NotChosen::SeveralOpen { codes: Vec::new() },
        NotChosen::NotYours { alert: i64::MAX },
        NotChosen::AlreadyAccepted { alert: AlertId(i64::MAX), by_me: true },
        NotChosen::AlreadyAccepted { alert: AlertId(i64::MAX), by_me: false },
        NotChosen::AlreadyResolved { alert: AlertId(i64::MAX) },
        NotChosen::NothingOpen,
    ];
    let verbs = [Verb::Accept, Verb::Resolve, Verb::Escalate];
    let mut all: Vec<Answer> = why.into_iter().map(Answer::Nothing).collect();
    all.extend(verbs.map(|verb| Answer::Done {
        verb,
        alert: AlertId(i64::MAX),
        headline: "Ölstand [€] 😀 ".repeat(40),
    }));
    all.extend(verbs.map(|verb| Answer::DoneAll { verb, count: usize::MAX }));
    all.extend([
        Answer::Stopped,
        Answer::Started,
        Answer::Help { code: Some(u32::MAX) },
        Answer::Unknown { code: None },
    ]);
    for one in &all {
        for language in Language::ALL {
            let words = answer(*language, one);
            assert!(words.chars().count() <= answer::ANSWER_CHARS_MAX && !words.is_empty(), "{words}");
        }
    }
}

proptest! {
    #[test]
    fn any_text_is_read(text in "\\PC*", lines in proptest::collection::vec("[ 0-9aceräöo'\\n?-]{0,12}", 0..8)) {
        for text in [text, lines.join("\n")] {
            let _ = read(&text);
            let mail = read_mail(&text);
            if let Said::Comment(comment) = mail.said {
                prop_assert!(!comment.trim().is_empty());
            }
        }
    }

    #[test]
    fn a_long_text_is_read_as_fast_as_its_beginning(times in 1_000..200_000_usize) {
        prop_assert_eq!(read(&"accept ".repeat(times)), Said::Unknown);
        prop_assert_eq!(read(&"ä".repeat(times)), Said::Unknown);
    }

    #[test]
    fn a_code_that_is_given_is_free(taken in proptest::collection::btree_set(0..50_u32, 0..40)) {
        let code = next_code(&taken);
        prop_assert!(code > 0 && !taken.contains(&code));
        prop_assert!((1..code).all(|smaller| taken.contains(&smaller)));
    }

    #[test]
    fn what_is_chosen_was_told_and_takes_the_verb(
        told in proptest::collection::vec((1..9_i64, 1..4_u32, 0..3_usize, any::<bool>()), 0..8),
        which in prop_oneof![(1..5_u32).prop_map(Which::Code), (1..9_i64).prop_map(Which::Alert), Just(Which::Latest), Just(Which::All)],
    ) {
        let of: Vec<Candidate> = told.iter().map(|(id, code, status, mine)| super::tests::told(*id, *code, Status::ALL[*status], *mine)).collect();
        for verb in [Verb::Accept, Verb::Resolve, Verb::Escalate] {
            if let Chosen::Act(ids) = choose(&of, Reply { verb, which }) {
                prop_assert!(!ids.is_empty());
                prop_assert!(ids.iter().all(|id| of.iter().any(|one| one.id == *id && one.status != Status::Resolved)));
            }
        }
    }
}

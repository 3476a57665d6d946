//! An SMTP conversation: the first byte says in pieces of which size the rest arrives. Pieces change nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use watchbell_connect::channels::email::inbound::smtp::{MailIn, SmtpSession, Turn};

const OURS: &str = "reply+x@bell.example.com";

fuzz_target!(|input: &[u8]| {
    let Some((size, said)) = input.split_first() else { return };
    let (heard, kept) = talk(usize::from(*size).max(1), said);
    assert_eq!((&heard, &kept), (&talk(usize::MAX, said).0, &talk(usize::MAX, said).1));
    assert!(heard.split_inclusive("\r\n").all(|line| line.ends_with("\r\n") && line.len() > 5));
    for mail in kept {
        assert!(mail.recipients.iter().all(|to| to == OURS) && !mail.recipients.is_empty());
        let alone = |at: usize| match mail.raw[at] {
            b'\n' => at == 0 || mail.raw[at - 1] != b'\r',
            b'\r' => mail.raw.get(at + 1) != Some(&b'\n'),
            _ => false,
        };
        assert!(!(0..mail.raw.len()).any(alone), "no line of a mail that is kept ends otherwise than with CR LF");
    }
});

fn talk(pieces: usize, said: &[u8]) -> (String, Vec<MailIn>) {
    let mut session = SmtpSession::new("bell.example.com", false);
    let (mut heard, mut kept) = (session.greeting(), Vec::new());
    for piece in said.chunks(pieces) {
        session.push(piece);
        loop {
            match session.next(|to| to == OURS) {
                Turn::Say(words) => heard.push_str(&words),
                Turn::SayAndEnd(words) => return (heard + &words, kept),
                Turn::StartTls(_) => unreachable!("it is not offered"),
                Turn::Keep(mail) => {
                    kept.push(mail);
                    heard.push_str("250 kept\r\n");
                }
                Turn::Wait => break,
            }
        }
    }
    (heard, kept)
}

//! What Twilio's error codes mean: <https://www.twilio.com/docs/api/errors>.

use crate::channels::refusal::Meaning::{self, Account, Contact, Message, Throttled, Transient};

/// Code, what it means, and short words for where Twilio sends the code alone.
///
/// What only concerns one country or one unverified number is the message's: others of the account pass. So is a number without
/// WhatsApp, or one that calls do not reach: it may take text messages all the same, and a refusal of the contact would end those.
const CODES: &[(u32, Meaning, &str)] = &[
    (10_001, Account, "the account is not active"),
    (10_002, Account, "the trial account cannot do this"),
    (10_004, Throttled, "too many calls at once"),
    (13_223, Contact, "the number is not a telephone number"),
    (13_224, Message, "the number cannot be called"),
    (13_225, Message, "calls to this number are forbidden"),
    (14_107, Throttled, "too many messages of this sender"),
    (20_003, Account, "the account SID, auth token or API key is wrong"),
    (20_005, Account, "the account is not active"),
    (20_006, Account, "the API key may not do this"),
    (20_404, Account, "the account or a service does not exist"),
    (20_429, Throttled, "too many requests"),
    (20_500, Transient, "Twilio has a fault"),
    (20_503, Transient, "Twilio is not available"),
    (21_203, Message, "calls abroad are not enabled"),
    (21_210, Account, "the caller number is not verified"),
    (21_211, Contact, "the number is not valid"),
    (21_212, Account, "the sender is not valid"),
    (21_213, Account, "the sender is missing"),
    (21_214, Contact, "the number cannot be reached"),
    (21_215, Message, "calls to this country are not enabled"),
    (21_216, Message, "Twilio does not allow the account to call this number"),
    (21_217, Contact, "the number is not valid"),
    (21_219, Message, "a trial account only calls verified numbers"),
    (21_265, Contact, "a short code takes no messages"),
    (21_266, Contact, "the number is the sender itself"),
    (21_408, Message, "messages to this country are not enabled"),
    (21_601, Account, "the sender cannot send messages"),
    (21_603, Account, "the sender is missing"),
    (21_605, Message, "the text is too long"),
    (21_606, Account, "the sender is not one of the account"),
    (21_608, Message, "a trial account only writes to verified numbers"),
    (21_610, Contact, "the person has answered STOP"),
    (21_611, Throttled, "the queue of the sender is full"),
    (21_612, Message, "this sender cannot reach this number"),
    (21_614, Contact, "the number is no mobile number"),
    (21_617, Message, "the text is too long"),
    (21_635, Contact, "the number is a landline"),
    (21_654, Account, "the template is missing"),
    (21_655, Account, "the template does not exist"),
    (21_656, Message, "the text does not fit the template"),
    (21_659, Account, "the sender is not one of Twilio"),
    (21_660, Account, "the sender is not one of the account"),
    (21_661, Account, "the sender cannot send messages"),
    (21_703, Account, "the messaging service has no sender"),
    (21_704, Account, "the messaging service has no sender that fits"),
    (21_705, Account, "the messaging service does not exist"),
    (30_001, Transient, "the queue is full"),
    (30_002, Account, "the account is suspended"),
    (30_003, Transient, "the phone cannot be reached"),
    (30_004, Contact, "the person or the carrier blocks messages"),
    (30_005, Contact, "nobody has this number"),
    (30_006, Contact, "a landline, or a carrier that cannot be reached"),
    (30_007, Message, "the carrier took it for spam"),
    (30_008, Transient, "the carrier gave no reason"),
    (30_010, Message, "it would cost more than allowed"),
    (30_032, Account, "the toll-free sender is not verified"),
    (30_034, Account, "the sender is not registered for the United States (A2P 10DLC)"),
    (30_410, Transient, "the carrier did not answer"),
    (63_001, Account, "WhatsApp refused the login of the sender"),
    (63_003, Message, "nobody has WhatsApp at this number"),
    (63_007, Account, "the WhatsApp sender does not exist"),
    (63_013, Message, "WhatsApp's policy forbids the message"),
    (63_015, Message, "the person has not joined the WhatsApp sandbox"),
    (63_016, Message, "WhatsApp takes only templates now: enter a template in the settings of Twilio"),
    (63_018, Throttled, "too many WhatsApp messages"),
    (63_024, Message, "nobody has WhatsApp at this number"),
    (63_033, Message, "the person blocks messages"),
    (63_038, Account, "the daily limit is reached"),
];

/// What a code means; `None` for one that is not in the list.
pub(super) fn meaning_of(code: u32) -> Option<Meaning> {
    CODES.iter().find(|(each, ..)| *each == code).map(|(_, meaning, _)| *meaning)
}

/// The code with Twilio's own words, or with ours where it sent none.
pub(super) fn words_of(code: u32, said: &str) -> String {
    let ours = CODES.iter().find(|(each, ..)| *each == code).map(|(.., words)| *words);
    match (said.trim(), ours) {
        ("", Some(words)) => format!("{code}: {words}"),
        ("", None) => code.to_string(),
        (said, _) => format!("{code}: {said}"),
    }
}

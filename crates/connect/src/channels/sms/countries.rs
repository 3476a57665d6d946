//! Countries whose networks do not carry answers or links.

/// What the networks of a country carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Customs {
    /// Answers come back.
    pub answers: bool,
    /// Messages with links pass.
    pub links: bool,
}

/// By calling code (ITU-T E.164). The source is Twilio's page of SMS guidelines of the country, such as
/// <https://www.twilio.com/en-us/guidelines/in/sms> for India: "Two-way SMS supported", and its advice on URLs. Whoever adds a country
/// reads its page.
const EXCEPTIONS: &[(&str, Customs)] = &[
    // Costa Rica, Guatemala, Panama, Vietnam, India.
    ("+506", ONE_WAY),
    ("+502", ONE_WAY),
    ("+507", ONE_WAY),
    ("+84", ONE_WAY),
    ("+91", ONE_WAY),
    // China: messages with links are blocked besides.
    ("+86", Customs { answers: false, links: false }),
];

const ONE_WAY: Customs = Customs { answers: false, links: true };

/// What the networks of a number's country carry. No calling code begins with another one, so the first that fits is the one.
pub fn customs_of(number: &str) -> Customs {
    let found = EXCEPTIONS.iter().find(|(code, _)| number.starts_with(code));
    found.map_or(Customs { answers: true, links: true }, |(_, customs)| *customs)
}

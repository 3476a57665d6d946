//! What a phone sends by itself: texts and calls to numbers of the accounts.

use std::sync::Arc;

use super::{
    Call, Channel, Direction, Message, MessageStatus, Provider, State,
    deliver::Draft,
    gateway,
    host::Host,
    http::{Answer, Outgoing},
    line::Dial,
    number::party,
    state::{OwnNumber, lock},
    twilio, vonage,
};

/// What the person of a text without a receiver reads.
const NOBODY: &str = "no webhook takes texts to this number: connect it, or set the webhook of its provider";

impl State {
    /// Sends a text of a phone, and gives it with the answer of the webhook.
    pub async fn text(self: &Arc<Self>, phone: &str, to: &str, channel: Channel, text: &str) -> Message {
        let (phone, to) = (party(phone), party(to));
        self.meet_phone(&phone);
        let owner = self.owner(&to);
        let provider = owner.as_ref().map_or(Provider::Gateway, |own| own.provider);
        let message = self.write_down(provider, channel, &phone, &to, text);
        let word = match provider {
            Provider::Twilio => self.obey_stop(&message),
            Provider::Vonage | Provider::Gateway => None,
        };
        let url = owner.and_then(|own| self.text_url(own));
        let answer = match url {
            None => Err(NOBODY.to_owned()),
            Some(url) => self.hand_in(&message, url, word).await,
        };
        if provider == Provider::Twilio {
            twilio::reply(self, &message, &answer);
        }
        let answer = answer.map(|answer| (answer.status, answer.body));
        self.change_message(&message.id, |message| message.answer = Some(answer)).unwrap_or(message)
    }

    fn write_down(&self, provider: Provider, channel: Channel, phone: &str, to: &str, text: &str) -> Message {
        let id = match provider {
            Provider::Twilio => format!("SM{}", self.next_id()),
            Provider::Vonage => self.next_uuid(),
            Provider::Gateway => self.next_id(),
        };
        let (from, to, text) = (phone.to_owned(), to.to_owned(), text.to_owned());
        let draft =
            Draft { id, provider, channel, from, to, text, template: None, client_ref: None, callback_url: None };
        let now = self.clock.now();
        let message = draft.into_message(Direction::FromPhone, now);
        let message = Message { status: MessageStatus::Received, arrived_at: Some(now), ..message };
        self.messages.push(message.clone());
        message
    }

    /// Twilio's own words; gives the kind of a word that it knows.
    fn obey_stop(&self, message: &Message) -> Option<&'static str> {
        let word = twilio::opt_out_word(&message.text).filter(|_| self.config.twilio.obeys_stop)?;
        match word {
            "STOP" => self.set_opt_out(&message.from, &message.to, true),
            "START" => self.set_opt_out(&message.from, &message.to, false),
            _ => {}
        }
        Some(word)
    }

    fn text_url(&self, own: OwnNumber) -> Option<String> {
        let webhooks = lock(&self.webhooks).clone();
        own.sms_url.or(match own.provider {
            Provider::Twilio => webhooks.twilio_sms,
            Provider::Vonage => webhooks.vonage_inbound,
            Provider::Gateway => webhooks.gateway_inbound,
        })
    }

    async fn hand_in(&self, message: &Message, url: String, word: Option<&str>) -> Result<Answer, String> {
        let outgoing: Outgoing = match message.provider {
            Provider::Twilio => twilio::inbound(self, message, url, word),
            Provider::Vonage => vonage::inbound(self, message, url),
            Provider::Gateway => gateway::inbound(self, message, url),
        };
        if self.faults_of(message.provider).duplicate_callbacks {
            // The first answer is lost on the way.
            let _ = self.send(message.provider, &outgoing).await;
        }
        self.send(message.provider, &outgoing).await
    }

    /// A phone calls a number of an account.
    pub fn call_in(self: &Arc<Self>, phone: &str, to: &str) -> Option<Call> {
        let (from, to) = (party(phone), party(to));
        let own = self.owner(&to)?;
        let webhooks = lock(&self.webhooks).clone();
        let (id, conversation, host) = match own.provider {
            Provider::Twilio => {
                let url = own.voice_url.or(webhooks.twilio_voice)?;
                (format!("CA{}", self.next_id()), None, Host::Twilio(twilio::Plan::inbound(&url)))
            }
            Provider::Vonage => {
                let url = own.voice_url.or(webhooks.vonage_answer)?;
                let conversation = Some(format!("CON-{}", self.next_uuid()));
                (self.next_uuid(), conversation, Host::Vonage(vonage::Plan::inbound(&url, webhooks.vonage_event)))
            }
            Provider::Gateway => return None,
        };
        let direction = Direction::FromPhone;
        Some(self.dial(Dial { id, provider: own.provider, conversation, direction, from, to, host }))
    }
}

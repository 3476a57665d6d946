//! A phone and a call of it, in the hands of a test.

use std::sync::Arc;

use super::{AnsweredBy, Behaviour, Call, CallState, Channel, Message, Spoken, State, line::Act, number::party};
use crate::shelf::{Missing, PATIENCE};

/// A phone, as its owner holds it.
#[derive(Debug, Clone)]
pub struct Phone {
    state: Arc<State>,
    number: String,
}

impl Phone {
    pub(super) fn new(state: Arc<State>, number: &str) -> Self {
        Self { state, number: party(number) }
    }

    /// Sets what it and its carrier do by themselves.
    pub fn behave(&self, behaviour: Behaviour) {
        self.state.behave(&self.number, behaviour);
    }

    /// What it and its carrier do by themselves.
    pub fn behaviour(&self) -> Behaviour {
        self.state.behaviour(&self.number)
    }

    /// Its messages, of both directions, that arrived or were sent; the oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.state
            .messages
            .all()
            .into_iter()
            .filter(|message| message.phone() == self.number && message.has_arrived())
            .collect()
    }

    /// Its calls, the oldest first.
    pub fn calls(&self) -> Vec<Call> {
        self.state.calls.all().into_iter().filter(|call| call.phone() == self.number).collect()
    }

    /// The first SMS that arrived and fits, within ten seconds.
    pub async fn wait_for_sms(&self, fits: impl Fn(&Message) -> bool) -> Result<Message, Missing> {
        self.wait_for_message(|message| message.channel == Channel::Sms && fits(message)).await
    }

    /// The first WhatsApp message that arrived and fits, within ten seconds.
    pub async fn wait_for_whatsapp(&self, fits: impl Fn(&Message) -> bool) -> Result<Message, Missing> {
        self.wait_for_message(|message| message.channel == Channel::Whatsapp && fits(message)).await
    }

    /// The first message on any channel that arrived and fits, within ten seconds.
    pub async fn wait_for_message(&self, fits: impl Fn(&Message) -> bool) -> Result<Message, Missing> {
        let mine = |message: &Message| message.to == self.number && message.has_arrived() && fits(message);
        self.state.messages.wait_for(PATIENCE, mine).await
    }

    /// The call that rings here, or the next one that does, within ten seconds.
    pub async fn wait_for_call(&self) -> Result<PhoneCall, Missing> {
        let rings = |call: &Call| call.to == self.number && call.state == CallState::Ringing;
        let call = self.state.calls.wait_for(PATIENCE, rings).await?;
        Ok(PhoneCall::new(self.state.clone(), call.id))
    }

    /// Sends an SMS, and waits for what its webhook answers: see `answer` of the message.
    pub async fn text(&self, to: &str, text: &str) -> Message {
        self.state.text(&self.number, to, Channel::Sms, text).await
    }

    /// Sends a WhatsApp message, and waits for what its webhook answers.
    pub async fn whatsapp(&self, to: &str, text: &str) -> Message {
        self.state.text(&self.number, to, Channel::Whatsapp, text).await
    }

    /// Calls a number of an account. None when the number is nobody's, or has no address for calls.
    pub fn call(&self, to: &str) -> Option<PhoneCall> {
        let call = self.state.call_in(&self.number, to)?;
        Some(PhoneCall::new(self.state.clone(), call.id))
    }
}

/// A call, in the hands of the phone's owner.
#[derive(Debug, Clone)]
pub struct PhoneCall {
    state: Arc<State>,
    id: String,
}

impl PhoneCall {
    pub(super) fn new(state: Arc<State>, id: String) -> Self {
        Self { state, id }
    }

    /// The provider's id of it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// All that is known of it; none once it was cleared away.
    pub fn get(&self) -> Option<Call> {
        self.state.call(&self.id)
    }

    /// How far it is.
    pub fn state(&self) -> CallState {
        self.get().map_or(CallState::Completed, |call| call.state)
    }

    /// What was said so far.
    pub fn spoken(&self) -> Vec<Spoken> {
        self.get().map(|call| call.spoken).unwrap_or_default()
    }

    /// What was wrong with its script.
    pub fn fault(&self) -> Option<String> {
        self.get().and_then(|call| call.fault)
    }

    /// A person answers. False, as for all of these, when the call is over.
    pub fn answer(&self) -> bool {
        self.answer_as(AnsweredBy::Human)
    }

    /// An answering machine answers.
    pub fn answer_by_machine(&self) -> bool {
        self.answer_as(AnsweredBy::Machine)
    }

    /// Somebody answers of whom a detection thinks this.
    pub fn answer_as(&self, by: AnsweredBy) -> bool {
        self.state.act(&self.id, Act::Answer(by))
    }

    /// The person declines.
    pub fn decline(&self) -> bool {
        self.state.act(&self.id, Act::Decline)
    }

    /// The person presses a key; one that nobody asked for yet waits for the next question.
    pub fn press(&self, key: char) -> bool {
        self.state.act(&self.id, Act::Key(key))
    }

    /// The person hangs up.
    pub fn hang_up(&self) -> bool {
        self.state.act(&self.id, Act::HangUp)
    }

    /// The ringing, or the time for a key, ends now: nobody has to wait for it.
    pub fn time_out(&self) -> bool {
        self.state.act(&self.id, Act::TimeOut)
    }

    /// Waits until something that was said contains these words; gives all of it.
    pub async fn wait_for_spoken(&self, words: &str) -> Result<Call, Missing> {
        self.wait_until(|call| call.transcript().contains(words)).await
    }

    /// Waits until it asks for keys.
    pub async fn wait_for_question(&self) -> Result<Call, Missing> {
        self.wait_until(|call| call.asks).await
    }

    /// Waits until it is over.
    pub async fn wait_for_end(&self) -> Result<Call, Missing> {
        self.wait_until(|call| call.state.is_over()).await
    }

    /// Waits until it is as wanted, ten seconds at most.
    pub async fn wait_until(&self, fits: impl Fn(&Call) -> bool) -> Result<Call, Missing> {
        self.state.calls.wait_for(PATIENCE, |call| call.id == self.id && fits(call)).await
    }
}

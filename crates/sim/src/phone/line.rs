//! A call under way: rings, is answered, runs its script, ends; people act on it through a queue.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use reqwest::Url;
use tokio::sync::mpsc;

use super::{
    AnsweredBy, Behaviour, Call, CallState, Direction, OnCall, Provider, Spoken, State,
    host::{Host, Opening, Progress},
    http::Outgoing,
    script::{Ask, Step, Target, Typed},
    state::lock,
};
use crate::clock::{pause, within};

/// Things that people may do before the call has taken notice of them.
const ACTS_MAX: usize = 64;
/// Reports that wait for a slow receiver.
const REPORTS_MAX: usize = 64;
/// Steps of one call: a script that redirects to itself ends.
const STEPS_MAX: usize = 500;
/// What a caller hears when the script is wrong.
const SORRY: &str = "An error has occurred. Goodbye.";

/// What is done to a call from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    Answer(AnsweredBy),
    Decline,
    Key(char),
    /// The person hangs up.
    HangUp,
    /// The API ends the call.
    Stop,
    /// What is being waited for does not come: the ringing or the time for keys is over.
    TimeOut,
}

/// A call that is about to begin.
#[derive(Debug)]
pub(super) struct Dial {
    pub id: String,
    pub provider: Provider,
    pub conversation: Option<String>,
    pub direction: Direction,
    pub from: String,
    pub to: String,
    pub host: Host,
}

/// The running call.
struct Line {
    state: Arc<State>,
    id: String,
    host: Host,
    acts: mpsc::Receiver<Act>,
    /// Keys pressed before they were asked for. Real services lose them; here a test need not wait for the question.
    typed: VecDeque<char>,
    reports: mpsc::Sender<Outgoing>,
    reported: u32,
    /// The document that relative addresses start from.
    document: String,
}

impl State {
    /// Begins a call.
    pub fn dial(self: &Arc<Self>, dial: Dial) -> Call {
        let call = Call {
            id: dial.id,
            provider: dial.provider,
            conversation: dial.conversation,
            direction: dial.direction,
            from: dial.from,
            to: dial.to,
            state: CallState::Dialling,
            answered_by: None,
            spoken: Vec::new(),
            taken: Vec::new(),
            asks: false,
            fault: None,
            started_at: self.clock.now(),
            answered_at: None,
            ended_at: None,
        };
        self.meet_phone(call.phone());
        let (act, acts) = mpsc::channel(ACTS_MAX);
        let (reports, queue) = mpsc::channel(REPORTS_MAX);
        lock(&self.lines).insert(call.id.clone(), act);
        self.calls.push(call.clone());
        self.tasks.spawn(send_reports(self.clone(), call.provider, queue));
        let (state, id, document) = (self.clone(), call.id.clone(), String::new());
        let typed = VecDeque::new();
        let line = Line { state, id, host: dial.host, acts, typed, reports, reported: 0, document };
        self.tasks.spawn(line.run(call.direction));
        call
    }

    /// Does something to a call; false when it is over or overwhelmed.
    pub fn act(&self, id: &str, act: Act) -> bool {
        lock(&self.lines).get(id).is_some_and(|line| line.try_send(act).is_ok())
    }
}

/// One after the other, so that they come in order and a slow receiver does not hold up the call.
async fn send_reports(state: Arc<State>, provider: Provider, mut queue: mpsc::Receiver<Outgoing>) {
    while let Some(report) = queue.recv().await {
        state.report(provider, report).await;
    }
}

impl Line {
    async fn run(mut self, direction: Direction) {
        let answered = match direction {
            Direction::ToPhone => self.ring().await,
            Direction::FromPhone => Ok(AnsweredBy::Human),
        };
        let end = match answered {
            Ok(by) => self.talk(by).await,
            Err(end) => end,
        };
        lock(&self.state.lines).remove(&self.id);
        let now = self.state.clock.now();
        let call = self.state.change_call(&self.id, |call| {
            (call.state, call.asks, call.ended_at) = (end, false, Some(now));
        });
        if let Some(call) = call {
            self.report(&call, Progress::Ended);
        }
    }

    /// Until somebody answers. Errors: how it ended instead.
    async fn ring(&mut self) -> Result<AnsweredBy, CallState> {
        self.change(Progress::Started, |_| {});
        let number = self.state.call(&self.id).map(|call| call.to).unwrap_or_default();
        let behaviour = self.state.behaviour(&number);
        self.wait(behaviour.delay()).await?;
        match behaviour.calls {
            OnCall::Busy => return Err(CallState::Busy),
            OnCall::Unreachable => return Err(CallState::Unreachable),
            OnCall::ByHand | OnCall::PicksUp | OnCall::Machine | OnCall::Declines => {}
        }
        self.change(Progress::Ringing, |call| call.state = CallState::Ringing);
        self.await_answer(&behaviour).await
    }

    async fn await_answer(&mut self, behaviour: &Behaviour) -> Result<AnsweredBy, CallState> {
        let limit = self.host.ring_limit().min(Duration::from_millis(behaviour.ring_ms));
        let (after, by_itself) = match behaviour.calls {
            OnCall::PicksUp => (Duration::ZERO, Ok(AnsweredBy::Human)),
            OnCall::Declines => (Duration::ZERO, Err(CallState::Declined)),
            OnCall::Machine => (self.state.pace().rings(behaviour.rings), Ok(AnsweredBy::Machine)),
            OnCall::ByHand | OnCall::Busy | OnCall::Unreachable => (limit, Err(CallState::NoAnswer)),
        };
        let (after, by_itself) = if after > limit { (limit, Err(CallState::NoAnswer)) } else { (after, by_itself) };
        loop {
            match self.next_act(after).await {
                None => return by_itself,
                Some(Act::Answer(by)) => return Ok(by),
                Some(Act::Decline | Act::HangUp) => return Err(CallState::Declined),
                Some(Act::Stop) => return Err(CallState::Canceled),
                Some(Act::TimeOut) => return Err(CallState::NoAnswer),
                Some(Act::Key(key)) => self.typed.push_back(key),
            }
        }
    }

    /// From the answer to the end.
    async fn talk(&mut self, by: AnsweredBy) -> CallState {
        let now = self.state.clock.now();
        self.change(Progress::Answered, |call| {
            (call.state, call.answered_by, call.answered_at) = (CallState::Talking, Some(by), Some(now));
        });
        let limit = self.host.length_limit();
        match within(limit, self.converse(by)).await {
            Some(Err(end)) => end,
            Some(Ok(())) | None => CallState::Completed,
        }
    }

    async fn converse(&mut self, by: AnsweredBy) -> Result<(), CallState> {
        let mut steps = self.open(by).await?;
        for _ in 0..STEPS_MAX {
            let Some(step) = steps.pop_front() else { return Ok(()) };
            if let Some(next) = self.step(step).await? {
                steps = next.into();
            }
        }
        Err(self.fail(&format!("the script has more than {STEPS_MAX} steps")))
    }

    /// The first steps: the machine's greeting is awaited and reported as the plan wants it.
    async fn open(&mut self, by: AnsweredBy) -> Result<VecDeque<Step>, CallState> {
        let mut other = None;
        if let Some(detection) = self.host.detection() {
            if by == AnsweredBy::Machine && detection.awaits_tone {
                let number = self.state.call(&self.id).map(|call| call.to).unwrap_or_default();
                let greeting = self.state.behaviour(&number).greeting;
                self.wait(self.state.pace().speech(&greeting)).await?;
            }
            other = self.tell_detection().await?;
            if by == AnsweredBy::Machine && detection.hangs_up {
                return Err(CallState::Completed);
            }
        }
        match (other, self.host.opening()) {
            (Some(steps), _) | (None, Opening::Steps(steps)) => Ok(steps.into()),
            (None, Opening::Fetch(target)) => Ok(self.fetch(&target, None).await?.unwrap_or_default().into()),
        }
    }

    /// Where the answer to this report may be a script, it is sent at once and read.
    async fn tell_detection(&mut self) -> Result<Option<Vec<Step>>, CallState> {
        if !self.host.detection_answers() {
            self.change(Progress::Detected, |_| {});
            return Ok(None);
        }
        let Some(call) = self.state.call(&self.id) else { return Ok(None) };
        match self.host.report(&self.state, &call, Progress::Detected, self.reported) {
            Some(outgoing) => self.exchange(outgoing, false).await,
            None => Ok(None),
        }
    }

    async fn step(&mut self, step: Step) -> Result<Option<Vec<Step>>, CallState> {
        match step {
            Step::Say { spoken, barge_in } => self.say(spoken, barge_in).await?,
            Step::Tones(digits) => {
                let text = format!("(tones {digits})");
                self.say(Spoken { text, language: None, voice: None }, false).await?;
            }
            Step::Pause(seconds) => self.wait(self.state.pace().seconds(seconds)).await?,
            Step::Ask(ask) => return self.ask(ask).await,
            Step::Go(target) => return self.fetch(&target, None).await,
            Step::HangUp => return Err(CallState::Completed),
            Step::Reject { busy } => return Err(if busy { CallState::Busy } else { CallState::NoAnswer }),
        }
        Ok(None)
    }

    async fn say(&mut self, spoken: Spoken, barge_in: bool) -> Result<(), CallState> {
        let time = self.state.pace().speech(&spoken.text);
        self.state.change_call(&self.id, |call| call.spoken.push(spoken));
        self.listen(time, barge_in).await
    }

    async fn ask(&mut self, ask: Ask) -> Result<Option<Vec<Step>>, CallState> {
        self.state.change_call(&self.id, |call| call.asks = true);
        for step in ask.prompt.clone() {
            match step {
                Step::Say { spoken, .. } => self.say(spoken, true).await?,
                Step::Pause(seconds) => self.listen(self.state.pace().seconds(seconds), true).await?,
                _ => {}
            }
        }
        let typed = self.take_keys(&ask).await?;
        self.state.change_call(&self.id, |call| {
            call.asks = false;
            call.taken.push(typed.digits.clone());
        });
        if typed.digits.is_empty() && !ask.tells_silence {
            return Ok(None);
        }
        self.fetch(&ask.target, Some(&typed)).await
    }

    async fn take_keys(&mut self, ask: &Ask) -> Result<Typed, CallState> {
        let timeout = self.state.pace().seconds(ask.timeout_s);
        let mut digits = String::new();
        while ask.keys_max.is_none_or(|max| digits.len() < max) {
            match self.next_key(timeout).await? {
                None => return Ok(Typed { digits, timed_out: true }),
                Some(key) if Some(key) == ask.finish => break,
                Some(key) => digits.push(key),
            }
        }
        Ok(Typed { digits, timed_out: false })
    }

    async fn next_key(&mut self, timeout: Duration) -> Result<Option<char>, CallState> {
        if let Some(key) = self.typed.pop_front() {
            return Ok(Some(key));
        }
        loop {
            match self.next_act(timeout).await {
                None | Some(Act::TimeOut) => return Ok(None),
                Some(Act::Key(key)) => return Ok(Some(key)),
                Some(act) => self.note(act)?,
            }
        }
    }

    /// Time passes; keys are kept.
    async fn wait(&mut self, time: Duration) -> Result<(), CallState> {
        self.listen(time, false).await
    }

    /// Time passes, or a key cuts it short.
    async fn listen(&mut self, time: Duration, barge_in: bool) -> Result<(), CallState> {
        let over = pause(time);
        tokio::pin!(over);
        while !(time.is_zero() || barge_in && !self.typed.is_empty()) {
            tokio::select! {
                () = &mut over => break,
                act = self.acts.recv() => self.note(act.unwrap_or(Act::Stop))?,
            }
        }
        Ok(())
    }

    /// What an act means to a call that is not waiting for it.
    fn note(&mut self, act: Act) -> Result<(), CallState> {
        match act {
            Act::Key(key) => self.typed.push_back(key),
            Act::HangUp | Act::Stop => return Err(self.broken_off()),
            Act::Answer(_) | Act::Decline | Act::TimeOut => {}
        }
        Ok(())
    }

    fn broken_off(&self) -> CallState {
        let talking = self.state.call(&self.id).is_some_and(|call| call.answered_at.is_some());
        if talking { CallState::Completed } else { CallState::Canceled }
    }

    async fn next_act(&mut self, timeout: Duration) -> Option<Act> {
        within(timeout, self.acts.recv()).await.map(|act| act.unwrap_or(Act::Stop))
    }

    async fn fetch(&mut self, target: &Target, typed: Option<&Typed>) -> Result<Option<Vec<Step>>, CallState> {
        let url = match self.resolve(&target.url) {
            Ok(url) => url,
            Err(why) => return Err(self.fail(&why)),
        };
        let Some(call) = self.state.call(&self.id) else { return Err(CallState::Canceled) };
        let outgoing = self.host.request(&self.state, &call, &Target { url: url.clone(), post: target.post }, typed);
        self.document = url;
        self.exchange(outgoing, true).await
    }

    fn resolve(&self, url: &str) -> Result<String, String> {
        let wrong = |_| format!("{url:?} is no address");
        if self.document.is_empty() {
            return Url::parse(url).map(String::from).map_err(wrong);
        }
        Url::parse(&self.document).and_then(|base| base.join(url)).map(String::from).map_err(wrong)
    }

    /// Sends a request and reads the script in its answer, while people go on acting.
    async fn exchange(&mut self, outgoing: Outgoing, must_succeed: bool) -> Result<Option<Vec<Step>>, CallState> {
        let (state, provider) = (self.state.clone(), self.provider());
        let answer = state.send(provider, &outgoing);
        tokio::pin!(answer);
        let answer = loop {
            tokio::select! {
                answer = &mut answer => break answer,
                act = self.acts.recv() => self.note(act.unwrap_or(Act::Stop))?,
            }
        };
        let script = match answer {
            Ok(answer) if answer.is_success() => self.host.read(&answer),
            _ if !must_succeed => return Ok(None),
            Ok(answer) => Err(format!("it answered {}", answer.status)),
            Err(why) => Err(why),
        };
        script.map_err(|why| self.fail(&format!("{}: {why}", outgoing.url)))
    }

    fn provider(&self) -> Provider {
        match self.host {
            Host::Twilio(_) => Provider::Twilio,
            Host::Vonage(_) => Provider::Vonage,
        }
    }

    /// Writes down what is wrong with the script, and says sorry as the real services do.
    fn fail(&self, why: &str) -> CallState {
        tracing::warn!(call = %self.id, why, "the script of a call is wrong");
        self.state.change_call(&self.id, |call| {
            call.fault = Some(why.to_owned());
            call.spoken.push(Spoken { text: SORRY.to_owned(), language: None, voice: None });
        });
        CallState::Failed
    }

    fn change(&mut self, progress: Progress, edit: impl FnOnce(&mut Call)) {
        if let Some(call) = self.state.change_call(&self.id, edit) {
            self.report(&call, progress);
        }
    }

    fn report(&mut self, call: &Call, progress: Progress) {
        if let Some(report) = self.host.report(&self.state, call, progress, self.reported) {
            self.reported += 1;
            // A receiver that is 64 reports behind loses them.
            let _ = self.reports.try_send(report);
        }
    }
}

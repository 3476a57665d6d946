//! The REST API under `/ATServicesRest/`: what every call goes through before it is answered.

mod answer;
mod auth;
mod call;
mod entities;
mod metadata;
mod paging;
mod route;
mod tickets;
mod webhooks;

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use tokio::sync::watch;

use self::call::Call;
use super::faults::Refusal;
use super::world::{Shared, World};
use crate::clock::pause;

/// What a listener serves: a tenant, until it is stopped.
#[derive(Clone, Debug)]
pub struct Site {
    /// The tenant.
    pub shared: Shared,
    /// Turns true when the listener stops; calls that hang end then.
    pub stopping: watch::Receiver<bool>,
}

/// Answers a REST call, and remembers it.
pub async fn serve(State(site): State<Site>, request: Request) -> Response {
    let call = match Call::read(request).await {
        Ok(call) => call,
        Err(refused) => return refused,
    };
    let answer = answer_call(&site, &call).await;
    let status = answer.status().as_u16();
    site.shared.with(|world| world.remember(call.method.as_str(), &call.path, status));
    answer
}

async fn answer_call(site: &Site, call: &Call) -> Response {
    if !call.is_rest() {
        return answer::not_found(&call.path);
    }
    match site.shared.with(|world| disaster(world, call)) {
        Disaster::None => (),
        Disaster::Hang => {
            hang(site.stopping.clone()).await;
            return answer::transient();
        }
        Disaster::Answer(answer) => return answer,
    }
    if let Some(answer) = site.shared.with(|world| route::open(world, call)) {
        return answer;
    }
    let caller = match site.shared.with(|world| auth::check(world, call)) {
        Ok(caller) => caller,
        Err(refused) => return *refused,
    };
    let (_pass, wait) = match enter(&site.shared, call) {
        Ok(entered) => entered,
        Err(refused) => return *refused,
    };
    pause(wait).await;
    let answer = site.shared.with(|world| route::answer(world, caller, call));
    if site.shared.with(|world| loses(world, call)) { answer::transient() } else { answer }
}

/// Whether the answer to a write that was done is lost on its way.
fn loses(world: &mut World, call: &Call) -> bool {
    let loses = call.is_write() && world.faults.lose_answers > 0 && world.faults.meet(call.endpoint());
    world.faults.lose_answers -= u32::from(loses);
    loses
}

enum Disaster {
    None,
    Hang,
    Answer(Response),
}

/// The faults that meet a call before anybody looks who calls.
fn disaster(world: &mut World, call: &Call) -> Disaster {
    if !world.faults.meet(call.endpoint()) {
        return Disaster::None;
    }
    if world.faults.hang {
        return Disaster::Hang;
    }
    if world.faults.maintenance {
        return Disaster::Answer(answer::maintenance());
    }
    if world.faults.fail_next > 0 {
        world.faults.fail_next -= 1;
        return Disaster::Answer(answer::transient());
    }
    if world.faults.transient_500 || world.faults.fail_writes && call.is_write() {
        return Disaster::Answer(answer::transient());
    }
    Disaster::None
}

async fn hang(mut stopping: watch::Receiver<bool>) {
    // An error means that the listener is gone, which ends the call as well.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// A call's thread, given back when the call is done or its caller gone.
struct Pass {
    shared: Shared,
    thread: String,
}

impl Drop for Pass {
    fn drop(&mut self) {
        self.shared.with(|world| world.gate.leave(&self.thread));
    }
}

/// Takes a thread and a call of the hour, or says why not. Returns how long the service takes longer.
fn enter(shared: &Shared, call: &Call) -> Result<(Pass, Duration), Box<Response>> {
    let thread = format!("{}/{}", call.header("apiintegrationcode"), call.endpoint());
    shared.with(|world| {
        let now = world.clock.now();
        let (faults, gate) = (&world.faults, &mut world.gate);
        let latency = if faults.meet(call.endpoint()) { faults.latency_ms } else { 0 };
        match gate.enter(faults, &thread, now) {
            Ok(slowness) => {
                let pass = Pass { shared: shared.clone(), thread };
                Ok((pass, Duration::from_millis(latency + slowness)))
            }
            Err(Refusal::Threads) => Err(Box::new(answer::thread_limit(call, faults))),
            Err(Refusal::Hourly) => Err(Box::new(answer::hourly_limit(faults))),
        }
    })
}

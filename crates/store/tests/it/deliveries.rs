//! Messages on their way: whose turn it is with an account, and what becomes of those that have to wait.

use crate::fixtures::{admin, at, on_both, phone, user};
use jiff::{SignedDuration, Timestamp};
use watchbell_core::ids::{ConnectorId, NotificationId};
use watchbell_core::notify::{Failure, NotificationState, Purpose};
use watchbell_core::provider::Reported;
use watchbell_core::user::Channel;
use watchbell_store::deliveries::{self, Delivery, Ended, Pace, ReportIn, Taken, Turn, Via};
use watchbell_store::jobs::{self, Job, JobKind};
use watchbell_store::room::Room;
use watchbell_store::{Db, contact_tests, notifications};

/// Somebody whose number gets a test over a channel.
async fn tested(db: &Db, name: &str, number: &str, over: Channel) {
    let person = user(db, name).await;
    let contact = phone(db, person.id, number, true).await;
    contact_tests::plan(db, &admin(), person.id, (contact.id, over), at(0)).await.unwrap();
}

/// The messages that are begun at a time.
async fn begun(db: &Db, now: Timestamp) -> Vec<Job> {
    let claimed = jobs::claim(db, now, &Room::whole()).await.unwrap();
    let messages = claimed.into_iter().filter(|job| job.kind == JobKind::Notify).collect();
    deliveries::begin(db, messages, now).await.unwrap().into_iter().map(|send| send.job).collect()
}

/// The same job, as urgent as a first page.
async fn hurried(db: &Db, job: &Job) -> Job {
    let (held, now) = (job.clone(), at(0));
    let write = db.write(move |tx| {
        Box::pin(async move {
            jobs::put_off(tx, &held, now, "").await?;
            jobs::hurry(tx, held.org, held.subject, now).await
        })
    });
    write.await.unwrap();
    begun(db, at_ms(300)).await.pop().unwrap()
}

fn at_ms(ms: i64) -> Timestamp {
    at(0) + SignedDuration::from_millis(ms)
}

fn account() -> Option<Pace> {
    Some(Pace { name: "account a SMS".into(), every_ms: 1_000, burst: 1 })
}

fn via(id: &str) -> Via {
    Via { connector: ConnectorId(id.into()), name: id.into() }
}

async fn take(db: &Db, job: &Job, account: Option<Pace>, now: Timestamp) -> bool {
    matches!(deliveries::take_turn(db, job, account, now).await.unwrap(), Turn::Now { .. })
}

async fn report(db: &Db, job: &Job, state: Reported) {
    let notification = NotificationId(job.subject);
    let told = ReportIn { notification, via: via("a"), provider_id: "1".into(), state, said: String::new() };
    assert_eq!(deliveries::report(db, job.org, told, at(1)).await.unwrap(), Taken::Done);
}

async fn end(db: &Db, job: &Job, delivery: Delivery) {
    let ended = Ended { job: job.clone(), purpose: Some(Purpose::Test), alert: None, delivery, at: at(1) };
    assert!(deliveries::finish(db, &ended).await.unwrap());
}

/// Sends where the account is free.
async fn sent_if(db: &Db, job: &Job, now: Timestamp) -> bool {
    let is_free = take(db, job, account(), now).await;
    if is_free {
        end(db, job, Delivery::Sent { provider_id: None, via: None, rings: false, asks: false }).await;
    }
    is_free
}

on_both! {
    async fn of_two_who_share_a_number_one_is_called_at_a_time(db: Db) {
        for pair in 0..5 {
            for name in ["ann", "bob"] {
                tested(&db, &format!("{name}{pair}"), &format!("+4917012345{pair}0"), Channel::Voice).await;
            }
        }
        let calls = begun(&db, at(0)).await;
        assert_eq!(calls.len(), 10);
        let taken: Vec<_> = calls.into_iter().map(|job| {
            let db = db.clone();
            tokio::spawn(async move { take(&db, &job, None, at(0)).await })
        }).collect();
        let mut rung = 0;
        for task in taken {
            rung += usize::from(task.await.unwrap());
        }
        assert_eq!(rung, 5);
    }

    async fn who_waits_for_an_account_wakes_alone_and_in_order(db: Db) {
        for n in 0..6 {
            tested(&db, &format!("user{n}"), &format!("+49170123456{n}"), Channel::Sms).await;
        }
        let all = begun(&db, at(0)).await;
        let mut gone = Vec::new();
        for job in &all {
            if take(&db, job, account(), at(0)).await {
                gone.push(job.subject);
            }
        }
        assert_eq!(gone.len(), 1);
        for s in 1..6 {
            let woken = begun(&db, at(s)).await;
            assert_eq!(woken.iter().map(|job| (job.attempt, job.rank)).collect::<Vec<_>>(), [(0, 1)], "second {s}");
            assert!(take(&db, &woken[0], account(), at(s)).await);
            gone.push(woken[0].subject);
        }
        assert_eq!(gone, all.iter().map(|job| job.subject).collect::<Vec<_>>());
    }

    async fn who_is_urgent_goes_before_those_who_wait_and_they_go_in_their_order(db: Db) {
        for n in 0..6 {
            tested(&db, &format!("user{n}"), &format!("+49170123456{n}"), Channel::Sms).await;
        }
        let quiet = begun(&db, at(0)).await;
        for (nth, job) in quiet.iter().enumerate() {
            assert_eq!(take(&db, job, account(), at(0)).await, nth == 0);
        }
        // Their turns are those of others by now.
        for n in 6..8 {
            tested(&db, &format!("user{n}"), &format!("+49170123456{n}"), Channel::Sms).await;
        }
        let mut urgent = begun(&db, at_ms(200)).await;
        for job in &mut urgent {
            *job = hurried(&db, job).await;
            assert!(!take(&db, job, account(), at_ms(300)).await);
        }
        let mut gone = Vec::new();
        for tenth in 10..90 {
            for job in begun(&db, at_ms(tenth * 100 + 50)).await {
                if take(&db, &job, account(), at_ms(tenth * 100 + 50)).await {
                    gone.push((job.subject, tenth / 10));
                }
            }
        }
        let wanted: Vec<_> = urgent.iter().chain(&quiet[1..]).map(|job| job.subject).zip(1..).collect();
        assert_eq!(gone, wanted);
    }

    async fn who_comes_anew_goes_behind_those_who_wait(db: Db) {
        for n in 0..4 {
            tested(&db, &format!("user{n}"), &format!("+49170123456{n}"), Channel::Sms).await;
        }
        let all = begun(&db, at(0)).await;
        assert!(take(&db, &all[0], account(), at(0)).await);
        assert!(!take(&db, &all[1], account(), at(0)).await);
        // The account is free by now, and whoever waits has not woken yet.
        assert!(!take(&db, &all[2], account(), at(1)).await);
        let woken = begun(&db, at(1)).await;
        assert_eq!(woken.iter().map(|job| job.subject).collect::<Vec<_>>(), [all[1].subject]);
        assert!(take(&db, &woken[0], account(), at(1)).await);
        assert_eq!(begun(&db, at(2)).await.len(), 1);
    }

    async fn what_waits_long_is_looked_at_again_in_its_order(db: Db) {
        for n in 10..80 {
            tested(&db, &format!("user{n}"), &format!("+4917012345{n}"), Channel::Sms).await;
        }
        let mut all = Vec::new();
        for job in begun(&db, at(0)).await.into_iter().chain(begun(&db, at(0)).await) {
            all.push(job.subject);
            sent_if(&db, &job, at(0)).await;
        }
        assert_eq!(all.len(), 70);
        // Nobody woke for a minute: whoever waits goes one by one from then on, the oldest first.
        let (mut gone, mut woken) = (vec![all[0]], 0);
        for s in 60..200 {
            for job in begun(&db, at(s)).await {
                woken += 1;
                if sent_if(&db, &job, at(s)).await {
                    gone.push(job.subject);
                }
            }
        }
        assert_eq!(gone, all);
        assert!(woken < 3 * all.len(), "{woken}");
    }

    async fn an_account_that_was_used_by_a_clock_that_is_set_back_is_free_soon(db: Db) {
        tested(&db, "ann", "+491701234567", Channel::Sms).await;
        tested(&db, "bob", "+491701234568", Channel::Sms).await;
        let both = begun(&db, at(0)).await;
        assert!(take(&db, &both[0], account(), at(3_600)).await);
        assert!(!take(&db, &both[1], account(), at(0)).await);
        let woken = begun(&db, at(3)).await;
        assert!(take(&db, &woken[0], account(), at(3)).await);
    }

    async fn what_arrived_is_not_sent_again_when_the_answer_is_lost(db: Db) {
        tested(&db, "ann", "+491701234567", Channel::Sms).await;
        let job = begun(&db, at(0)).await.pop().unwrap();
        report(&db, &job, Reported::Delivered).await;
        let failure = Failure::Transient { retry_after_s: None };
        end(&db, &job, Delivery::Failed { error: "no answer".into(), failure, via: Some(via("a")), others: false }).await;
        let message = notifications::get(&db, &admin(), NotificationId(job.subject)).await?;
        assert_eq!(message.state, NotificationState::Delivered);
        assert!(begun(&db, at(600)).await.is_empty());
    }

    async fn a_call_that_is_made_again_is_nobodys_until_it_is_recorded_who_carries_it(db: Db) {
        tested(&db, "ann", "+491701234567", Channel::Voice).await;
        let job = begun(&db, at(0)).await.pop().unwrap();
        end(&db, &job, Delivery::Sent { provider_id: Some("1".into()), via: Some(via("a")), rings: true, asks: true }).await;
        report(&db, &job, Reported::Unanswered).await;
        let message = deliveries::carried(&db, job.org, NotificationId(job.subject)).await?.unwrap();
        assert_eq!((message.state.as_str(), message.connector_id, message.provider_id), ("PLANNED", None, None));
        assert_eq!(begun(&db, at(600)).await.iter().map(|job| job.rank).collect::<Vec<_>>(), [1]);
    }
}

//! Schedules: versions, overrides, temporary schedules, and people who leave.

use crate::fixtures::{admin, at, on_both, user};
use jiff::Timestamp;
use std::collections::BTreeMap;
use watchbell_core::ids::{ScheduleId, UserId};
use watchbell_core::schedule::{self, HolidayRule, Layer, Plan, Rotation, RotationUnit, Span, StaticShift};
use watchbell_store::schedules::overrides::{self, OverrideIn};
use watchbell_store::schedules::temporaries::{self, TemporaryIn};
use watchbell_store::schedules::{self, Edit, ScheduleIn};
use watchbell_store::{Db, Page, StoreError, audit, users};

const DAY: i64 = 86_400;

fn days(from: i64, until: i64) -> Span {
    Span::new(at(from * DAY), at(until * DAY))
}

fn weekly(name: &str, people: &[UserId]) -> ScheduleIn {
    let layer = Layer {
        name: "Weekly".into(),
        starts_on: "2027-01-01T09:00".parse().unwrap(),
        ends_on: None,
        users: people.to_vec(),
        rotation: Rotation { unit: RotationUnit::Weeks, count: 1 },
        restrictions: Vec::new(),
        keeps_turns: false,
        holidays: HolidayRule::Any,
        attended: None,
        zone: None,
    };
    let plan = Plan::Recurring { layers: vec![layer] };
    ScheduleIn { name: name.into(), zone: "Europe/Berlin".into(), calendar: None, plan, owners: None, teams: None }
}

fn over(user: Option<UserId>, span: Span) -> OverrideIn {
    OverrideIn { user, span, reason: None }
}

fn now(day: i64) -> Timestamp {
    at(day * DAY)
}

async fn put(
    db: &Db,
    schedule: ScheduleId,
    user: Option<UserId>,
    span: Span,
    day: i64,
) -> Result<overrides::Override, StoreError> {
    overrides::create(db, &admin(), schedule, over(user, span), now(day)).await
}

fn everything() -> Span {
    Span::new(at(-1_000 * DAY), at(1_000 * DAY))
}

on_both! {
    async fn an_edit_makes_a_version_and_drops_those_that_were_to_come(db: Db) {
        let (ann, bob) = (user(&db, "ann").await.id, user(&db, "bob").await.id);
        let made = schedules::create(&db, &admin(), weekly("Support", &[ann]), now(0)).await?;
        assert_eq!((made.version, made.current.from, made.upcoming.len()), (1, now(0), 0));
        let later = Edit { from: Some(now(9)), seen: Some(1), ..Edit::default() };
        let edited = schedules::update(&db, &admin(), made.id, weekly("Support", &[ann, bob]), later, now(1)).await?;
        assert_eq!((&edited.current, edited.upcoming[0].from, edited.version), (&made.current, now(9), 2));
        let stale = schedules::update(&db, &admin(), made.id, weekly("Support", &[bob]), later, now(1)).await;
        assert!(matches!(stale, Err(StoreError::Conflict(_))), "{stale:?}");
        let past = Edit { from: Some(now(0)), ..Edit::default() };
        let refused = schedules::update(&db, &admin(), made.id, weekly("Support", &[bob]), past, now(1)).await.unwrap_err();
        assert!(refused.to_string().starts_with("effectiveFrom: "), "{refused}");

        schedules::update(&db, &admin(), made.id, weekly("Support", &[bob]), Edit::default(), now(2)).await?;
        let loaded = &schedules::load(&db, &admin(), &[made.id], days(0, 30)).await?[&made.id];
        let from: Vec<Timestamp> = loaded.versions.iter().map(|version| version.from).collect();
        assert_eq!(from, [now(0), now(2)], "the plan of day 9 is gone, that of day 0 is not");
        let loaded = &schedules::load(&db, &admin(), &[made.id], days(1, 2)).await?[&made.id];
        assert_eq!(loaded.versions.len(), 1, "only those in force in the span");
        assert_eq!(schedules::load(&db, &admin(), &[made.id], days(3, 4)).await?[&made.id].versions[0].from, now(2));
        let renamed = schedules::rename(&db, &admin(), made.id, "Desk".into(), now(3)).await?;
        assert_eq!((renamed.name.as_str(), renamed.current.from), ("Desk", now(2)));
        assert_eq!(schedules::find_by_name(&db, &admin(), "DESK", now(3)).await?.unwrap(), renamed);
        assert_eq!(schedules::list(&db, &admin(), Page::first(20), now(3)).await?, [renamed]);
        let taken = schedules::create(&db, &admin(), weekly("desk", &[ann]), now(3)).await;
        assert!(matches!(taken, Err(StoreError::Taken { field: "name", .. })), "{taken:?}");
        schedules::delete(&db, &admin(), made.id, now(4)).await?;
        assert!(matches!(schedules::get(&db, &admin(), made.id, now(4)).await, Err(StoreError::NotFound { .. })));
        assert_eq!(schedules::load(&db, &admin(), &[made.id], days(3, 4)).await?.len(), 1, "alerts that run still ask it");
        let verbs = audit::of(&db, &admin(), audit::subject("schedule", made.id), Page::first(9)).await?;
        assert_eq!(verbs.len(), 5);
    }

    async fn what_a_schedule_names_has_to_exist(db: Db) {
        let ann = user(&db, "ann").await.id;
        for (new, says) in [
            (weekly("x", &[ann, UserId(987)]), "scheduleLayers: user 987"),
            (ScheduleIn { owners: Some(vec![UserId(987)]), ..weekly("x", &[ann]) }, "owners: user 987"),
            (ScheduleIn { teams: Some(vec![watchbell_core::ids::TeamId(7)]), ..weekly("x", &[ann]) }, "teams: team 7"),
            (ScheduleIn { calendar: Some(watchbell_core::ids::CalendarId(7)), ..weekly("x", &[ann]) }, "calendar: "),
        ] {
            let refused = schedules::create(&db, &admin(), new, now(0)).await.unwrap_err();
            assert!(refused.to_string().starts_with(says), "{refused}");
        }
    }

    async fn an_override_never_changes_what_was(db: Db) {
        let (ann, bob) = (user(&db, "ann").await.id, user(&db, "bob").await.id);
        let id = schedules::create(&db, &admin(), weekly("Support", &[ann]), now(0)).await?.id;
        for (span, says) in [(days(3, 3), "end: must come after"), (days(1, 2), "end: lies in the past"), (days(5, 5 + 367), "end: must come at most 366")] {
            let refused = put(&db, id, Some(bob), span, 2).await.unwrap_err();
            assert!(refused.to_string().starts_with(says), "{refused}");
        }
        let refused = put(&db, id, Some(UserId(987)), days(3, 4), 2).await.unwrap_err();
        assert!(refused.to_string().starts_with("user: user 987"), "{refused}");
        put(&db, id, Some(bob), days(500, 500 + 366), 2).await?;
        let made = put(&db, id, Some(bob), days(1, 6), 2).await?;
        assert_eq!(made.span, days(2, 6), "it begins now");

        // It has begun: its end changes, and the rest is a new one.
        let rest = overrides::edit(&db, &admin(), id, made.id, over(Some(ann), days(2, 8)), now(4)).await?;
        assert_eq!((rest.span, rest.user), (days(4, 8), Some(ann)));
        assert_eq!(overrides::get(&db, &admin(), id, made.id).await?.span, days(2, 4));
        let refused = overrides::delete(&db, &admin(), id, made.id, now(5)).await.unwrap_err();
        assert!(refused.to_string().contains("is over"), "{refused}");
        overrides::delete(&db, &admin(), id, rest.id, now(5)).await?;
        assert_eq!(overrides::get(&db, &admin(), id, rest.id).await?.span, days(4, 5), "what was stays");
        let ahead = put(&db, id, None, days(7, 9), 5).await?;
        let moved = overrides::edit(&db, &admin(), id, ahead.id, over(None, days(8, 9)), now(5)).await?;
        assert_eq!((moved.id, moved.span), (ahead.id, days(8, 9)));
        overrides::delete(&db, &admin(), id, ahead.id, now(5)).await?;
        assert_eq!(overrides::list(&db, &admin(), id, days(0, 100), Page::first(9)).await?.len(), 2);
        assert_eq!(schedules::load(&db, &admin(), &[id], days(4, 5)).await?[&id].overrides.len(), 1, "half-open");
    }

    async fn of_two_who_take_the_same_shift_the_second_is_told(db: Db) {
        let (ann, bob) = (user(&db, "ann").await.id, user(&db, "bob").await.id);
        let id = schedules::create(&db, &admin(), weekly("Support", &[ann]), now(0)).await?.id;
        let (first, second) = tokio::join!(put(&db, id, Some(bob), days(3, 4), 1), put(&db, id, Some(bob), days(3, 4), 1));
        let refused = [first, second].into_iter().filter_map(Result::err).collect::<Vec<_>>();
        assert!(matches!(refused.as_slice(), [StoreError::InUse { .. }]), "{refused:?}");
        put(&db, id, Some(ann), days(3, 4), 1).await?;
        put(&db, id, Some(bob), days(3, 4), 1).await?; // An override may override an override.
    }

    async fn a_temporary_schedule_keeps_to_its_span(db: Db) {
        let (ann, bob) = (user(&db, "ann").await.id, user(&db, "bob").await.id);
        let id = schedules::create(&db, &admin(), weekly("Support", &[ann]), now(0)).await?.id;
        let shift = |user, from, until| StaticShift { user, span: days(from, until) };
        for (shifts, says) in [
            (vec![shift(bob, 2, 4), shift(ann, 3, 5)], "shifts[1]: overlaps"),
            (vec![shift(bob, 2, 9)], "shifts[0]: must lie within"),
            (vec![shift(bob, 3, 3)], "shifts[0]: end"),
        ] {
            let refused = temporaries::create(&db, &admin(), id, TemporaryIn { span: days(2, 6), shifts }, now(1)).await.unwrap_err();
            assert!(refused.to_string().starts_with(says), "{refused}");
        }
        let new = TemporaryIn { span: days(2, 6), shifts: vec![shift(ann, 4, 6), shift(bob, 2, 4)] };
        let made = temporaries::create(&db, &admin(), id, new.clone(), now(1)).await?;
        assert_eq!(made.shifts, [shift(bob, 2, 4), shift(ann, 4, 6)]);
        let rest = temporaries::edit(&db, &admin(), id, made.id, new, now(3)).await?;
        assert_eq!((rest.span, rest.shifts), (days(3, 6), vec![shift(bob, 3, 4), shift(ann, 4, 6)]));
        let before = temporaries::get(&db, &admin(), id, made.id).await?;
        assert_eq!((before.span, before.shifts), (days(2, 3), vec![shift(bob, 2, 3)]));
        temporaries::delete(&db, &admin(), id, rest.id, now(4)).await?;
        let left = temporaries::list(&db, &admin(), id, everything(), Page::first(9)).await?;
        assert_eq!(left.iter().map(|known| known.span).collect::<Vec<_>>(), [days(2, 3), days(3, 4)]);
    }

    async fn who_leaves_is_replaced_in_every_rota_and_only_from_now_on(db: Db) {
        let (ann, bob) = (user(&db, "ann").await.id, user(&db, "bob").await.id);
        let id = schedules::create(&db, &admin(), weekly("Support", &[ann, bob, ann]), now(0)).await?.id;
        let later = Edit { from: Some(now(9)), ..Edit::default() };
        schedules::update(&db, &admin(), id, weekly("Support", &[bob, ann]), later, now(1)).await?;
        put(&db, id, Some(ann), days(2, 8), 2).await?;
        let shifts = vec![StaticShift { user: ann, span: days(10, 11) }];
        temporaries::create(&db, &admin(), id, TemporaryIn { span: days(10, 12), shifts }, now(2)).await?;

        let refused = users::delete(&db, &admin(), ann, None, now(4)).await.unwrap_err().to_string();
        assert!(refused.contains("\"Support\" (layer Weekly, one override, one temporary schedule)"), "{refused}");
        assert!(users::delete(&db, &admin(), ann, Some(ann), now(4)).await.is_err());
        assert!(users::delete(&db, &admin(), ann, Some(UserId(987)), now(4)).await.is_err());
        users::delete(&db, &admin(), ann, Some(bob), now(4)).await?;
        assert!(schedules::uses_of_user(&db, &admin(), ann, now(4)).await?.is_empty());

        let loaded = &schedules::load(&db, &admin(), &[id], everything()).await?[&id];
        let people: Vec<(Timestamp, Vec<UserId>)> = loaded.versions.iter().map(|version| match &version.plan {
            Plan::Recurring { layers } => (version.from, layers[0].users.clone()),
            Plan::Static { .. } => unreachable!(),
        }).collect();
        assert_eq!(people, [(now(0), vec![ann, bob, ann]), (now(4), vec![bob, bob, bob]), (now(9), vec![bob, bob])]);
        let overrides: Vec<_> = loaded.overrides.iter().map(|known| (known.user, known.span)).collect();
        assert_eq!(overrides, [(Some(bob), days(4, 8)), (Some(ann), days(2, 4))], "what was shown for the past stays");
        assert_eq!(loaded.temporaries[0].shifts[0].user, bob);
    }

    async fn who_replaces_somebody_takes_no_cover_of_a_third_person_and_the_past_stays(db: Db) {
        let (ann, bob, carl) = (user(&db, "ann").await.id, user(&db, "bob").await.id, user(&db, "carl").await.id);
        let id = schedules::create(&db, &admin(), weekly("Support", &[carl]), now(0)).await?.id;
        put(&db, id, Some(ann), days(1, 20), 1).await?;
        put(&db, id, Some(bob), days(3, 4), 1).await?;
        put(&db, id, Some(bob), days(8, 10), 1).await?;
        let shift = |user, from, until| StaticShift { user, span: days(from, until) };
        let by_ann = TemporaryIn { span: days(22, 40), shifts: vec![shift(ann, 22, 40)] };
        temporaries::create(&db, &admin(), id, by_ann, now(1)).await?;
        let by_bob = TemporaryIn { span: days(24, 26), shifts: vec![shift(bob, 24, 26)] };
        temporaries::create(&db, &admin(), id, by_bob, now(1)).await?;
        let before = answers(&db, id).await?;

        users::delete(&db, &admin(), ann, Some(carl), now(6)).await?;
        let after = answers(&db, id).await?;
        let expected = |day: i64| if (6..40).contains(&day) && before[&day] == Some(ann) { Some(carl) } else { before[&day] };
        assert_eq!(after, before.keys().map(|day| (*day, expected(*day))).collect());
        assert_eq!((before[&5], after[&5], before[&8], after[&8]), (Some(ann), Some(ann), Some(bob), Some(bob)));

        // The same of temporary schedules, for somebody who leaves while one runs.
        users::delete(&db, &admin(), carl, Some(bob), now(23)).await?;
        let last = answers(&db, id).await?;
        let expected = |day: i64| if day >= 23 && after[&day] == Some(carl) { Some(bob) } else { after[&day] };
        assert_eq!(last, after.keys().map(|day| (*day, expected(*day))).collect());
    }
}

/// Who is on call at the noon of each day.
async fn answers(db: &Db, id: ScheduleId) -> Result<BTreeMap<i64, Option<UserId>>, StoreError> {
    let prepared = schedules::prepared(db, &admin(), &[id], days(0, 50)).await?.remove(&id).unwrap();
    let noon = |day: i64| at(day * DAY + DAY / 2);
    Ok((0..50).map(|day| (day, schedule::on_call(&prepared, noon(day)).0.user())).collect())
}

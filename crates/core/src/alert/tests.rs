use super::*;
use crate::event::{AlertKey, Event, EventType, TicketRef};
use crate::grouping::Grouping;
use crate::ids::ActionId;
use crate::timeline::{Actor, Entry};

pub(crate) fn at(s: i64) -> Timestamp {
    Timestamp::from_second(s).unwrap()
}

pub(crate) fn alert(status: Status, priority: Priority) -> Alert {
    let mut escalation = Escalation::begin(PolicyId(1), 1, at(0));
    escalation.next_step_at = escalation.next_step_at.filter(|_| status == Status::Pending);
    Alert {
        id: AlertId(42),
        source: SourceId(1),
        key: Some("Disk".into()),
        group_key: Some("k:disk".into()),
        summary: "disk full".into(),
        details: String::new(),
        status,
        priority,
        escalation,
        progress: Progress::default(),
        snoozed_until: None,
        notified_at: None,
        nobody_notified_at: None,
        held: None,
        raise_at: None,
        version: 7,
        event_count: 1,
        report_time: at(0),
        last_event_at: at(0),
        accepted_at: None,
        accepted_by: (status == Status::Accepted).then_some(UserId(1)),
        resolved_at: None,
        resolved_by_person: false,
        content: Content::default(),
    }
}

fn event(kind: EventType) -> Happening {
    Happening::Event(Box::new(Event {
        kind,
        key: AlertKey::parse("disk").unwrap(),
        summary: "again".into(),
        details: String::new(),
        priority: None,
        routing_key: None,
        content: Content::default(),
        comments: vec![("nagios".into(), "still there".into())],
    }))
}

const ANN: Actor = Actor::User { id: UserId(1) };

fn run(alert: &Alert, happening: &Happening) -> Change {
    apply(alert, happening, &ANN, at(60), Grouping::EachEvent)
}

fn every_happening() -> Vec<Happening> {
    vec![
        event(EventType::Alert),
        event(EventType::Accept),
        event(EventType::Resolve),
        event(EventType::Comment),
        Happening::Accepted,
        Happening::Unaccepted { reason: "x".into() },
        Happening::Resolved { reason: None },
        Happening::ResolvedAndCompleted { resolution: Some("restarted".into()) },
        Happening::Reassigned(Assignee::User(UserId(2))),
        Happening::Reassigned(Assignee::Policy { id: PolicyId(2), version: 3, delay_s: 60 }),
        Happening::EscalatedNow,
        Happening::Raised,
        Happening::Commented { text: "hm".into(), author: None },
        Happening::Told { text: "note".into() },
        Happening::ResponderAdded(UserId(2)),
        Happening::ResponderRemoved(UserId(2)),
        Happening::TicketLinked { ticket: Box::default(), customer: Some("Bakery".into()) },
    ]
}

#[test]
fn accepting_stops_pages_and_escalation() {
    let change = run(&alert(Status::Pending, Priority::High), &Happening::Accepted);
    assert_eq!((change.alert.status, change.alert.accepted_by), (Status::Accepted, Some(UserId(1))));
    assert_eq!((change.alert.escalation.next_step_at, change.cancel_pages), (None, true));
    assert!(change.work.contains(&Work::WriteBack(TicketNews::Accepted)));
}

#[test]
fn resolved_is_final_whatever_happens() {
    for happening in every_happening() {
        let before = alert(Status::Resolved, Priority::Low);
        let change = run(&before, &happening);
        assert_eq!(change.alert.status, Status::Resolved, "{happening:?}");
        assert_eq!(change.alert.escalation, before.escalation, "{happening:?}");
        assert!(!change.work.iter().any(|w| matches!(w, Work::Escalate { .. })), "{happening:?}");
    }
}

#[test]
fn a_change_grows_the_version_and_an_unchanged_alert_does_not() {
    for status in [Status::Pending, Status::Accepted, Status::Resolved] {
        for happening in every_happening() {
            let before = alert(status, Priority::Low);
            let change = run(&before, &happening);
            let same_row = Alert { version: before.version, ..change.alert.clone() } == before;
            assert!(same_row || change.is_change(&before), "{status} {happening:?}");
        }
    }
}

#[test]
fn whenever_an_alert_is_pending_afterwards_it_has_a_next_step_and_work_that_wakes_it() {
    for happening in every_happening() {
        let before = alert(Status::Accepted, Priority::Low);
        let change = run(&before, &happening);
        if change.alert.status == Status::Pending {
            let next = change.alert.escalation.next_step_at.expect("a next step");
            assert!(change.work.contains(&Work::Escalate { at: next }), "{happening:?}");
        }
    }
}

#[test]
fn events_are_counted_and_their_comments_are_kept_in_order() {
    let change = run(&alert(Status::Pending, Priority::High), &event(EventType::Resolve));
    assert_eq!((change.alert.event_count, change.alert.status), (2, Status::Resolved));
    assert!(matches!(&change.entries[..], [Entry::Comment { .. }, Entry::Resolved { reason: None }]));
}

#[test]
fn raising_a_quiet_alert_starts_escalation_in_a_new_pass_and_raising_twice_is_harmless() {
    let raised = run(&alert(Status::Pending, Priority::Low), &Happening::Raised).alert;
    assert_eq!((raised.priority, raised.escalation.pass, raised.escalation.level), (Priority::High, 2, -1));
    assert_eq!(run(&raised, &Happening::Raised).alert, raised);
    let accepted = run(&alert(Status::Accepted, Priority::Low), &Happening::Raised);
    assert_eq!((accepted.alert.status, accepted.alert.escalation.next_step_at), (Status::Accepted, None));
}

#[test]
fn escalating_an_accepted_alert_returns_it_to_pending() {
    let change = run(&alert(Status::Accepted, Priority::High), &Happening::EscalatedNow);
    assert_eq!((change.alert.status, change.alert.escalation.next_step_at), (Status::Pending, Some(at(60))));
}

#[test]
fn one_pending_alert_gives_its_group_up_when_it_is_accepted() {
    let mut pending = alert(Status::Pending, Priority::High);
    pending.group_key = Some("*".into());
    let change = apply(&pending, &Happening::Accepted, &ANN, at(60), Grouping::OnePending);
    assert_eq!(change.alert.group_key.as_deref(), Some("k:disk"));
}

#[test]
fn whoever_resolves_may_complete_the_ticket_even_when_the_alert_is_over() {
    let ordered = |change: &Change| {
        change
            .work
            .iter()
            .filter(|work| matches!(work, Work::WriteBack(TicketNews::Resolved { complete: true, .. })))
            .count()
    };
    let done = run(&alert(Status::Accepted, Priority::High), &Happening::ResolvedAndCompleted { resolution: None });
    assert_eq!((done.alert.status, ordered(&done)), (Status::Resolved, 1));
    assert_eq!(ordered(&run(&alert(Status::Accepted, Priority::High), &Happening::Resolved { reason: None })), 0);
    let again = run(&done.alert, &Happening::ResolvedAndCompleted { resolution: None });
    assert_eq!((again.is_change(&done.alert), ordered(&again)), (false, 1));
}

#[test]
fn an_order_is_read_as_it_is_written_and_as_a_former_version_wrote_it() {
    let news = [
        TicketNews::Accepted,
        TicketNews::Resolved { complete: true, resolution: Some("x".into()) },
        TicketNews::Commented { text: "x".into() },
        TicketNews::Reassigned { to: Assignee::Policy { id: PolicyId(2), version: 3, delay_s: 60 } },
        TicketNews::Reassigned { to: Assignee::User(UserId(2)) },
        TicketNews::Escalated,
        TicketNews::Unanswered,
        TicketNews::Repeated,
    ];
    for news in news {
        for noted in [None, Some(Noted::Written), Some(Noted::Sent(at(61)))] {
            let order = WriteBackOrder {
                noted,
                not_before: noted.map(|_| at(70)),
                ..WriteBackOrder::new(news.clone(), ANN.clone(), at(60))
            };
            let written = serde_json::to_string(&order).unwrap();
            assert_eq!(serde_json::from_str::<WriteBackOrder>(&written).unwrap(), order, "{written}");
        }
    }
    let former = r#"{"update":"ALERT_RESOLVED","by":{"by":"system"},"version":3,"complete":true}"#;
    let read: WriteBackOrder = serde_json::from_str(former).unwrap();
    assert_eq!((read.news, read.at), (TicketNews::Resolved { complete: true, resolution: None }, None));
    assert!(serde_json::from_str::<WriteBackOrder>(r#"{"by":{"by":"system"}}"#).is_err());
}

#[test]
fn an_alert_has_one_ticket_and_repeated_events_are_told_to_the_one_that_an_action_made() {
    let open = alert(Status::Pending, Priority::High);
    let told =
        |alert: &Alert| run(alert, &event(EventType::Alert)).work.contains(&Work::WriteBack(TicketNews::Repeated));
    assert!(!told(&open));
    let ticket =
        |id| TicketRef { id, number: format!("T{id}"), action: Some(ActionId("a".into())), ..TicketRef::default() };
    let link = |alert: &Alert, id| {
        run(alert, &Happening::TicketLinked { ticket: Box::new(ticket(id)), customer: Some("Bakery".into()) })
    };
    let linked = link(&open, 7).alert;
    assert_eq!(
        (linked.content.ticket.as_ref(), linked.content.customer.as_deref()),
        (Some(&ticket(7)), Some("Bakery"))
    );
    assert!(told(&linked));
    assert!(!link(&linked, 7).is_change(&linked) && !link(&linked, 8).is_change(&linked));
    let mut of_ticket = linked;
    of_ticket.content.ticket.as_mut().unwrap().action = None;
    assert!(!told(&of_ticket));
}

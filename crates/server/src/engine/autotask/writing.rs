//! One go at writing to a ticket: it is looked at, and what is missing is written; a note and the fields at the same time.

use super::account::Account;
use super::hand::{Hand, Write};
use super::health::Trouble;
use super::remembered::Remembered;
use super::write_back::Run;
use super::{technician, tenant, words};
use crate::app::App;
use jiff::{SignedDuration, Timestamp};
use watchbell_connect::sources::autotask as rows;
use watchbell_core::alert::Noted;
use watchbell_core::autotask::{
    Assignment, Left, NoteOut, OwnEdit, Ticket, TicketFields, Writing, plan_write_back, wants_assignment,
};
use watchbell_core::timeline::Entry;
use watchbell_store::{StoreError, tickets};

/// What was made may not be readable for so long: a ticket that is missing is believed to be gone after about the same time.
const READABLE_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// What became of one go.
#[derive(Default)]
pub(super) struct Done {
    /// What was written, or could not be and is left so.
    pub(super) said: Vec<Entry>,
    /// What is still missing.
    pub(super) failed: Option<Failed>,
    /// What is known of the note by now.
    pub(super) noted: Option<Noted>,
    /// Whether it could be read what is missing, and not be written.
    pub(super) wrote_in_vain: bool,
}

/// What could not be written, and why.
pub(super) enum Failed {
    /// Autotask refuses it, and would refuse it again.
    Refused { what: String, error: String },
    /// It is tried again.
    Trouble(Trouble),
}

impl From<Trouble> for Failed {
    fn from(trouble: Trouble) -> Self {
        Failed::Trouble(trouble)
    }
}

impl From<StoreError> for Failed {
    fn from(error: StoreError) -> Self {
        Failed::Trouble(Trouble::Store(error))
    }
}

impl From<Failed> for Done {
    fn from(failed: Failed) -> Self {
        Done { failed: Some(failed), ..Done::default() }
    }
}

impl Done {
    fn written(what: impl Into<String>) -> Self {
        Done { said: vec![Entry::WrittenBack { what: what.into() }], ..Done::default() }
    }

    /// Both, what is said twice once; the first fault counts.
    fn and(mut self, other: Done) -> Self {
        let new: Vec<Entry> = other.said.into_iter().filter(|entry| !self.said.contains(entry)).collect();
        self.said.extend(new);
        self.failed = self.failed.or(other.failed);
        self.noted = self.noted.or(other.noted);
        self.wrote_in_vain |= other.wrote_in_vain;
        self
    }
}

/// Looks at the ticket and its notes, and writes what is missing.
pub(super) async fn write(app: &App, run: &Run) -> Done {
    match plan(app, run).await {
        Ok(Some(planned)) => carry_out(app, run, planned).await,
        Ok(None) => Done::default(),
        Err(failed) => failed.into(),
    }
}

/// What is missing on a ticket.
struct Planned {
    account: Account,
    ticket: Ticket,
    writing: Writing,
    /// The person who acted, as Autotask knows them.
    person: Person,
}

/// The person who acted, as Autotask knows them.
#[derive(Default)]
struct Person {
    /// As what they are to have the ticket; inside: why they cannot.
    assignment: Option<Result<Assignment, String>>,
    /// Their resource, where it is to be written as them.
    writes_as: Option<i64>,
}

/// None where the ticket is gone.
async fn plan(app: &App, run: &Run) -> Result<Option<Planned>, Failed> {
    let account = Account::open(app, &run.source.scope, &run.source.connector).await?;
    let (row, notes) = tokio::join!(
        account.ask_tickets(account.client.get::<autotask::Ticket>(run.ticket)),
        account.ask(account.client.notes(run.ticket)),
    );
    let Some(row) = row.map_err(refused("read the ticket"))? else { return Ok(None) };
    let notes = notes.map_err(refused("read its notes"))?;
    let texts: Vec<&str> = notes.items.iter().filter_map(|note| note.description.as_deref()).collect();
    let (rules, ticket) = (&run.source.rules, rows::to_ticket(&row));
    let person = person(&account, run, &ticket).await?;
    let assignment = person.assignment.as_ref().and_then(|given| given.as_ref().ok()).copied();
    let writing = plan_write_back(&rules.write_back, &rules.statuses, &ticket, (&texts, assignment), &run.happening);
    Ok(Some(Planned { account, ticket, writing, person }))
}

/// Asked only where the ticket is to be theirs, or to be written as theirs.
async fn person(account: &Account, run: &Run, ticket: &Ticket) -> Result<Person, Trouble> {
    let (write, statuses) = (&run.source.rules.write_back, &run.source.rules.statuses);
    let is_theirs = wants_assignment(write, statuses, ticket, &run.happening);
    let Some(user) = run.user.as_ref().filter(|_| is_theirs || write.write_as_person) else {
        return Ok(Person::default());
    };
    Ok(match technician::technician(account, &run.source, user).await? {
        Ok(known) => Person {
            assignment: is_theirs.then(|| known.assignment(ticket, user)),
            writes_as: write.write_as_person.then_some(known.resource),
        },
        Err(why) => Person { assignment: is_theirs.then_some(Err(why)), writes_as: None },
    })
}

async fn carry_out(app: &App, run: &Run, planned: Planned) -> Done {
    let Planned { account, ticket, writing, person } = planned;
    let fields = &writing.fields;
    if *fields != TicketFields::default() {
        // Before the write: its callout may be here before its answer.
        if let Err(error) = remember_edit(app, &account, run, (&ticket, person.writes_as), fields).await {
            return Failed::from(error).into();
        }
    }
    let hand = Hand::new(account, person.writes_as, &run.happening.by);
    let (noted, changed) = tokio::join!(note(&hand, run, &writing), change(&hand, run, fields));
    let done = noted.and(changed);
    let is_over = !matches!(done.failed, Some(Failed::Trouble(_)));
    let unassigned = person.assignment.and_then(Result::err).map(|error| left_unassigned(run, error));
    let left = writing.left.map(|left| Entry::LeftAsItIs { what: say_left(run, &left) });
    let badly_worded = writing.problem.map(|problem| Entry::WriteBackFailed {
        what: "the source's own words; Watchbell's were used".into(),
        error: problem.to_string(),
    });
    let said = [unassigned, left, badly_worded].into_iter().flatten().filter(|_| is_over).collect();
    let wrote_in_vain = matches!(done.failed, Some(Failed::Trouble(_)));
    Done { said, wrote_in_vain, ..Done::default() }.and(done)
}

fn say_left(run: &Run, left: &Left) -> String {
    match left {
        Left::Status(status) => {
            format!("its status, which is {} by now", words::say_status(*status, &run.source.rules))
        }
        Left::Resolution => "its resolution, which somebody has written".into(),
        Left::Superseded => "all but the note, since it has opened another alert".into(),
    }
}

/// Writes the note, unless it was written before: what was just made cannot always be read yet, and of a note whose answer was lost
/// nobody knows before that time is over.
async fn note(hand: &Hand<'_>, run: &Run, writing: &Writing) -> Done {
    let now = hand.now();
    let readable_at = |sent: Timestamp| sent + READABLE_AFTER;
    match (&writing.note, run.noted) {
        (_, Some(Noted::Written)) => Done::default(),
        (Some(_), Some(Noted::Sent(at))) if now < readable_at(at) => {
            let why = "Nobody said whether the note was written, and it may not be readable yet.".to_owned();
            Failed::from(Trouble::Away { why, again_at: readable_at(at) }).into()
        }
        (Some(note), _) => write_note(hand, run, note).await,
        (None, _) if writing.is_noted && run.has_own_note => noted(),
        (None, _) => Done::default(),
    }
}

async fn write_note(hand: &Hand<'_>, run: &Run, note: &NoteOut) -> Done {
    let sent = Noted::Sent(hand.now());
    let written = hand.write(run.ticket, Write::Note(note)).await;
    match written.map_err(refused("write a note")) {
        Ok(not_as_person) => Done { said: not_as_person.into_iter().collect(), ..Done::default() }.and(noted()),
        Err(failed @ Failed::Refused { .. }) => failed.into(),
        Err(failed) => Done { noted: Some(sent), ..Done::from(failed) },
    }
}

fn noted() -> Done {
    Done { noted: Some(Noted::Written), ..Done::written("a note") }
}

/// All fields go together. Where Autotask does not take the person, the others are written without them.
async fn change(hand: &Hand<'_>, run: &Run, fields: &TicketFields) -> Done {
    match set(hand, run, fields).await {
        Ok(done) => done,
        Err(Failed::Refused { error, .. }) if fields.assignment.is_some() => {
            let others = TicketFields { assignment: None, ..fields.clone() };
            let left = Done { said: vec![left_unassigned(run, error)], ..Done::default() };
            left.and(set(hand, run, &others).await.unwrap_or_else(Done::from))
        }
        Err(failed) => failed.into(),
    }
}

/// What was set; inside: what could not be.
async fn set(hand: &Hand<'_>, run: &Run, fields: &TicketFields) -> Result<Done, Failed> {
    let said = [
        fields.assignment.map(|_| format!("{} as its primary resource", run.happening.by)),
        fields.status.map(|status| say_status(run, status)),
        fields.resolution.as_ref().map(|_| "its resolution".to_owned()),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    if said.is_empty() {
        return Ok(Done::default());
    }
    let written = hand.write(run.ticket, Write::Fields(fields)).await;
    let not_as_person = written.map_err(refused(&format!("set {}", said.join(", "))))?;
    let first = Done { said: not_as_person.into_iter().collect(), ..Done::default() };
    Ok(said.into_iter().map(Done::written).fold(first, Done::and))
}

fn say_status(run: &Run, status: i64) -> String {
    format!("the status {}", words::say_status(status, &run.source.rules))
}

fn left_unassigned(run: &Run, error: String) -> Entry {
    Entry::WriteBackFailed { what: format!("assign it to {}", run.happening.by), error }
}

/// A refusal of one request is final; anything else is tried again. An answer that cannot be read says nothing about the write.
fn refused(what: &str) -> impl FnOnce(Trouble) -> Failed {
    let what = what.to_owned();
    move |trouble| match trouble {
        Trouble::Refused(error) if error.is_permanent() => Failed::Refused { what, error: error.to_string() },
        other => Failed::Trouble(other),
    }
}

/// Remembers our own edit, to recognise it when it comes back as a change.
async fn remember_edit(
    app: &App,
    account: &Account,
    run: &Run,
    (ticket, writes_as): (&Ticket, Option<i64>),
    fields: &TicketFields,
) -> Result<(), StoreError> {
    let now = app.clock.now();
    let edit = |resource: Option<i64>| OwnEdit {
        resource,
        status: fields.status.unwrap_or(ticket.status),
        assignee: fields.assignment.map(|assignment| assignment.resource),
        at: now,
    };
    // As the person or, where that is refused, as the API user.
    let edits: Vec<OwnEdit> = writes_as
        .map(|person| edit(Some(person)))
        .into_iter()
        .chain([edit(tenant::own_resource(account).await?)])
        .collect();
    let (scope, source, ticket) = (run.source.scope.clone(), run.source.id(), run.ticket);
    let write = app.db.write(move |tx| {
        Box::pin(async move {
            let Some(row) = tickets::lock_many(tx, &scope, source, vec![ticket]).await?.pop() else { return Ok(()) };
            let mut known = Remembered::read(&row)?;
            edits.into_iter().for_each(|edit| known.copy.add_own_edit(edit, now));
            let again = known.to_row(&known.snapshot.verdict, row.seen_at)?;
            tickets::put(tx, &scope, source, again).await
        })
    });
    write.await
}

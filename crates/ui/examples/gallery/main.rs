//! Serves every page with sample data, for looking at: `cargo run -p watchbell-ui --example gallery -- 127.0.0.1:4400`.
//! `/` lists the pages. `/alerts/stream` sends a live row now and then.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

mod actions;
mod alert;
mod autotask_form;
mod away;
mod clock;
mod hours;
mod oncall_people;
mod policies;
mod rota;
mod sample;
mod settings;
mod sources;
mod user;

use jiff::Timestamp;
use maud::html;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use watchbell_ui::components::Paging;
use watchbell_ui::pages::{self, alert_row::Arrival, confirm::LinkState, error::ErrorView};
use watchbell_ui::{Form, Markup};

fn all(now: Timestamp) -> Vec<(String, Markup)> {
    let (shell, bare) = (sample::shell(now), sample::bare_shell(now));
    let held = watchbell_ui::shell::paging_held_banner("restored from monday.backup", true);
    let held_shell = watchbell_ui::Shell { banners: vec![held], ..sample::shell(now) };
    let one_page = Paging::of(1, 4, |page| format!("?page={page}"));
    let empty_alerts =
        pages::alerts::AlertsView { rows: vec![], has_source: false, paging: Paging::default(), ..sample::alerts(now) };
    let refused = |text: &str| {
        let mut form = Form::of([("email", "ann@sunset.example")]);
        form.error("", text);
        form
    };
    let link = |state: LinkState| pages::confirm::confirm(&bare, &alert::confirm(now, state));
    let mut list = vec![
        ("/alerts".to_owned(), pages::alerts::alerts(&shell, &sample::alerts(now))),
        ("/alerts/empty".into(), pages::alerts::alerts(&shell, &empty_alerts)),
        (
            "/alerts/bulk-confirm".into(),
            pages::alerts::confirm_bulk_resolve(
                &shell,
                &[(watchbell_core::ids::AlertId(4711), "Practice server does not answer".into())],
                "/alerts",
            ),
        ),
        ("/alerts/4711".into(), pages::alert::alert(&shell, &alert::alert(now))),
        ("/link/ask".into(), link(LinkState::Ask)),
        ("/link/done".into(), link(LinkState::Done)),
        ("/link/accepted".into(), link(LinkState::AlreadyAccepted { by: "Bob Ray".into(), at: sample::ago(now, 60) })),
        (
            "/link/resolved".into(),
            link(LinkState::AlreadyResolved { by: Some("Bob Ray".into()), reason: None, at: sample::ago(now, 60) }),
        ),
        ("/link/expired".into(), pages::confirm::expired(&bare)),
        ("/login".into(), pages::login::login(&bare, &refused("E-mail and password do not match."))),
        ("/sources".into(), pages::sources::sources(&shell, &sources::sources(now), &one_page, true)),
        ("/sources/empty".into(), pages::sources::sources(&shell, &[], &one_page, true)),
        ("/sources/new".into(), pages::source_new::source_new(&shell)),
        ("/sources/new/api".into(), pages::source_api::source_api(&shell, &sources::api_form())),
        ("/sources/new/autotask".into(), pages::source_autotask::account_step(&shell, &autotask_form::account_step())),
        (
            "/sources/new/autotask/rules".into(),
            pages::source_autotask::rules_step(&shell, &autotask_form::rules_step()),
        ),
        ("/sources/1".into(), pages::source::source(&shell, &sources::source_autotask(now))),
        ("/sources/2".into(), pages::source::source(&shell, &sources::source_api(now))),
        ("/sources/3".into(), pages::source::source(&shell, &sources::source_waiting(now))),
        ("/accounts".into(), pages::accounts::accounts(&shell, &sources::accounts(now), &one_page, true)),
        ("/accounts/3".into(), pages::account::account(&shell, &sources::account(now))),
        ("/on-call".into(), pages::on_call::on_call(&shell, &rota::on_call(now))),
        ("/on-call/off".into(), pages::on_call::on_call(&shell, &rota::off_call(now))),
        ("/schedules".into(), pages::schedules::schedules(&shell, &rota::schedules(now))),
        ("/schedules/empty".into(), pages::schedules::schedules(&shell, &rota::no_schedules(now))),
        ("/schedules/new".into(), pages::schedule_edit::presets::presets(&shell)),
        ("/schedules/new/by-hand".into(), pages::schedule_edit::schedule_edit(&shell, &rota::edit(now, true))),
        ("/schedules/1".into(), pages::schedule::schedule(&shell, &rota::schedule(now))),
        ("/schedules/1/edit".into(), pages::schedule_edit::schedule_edit(&shell, &rota::edit(now, false))),
        ("/schedules/1/edit/unfinished".into(), pages::schedule_edit::schedule_edit(&shell, &rota::unfinished(now))),
        (
            "/schedules/1/overrides/new".into(),
            pages::schedule::override_form::override_page(&shell, &rota::refused_override()),
        ),
        (
            "/schedules/1/temporary/new".into(),
            pages::schedule::temporary_form::temporary_page(&shell, &rota::temporary_form()),
        ),
        ("/policies".into(), pages::policies::policies(&shell, &policies::policies(), &one_page, true)),
        ("/policies/1".into(), pages::policy::policy(&shell, &policies::policy())),
        ("/alert-actions".into(), pages::alert_actions::alert_actions(&shell, &actions::rows(), &one_page, true)),
        ("/alert-actions/a".into(), pages::alert_actions::alert_action(&shell, &actions::action())),
        ("/support-hours".into(), pages::support_hours::support_hours(&shell, &hours::rows(now), &one_page, true)),
        ("/support-hours/1".into(), pages::support_hours::hours(&shell, &hours::hours(now))),
        ("/maintenance".into(), pages::maintenance::maintenance(&shell, &hours::windows(now))),
        ("/maintenance/1".into(), pages::maintenance::window(&shell, &hours::window(now))),
        ("/users".into(), pages::users::users(&shell, &settings::users(), &one_page, true)),
        ("/users/new".into(), pages::users::user_new(&shell, &refused("Not saved: the e-mail is taken."))),
        ("/users/1".into(), pages::user::user(&shell, &user::user(now))),
        ("/profile".into(), pages::profile::profile(&shell, &user::user(now), &Form::default())),
        ("/teams".into(), pages::teams::teams(&shell, &oncall_people::teams(), &one_page, true)),
        ("/teams/1".into(), pages::teams::team(&shell, &oncall_people::team())),
        ("/health".into(), pages::health::health(&shell, &oncall_people::health(now))),
        ("/handoff".into(), oncall_people::handoff_notes(&shell, now)),
        ("/api-keys".into(), pages::api_keys::api_keys(&shell, &settings::api_keys(now))),
        ("/settings".into(), pages::settings::settings(&shell, &settings::settings())),
        ("/settings/texts/de".into(), pages::texts::texts(&shell, &settings::texts())),
        ("/paging".into(), pages::paging::paging(&held_shell, &settings::paging(now))),
        ("/audit".into(), pages::audit::audit(&shell, &settings::audit(now))),
        ("/holiday-calendars".into(), pages::holidays::holidays(&shell, &away::calendars(now), true)),
        ("/holiday-calendars/1".into(), pages::holidays::holiday_calendar(&shell, &away::calendar(now))),
        ("/users/1/absences/1".into(), away::absence(&shell)),
        ("/more".into(), pages::more::more(&shell)),
        (
            "/error".into(),
            pages::error::error(
                &shell,
                &ErrorView {
                    status: 404,
                    title: "There is no alert 9999".into(),
                    text: "It may have been deleted after its time. The number is in the address.".into(),
                    request: Some("0193b1".into()),
                },
            ),
        ),
    ];
    list.extend(
        settings::setup_steps(now)
            .iter()
            .map(|(name, step)| (format!("/setup/{name}"), pages::setup::setup(&bare, step))),
    );
    list
}

fn respond(stream: &mut TcpStream, status: &str, kind: &str, body: &[u8]) -> std::io::Result<()> {
    let policy = watchbell_ui::assets::CONTENT_SECURITY_POLICY;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nContent-Security-Policy: {policy}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}

/// A row that joins the list, then the same row accepted; then a beat each 15 seconds.
fn live(stream: &mut TcpStream) -> std::io::Result<()> {
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n: hello\n\n"
    )?;
    for arrival in [Arrival::Join, Arrival::Update] {
        clock::pause(2);
        let now = clock::now();
        let mut row = sample::row(now, 4712, "Joined by the stream", 1);
        if arrival == Arrival::Update {
            row.status = watchbell_core::alert::Status::Accepted;
        }
        let html = pages::alert_row::alert_row(&row, &sample::shell(now).when, true, arrival).into_string();
        write!(stream, "event: html\ndata: {}\n\n", html.replace('\n', "\ndata: "))?;
        stream.flush()?;
    }
    loop {
        clock::pause(15);
        stream.write_all(b": beat\n\n")?;
    }
}

fn answer(mut stream: TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/").to_owned();
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    if path.ends_with("/stream") {
        return live(&mut stream);
    }
    if let Some(asset) = path.strip_prefix("/assets/").and_then(watchbell_ui::asset) {
        return respond(&mut stream, "200 OK", asset.content_type, &asset.bytes);
    }
    let pages = all(clock::now());
    let body = match pages.iter().find(|(name, _)| *name == path) {
        Some((_, page)) => page.clone(),
        None => {
            html! { (maud::DOCTYPE) html lang="en" { title { "Gallery" } h1 { "Gallery" } ul { @for (name, _) in &pages { li { a href=(name) { (name) } } } } } }
        }
    };
    respond(&mut stream, "200 OK", "text/html; charset=utf-8", body.into_string().as_bytes())
}

fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:4400".into());
    if address == "paths" {
        println!("{}", all(clock::now()).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" "));
        return;
    }
    let listener = TcpListener::bind(&address).unwrap();
    println!("http://{address}/");
    for stream in listener.incoming().flatten() {
        std::thread::spawn(move || answer(stream));
    }
}

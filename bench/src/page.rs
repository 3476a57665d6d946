//! Pages of a schedule as a person's browser asks for them: from the request to the whole answer.

use crate::client::Connection;
use crate::clock;
use crate::figures::Durations;
use crate::lab::Lab;
use anyhow::{Context as _, Result, ensure};
use serde_json::json;

const ADDRESS: &str = "schedules@example.com";
const PASSWORD: &str = "four weeks of nights";
/// Layers of the schedule, and people who take turns in each.
const LAYERS: usize = 5;
const PEOPLE: usize = 20;
/// How many times the page is asked for.
const TIMES: usize = 300;

/// Makes a schedule of five layers with twenty people each, and asks for its page of four weeks; how long the answers took.
pub async fn measure(lab: &Lab) -> Result<Durations> {
    let people = ["--email", ADDRESS, "--name", "Nora Night", "--role", "ADMIN", "--password-stdin"];
    lab.node.run_with(&[&["user", "create"], people.as_slice()].concat(), PASSWORD).await?;
    let schedule = make_schedule(lab).await?;
    let mut connection = Connection::open(lab.node.address()).await?;
    let cookie = log_in(&mut connection).await?;
    let request = format!(
        "GET /schedules/{schedule}?span=4w HTTP/1.1\r\nHost: bench\r\nAccept: text/html\r\nCookie: {cookie}\r\n\r\n"
    );
    let mut answers = Durations::default();
    for _ in 0..TIMES {
        let asked = clock::now();
        let status = connection.send(request.as_bytes()).await?;
        answers.push(asked.elapsed());
        ensure!(status == 200, "the page was answered with {status}");
    }
    Ok(answers)
}

async fn make_schedule(lab: &Lab) -> Result<i64> {
    let mut people = Vec::new();
    for nth in 0..PEOPLE {
        people
            .push(json!({"id": lab.seed.person(&format!("night{nth}"), &format!("{}/{nth}", lab.hook.url())).await?}));
    }
    let day = |nth: usize| ["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY"][nth % 5];
    let window = |nth: usize, from: &str, to: &str| json!({"from": {"dayOfWeek": day(nth), "time": from}, "to": {"dayOfWeek": day(nth), "time": to}});
    let layer = |nth: usize| {
        let restrictions =
            if nth == 0 { json!([]) } else { json!([window(nth, "08:00", "12:00"), window(nth, "14:00", "18:00")]) };
        json!({"name": format!("Layer {nth}"), "startsOn": "2026-01-05T09:00:00", "rotation": "P1D", "users": people, "restrictions": restrictions})
    };
    let layers: Vec<_> = (0..LAYERS).map(layer).collect();
    let schedule =
        json!({"name": "Nights", "timezone": "Europe/Berlin", "type": "RECURRING", "scheduleLayers": layers});
    lab.seed.post("/api/schedules", schedule).await?["id"].as_i64().context("an id")
}

/// Logs in by the form; the cookie.
async fn log_in(connection: &mut Connection) -> Result<String> {
    let page = connection.exchange(b"GET /login HTTP/1.1\r\nHost: bench\r\nAccept: text/html\r\n\r\n").await?;
    let csrf = between(&page, "name=\"csrf\" value=\"", "\"").context("a token in the form")?;
    let first = cookies(&page);
    let body = format!("csrf={csrf}&email={}&password={}", ADDRESS.replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: bench\r\nCookie: {first}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let answer = connection.exchange(request.as_bytes()).await?;
    let cookie = cookies(&answer);
    ensure!(answer.starts_with("HTTP/1.1 303") && !cookie.is_empty(), "the log-in was refused: {answer}");
    Ok(cookie)
}

/// The cookies that an answer sets.
fn cookies(answer: &str) -> String {
    let set = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("set-cookie").then(|| value.split(';').next().unwrap_or_default().trim().to_owned())
    };
    answer.lines().take_while(|line| !line.is_empty()).filter_map(set).collect::<Vec<_>>().join("; ")
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    rest.split(after).next()
}

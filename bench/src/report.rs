//! The figures as rows of a table.

use crate::at_once;
use crate::crowd::{self, Outcome};
use crate::flood;
use crate::latency::Latency;
use std::time::Duration;

/// Rows of one database.
#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<(String, String, &'static str)>,
}

impl Report {
    /// A figure, with what is to be reached.
    pub fn row(&mut self, what: impl Into<String>, figure: impl Into<String>, target: &'static str) {
        let row = (what.into(), figure.into(), target);
        print(&format!("{}: {}", row.0, row.1));
        self.rows.push(row);
    }

    /// What a flood showed.
    pub fn flood(&mut self, what: &str, outcome: &flood::Outcome, target: &'static str, memory_target: &'static str) {
        let rate = outcome.events as f64 / outcome.lasted.as_secs_f64();
        self.row(
            what,
            format!("{rate:.0} events/s ({} in {:.0} s)", outcome.events, outcome.lasted.as_secs_f64()),
            target,
        );
        self.row("- answers", outcome.answers.summary(), "");
        if !outcome.refused.is_empty() {
            self.row("- refused", format!("{:?}", outcome.refused), "none");
        }
        let micros = |cpu: Duration| cpu.as_secs_f64() * 1e6 / outcome.events.max(1) as f64;
        let (server, machine) = outcome.cpu;
        self.row(
            "- processor per event",
            format!("{:.0} us server, {:.0} us whole machine", micros(server), micros(machine)),
            "",
        );
        let late = format!(
            "{} ({} events, {} missing)",
            outcome.pages.summary(),
            outcome.pages.len() + outcome.pages_missing,
            outcome.pages_missing
        );
        self.row("- event to page of others meanwhile", late, "at most 2 s");
        self.row("- all first pages decided", format!("{:.1} s after the flood", outcome.drained.as_secs_f64()), "");
        let memory = outcome.memory_mb.0.map_or_else(String::new, |mb| format!("{mb:.0} MB after 100,000 events, "));
        self.row("- memory", format!("{memory}at most {:.0} MB", outcome.memory_mb.1), memory_target);
    }

    /// What single events showed.
    pub fn latency(&mut self, latency: &Latency) {
        self.row("single event to answer, idle", latency.answers.summary(), "");
        let pages = format!(
            "{} ({} events, {} missing)",
            latency.pages.summary(),
            latency.pages.len() + latency.missing,
            latency.missing
        );
        self.row("single event to outgoing webhook, idle", pages, "p50 < 5 ms, p99 < 25 ms");
    }

    /// What many running escalations showed.
    pub fn crowd(&mut self, outcome: &Outcome, lasted: Duration) {
        let Outcome { due, late, missing, summaries, events, drained, memory_mb } = outcome;
        let rate = *events as f64 / lasted.as_secs_f64();
        self.row(
            format!(
                "{} open alerts, next steps spread over {} minutes, {rate:.0} events/s",
                crowd::ALERTS,
                crowd::MINUTES
            ),
            format!("{due} steps due in {:.0} s, {missing} pages missing, {summaries} summaries", lasted.as_secs_f64()),
            "500 events/s",
        );
        self.row("- from due to the page", late.summary(), "p99 below 1 s");
        self.row("- what was due at the end is done", format!("{:.1} s after it", drained.as_secs_f64()), "");
        self.row("- memory", format!("at most {memory_mb:.0} MB"), "below 250 MB");
    }

    /// What many steps at one instant showed.
    pub fn at_once(&mut self, outcome: &at_once::Outcome) {
        let at_once::Outcome { late, missing, memory_mb } = outcome;
        self.row(
            format!("{} alerts whose next steps are due at the same instant", at_once::ALERTS),
            format!("{} paged, {missing} missing", late.len()),
            "none missing",
        );
        self.row("- from that instant to the page", late.summary(), "longest below 10 s");
        self.row("- memory", format!("at most {memory_mb:.0} MB"), "below 250 MB");
    }

    /// All rows as a table of Markdown.
    pub fn print(&self, title: &str) {
        print(&format!("\n## {title}\n\n| measured | figure | target |\n|---|---|---|"));
        self.rows.iter().for_each(|(what, figure, target)| print(&format!("| {what} | {figure} | {target} |")));
    }
}

/// Prints a line.
#[expect(clippy::print_stdout, reason = "figures are the output of a benchmark")]
pub fn print(line: &str) {
    println!("{line}");
}

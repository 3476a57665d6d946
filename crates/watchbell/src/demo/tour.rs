//! What to open and what to click.

use super::seed::{LOGIN, Planted};
use super::stand_ins::StandIns;
use crate::say;

/// Prints the tour.
pub(crate) fn print(planted: &Planted, stand_ins: &StandIns) {
    let Planted { watchbell, password, webhook_url, monitoring_key, key_file } = planted;
    let (autotask, mail, push) = (stand_ins.autotask.url(), stand_ins.smtp.http_url(), stand_ins.ntfy.url());
    let phones = stand_ins.phones.url();
    say::line(&format!(
        "
Watchbell runs, and a hospital has just opened a ticket.

  Watchbell   {watchbell}   log in as {LOGIN} with {password}
  Autotask    {autotask}   the desk of the MSP: tickets, notes, workflow rules, callouts, faults
  Mailboxes   {mail}   every mail that was sent
  Push        {push}   every push message, with buttons that work
  Phones      {phones}   phones that ring, with a keypad; text messages that can be answered

What to do:
  1. Phones: Anna's phone rings. Answer it, listen, and press 4 to accept; or press Accept on her push message, or use
     the link in her mail. (Wait two minutes instead, and Ben and Carla get a text message: answer it with its code.)
  2. Watchbell: the alert is accepted; its timeline shows the call, its states and times, and why who was paged.
  3. Autotask: the ticket is in progress, with a note that says who has it. Complete it.
  4. Watchbell: the alert is resolved.
  5. Autotask: open tickets of your own, as a customer or as a robot; make Autotask fail under Faults.
  6. Let a monitoring tool report something: it becomes an alert, and a ticket of the right customer. Complete the ticket.

     curl {watchbell}/api/events -H 'content-type: application/json' -d '{{\"integrationKey\": \"{monitoring_key}\",
       \"eventType\": \"ALERT\", \"summary\": \"Disk 96 % full on SRV-PACS-1\", \"labels\": {{\"host\": \"SRV-PACS-1\"}}}}'

The source's webhook URL, as Autotask calls it:  {webhook_url}
A key for the API is in {key_file}
Ctrl-C ends everything and removes it."
    ));
}

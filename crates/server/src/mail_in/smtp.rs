//! The mail receiver: takes answers and bounces by SMTP, and nothing else. A mail is confirmed only after what it means is stored.

use super::{NotTaken, Taken, rules, take_raw, tls};
use crate::app::App;
use crate::links;
use crate::start::StartError;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use tokio_rustls::TlsAcceptor;
use watchbell_connect::channels::email::inbound::smtp::{MailIn, SmtpSession, Turn};
use watchbell_connect::channels::email::inbound::{Envelope, door_of};
use watchbell_connect::http::within;

/// Connections at once.
const CONNECTIONS_MAX: usize = 64;
/// Connections at once from one address.
const CONNECTIONS_OF_ONE_MAX: usize = 8;
/// How long a client may say nothing (RFC 5321 asks for five minutes; nobody who answers a page takes one).
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// How long a connection may take, everything included.
const CONNECTION_MAX: Duration = Duration::from_secs(600);
/// How long a TLS handshake may take.
const HANDSHAKE_MAX: Duration = Duration::from_secs(15);
/// What is read at once.
const READ_BYTES: usize = 16 * 1024;

/// A running receiver; dropping it ends it.
#[derive(Debug)]
pub struct Receiver {
    /// Where it listens.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// Starts it, where the settings ask for one.
    pub async fn start(app: &App) -> Result<Option<Self>, StartError> {
        let Some(listen) = app.config.smtp_listen else { return Ok(None) };
        let tls = tls::acceptor(&app.config)?;
        let cannot = |cause| StartError::File { what: format!("cannot listen for mail on {listen}"), cause };
        let listener = TcpListener::bind(listen).await.map_err(cannot)?;
        let address = listener.local_addr().map_err(cannot)?;
        tracing::info!(%address, encrypts = tls.is_some(), "listening for mail");
        let served = Served { app: app.clone(), tls, callers: Arc::default() };
        Ok(Some(Self { address, task: tokio::spawn(accept(listener, served)) }))
    }
}

/// What every connection needs.
#[derive(Clone)]
struct Served {
    app: App,
    tls: Option<TlsAcceptor>,
    callers: Callers,
}

/// Who is connected, and how often.
type Callers = Arc<Mutex<HashMap<IpAddr, usize>>>;

/// Holds a place for one connection of an address.
struct Place {
    callers: Callers,
    of: IpAddr,
}

impl Place {
    /// `None`: there is none left.
    fn take(callers: &Callers, of: IpAddr) -> Option<Self> {
        let mut known = callers.lock().unwrap_or_else(PoisonError::into_inner);
        if known.values().sum::<usize>() >= CONNECTIONS_MAX {
            return None;
        }
        let count = known.entry(of).or_default();
        (*count < CONNECTIONS_OF_ONE_MAX).then(|| {
            *count += 1;
            Self { callers: callers.clone(), of }
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut known = self.callers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = known.get_mut(&self.of) {
            *count -= 1;
            if *count == 0 {
                known.remove(&self.of);
            }
        }
    }
}

/// Takes connections until it is dropped, and they with it.
async fn accept(listener: TcpListener, served: Served) {
    let mut held = JoinSet::new();
    loop {
        let taken = tokio::select! {
            taken = listener.accept() => taken,
            Some(_) = held.join_next() => continue,
        };
        match taken {
            Ok((stream, from)) => match Place::take(&served.callers, from.ip()) {
                Some(place) => {
                    let served = served.clone();
                    held.spawn(async move {
                        hold(stream, &served).await;
                        drop(place);
                    });
                }
                None => turn_away(stream),
            },
            // No file handles, say: they come back as connections end.
            Err(error) => {
                tracing::warn!(%error, "a mail connection could not be taken");
                let now = served.app.clock.now();
                served.app.clock.sleep_until(now + jiff::SignedDuration::from_millis(100)).await;
            }
        }
    }
}

/// Says that it is full, without waiting for anybody.
fn turn_away(stream: TcpStream) {
    // A new connection has room for a line.
    let _ = stream.try_write(b"421 4.7.0 Too many connections; come back in a minute\r\n");
}

async fn hold(stream: TcpStream, served: &Served) {
    match within(CONNECTION_MAX, talk(stream, served)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a mail connection ended early"),
        Err(late) => tracing::debug!(%late, "a mail connection took too long"),
    }
}

async fn talk(mut stream: TcpStream, served: &Served) -> io::Result<()> {
    let domain = rules(&served.app).map(|rules| rules.domain.to_owned()).unwrap_or_default();
    let mut session = SmtpSession::new(&domain, served.tls.is_some());
    stream.write_all(session.greeting().as_bytes()).await?;
    let (End::StartTls, Some(tls)) = (converse(&mut stream, &mut session, &served.app).await?, &served.tls) else {
        return Ok(());
    };
    session.encrypted();
    let mut encrypted = within(HANDSHAKE_MAX, tls.accept(stream)).await.map_err(io::Error::other)??;
    converse(&mut encrypted, &mut session, &served.app).await?;
    encrypted.shutdown().await
}

enum End {
    Closed,
    StartTls,
}

async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    session: &mut SmtpSession,
    app: &App,
) -> io::Result<End> {
    let mut buffer = vec![0; READ_BYTES];
    loop {
        match session.next(|to| is_ours(app, to)) {
            Turn::Say(words) => write(stream, &words).await?,
            Turn::SayAndEnd(words) => {
                write(stream, &words).await?;
                return Ok(End::Closed);
            }
            Turn::StartTls(words) => {
                write(stream, &words).await?;
                return Ok(End::StartTls);
            }
            Turn::Keep(mail) => write(stream, keep(app, mail).await).await?,
            Turn::Wait => {
                let read = within(SILENCE_MAX, stream.read(&mut buffer)).await;
                match read.map_err(io::Error::other)?? {
                    0 => return Ok(End::Closed),
                    count => session.push(&buffer[..count]),
                }
            }
        }
    }
}

async fn write<S: AsyncWrite + Unpin>(stream: &mut S, words: &str) -> io::Result<()> {
    within(SILENCE_MAX, async {
        stream.write_all(words.as_bytes()).await?;
        stream.flush().await
    })
    .await
    .map_err(io::Error::other)?
}

/// Addresses with a token of ours, and that of the sender of our mails, which bounces come to.
fn is_ours(app: &App, address: &str) -> bool {
    let Some(rules) = rules(app) else { return false };
    match door_of(address, rules.domain) {
        Some((_, token)) => links::verify_address(&app.sealer, &token).is_some(),
        None => app.channels.mail_sender().is_some_and(|from| {
            let is_here = from.rsplit_once('@').is_some_and(|(_, at)| at.eq_ignore_ascii_case(rules.domain));
            is_here && from.eq_ignore_ascii_case(address)
        }),
    }
}

/// Takes a mail; what is said of it.
async fn keep(app: &App, mail: MailIn) -> &'static str {
    let envelope = Envelope { sender: Some(&mail.sender), recipients: &mail.recipients };
    match take_raw(app, &mail.raw, &envelope).await {
        Ok(Taken::Ignored(_)) => "250 2.0.0 Taken, nothing to do\r\n",
        Ok(_) => "250 2.0.0 Done\r\n",
        Err(NotTaken::Unreadable(_)) => "554 5.6.0 The mail cannot be read\r\n",
        Err(NotTaken::Store(_)) => "451 4.3.0 Not stored: try again in a minute\r\n",
    }
}

//! A lean HTTP client: prebuilt bytes out, status and length in. A general one would eat the processor that is measured.

use anyhow::{Context as _, Result, ensure};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A connection that is kept alive.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, answer: Vec::with_capacity(4_096) })
    }

    /// Sends a request and reads its answer whole; the status.
    pub async fn send(&mut self, request: &[u8]) -> Result<u16> {
        self.stream.write_all(request).await?;
        self.answer.clear();
        loop {
            ensure!(self.stream.read_buf(&mut self.answer).await? > 0, "the server hung up");
            if let Some(length) = message_length(&self.answer)?
                && self.answer.len() >= length
            {
                let status = self.answer.get(9..12).and_then(|digits| std::str::from_utf8(digits).ok());
                return Ok(status.context("a status")?.parse()?);
            }
        }
    }

    /// The same, where nothing but a 2xx will do.
    pub async fn deliver(&mut self, request: &[u8]) -> Result<()> {
        let status = self.send(request).await?;
        ensure!((200..300).contains(&status), "an event was answered with {status}");
        Ok(())
    }

    /// Sends a request; head and body of the answer as text.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<String> {
        self.send(request).await?;
        Ok(String::from_utf8_lossy(&self.answer).into_owned())
    }

    /// A GET; the body as text.
    pub async fn get(&mut self, path: &str) -> Result<String> {
        let status = self.send(format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").as_bytes()).await?;
        let text = String::from_utf8_lossy(&self.answer);
        ensure!(status == 200, "{path}: {text}");
        Ok(text.split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.to_owned()))
    }
}

/// The length of head and body of an HTTP message; none while its head has not come whole.
pub fn message_length(bytes: &[u8]) -> Result<Option<usize>> {
    let Some(head) = bytes.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(None) };
    let text = std::str::from_utf8(&bytes[..head])?;
    let is_length = |line: &&str| line.get(..15).is_some_and(|name| name.eq_ignore_ascii_case("content-length:"));
    let body = text.lines().find(is_length).map_or(Ok(0), |line| line[15..].trim().parse::<usize>())?;
    Ok(Some(head + 4 + body))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_message_ends_where_its_length_says() {
        assert_eq!(message_length(b"HTTP/1.1 202 Accepted\r\ncontent-le").unwrap(), None);
        assert_eq!(message_length(b"HTTP/1.1 204 No Content\r\n\r\n").unwrap(), Some(27));
        let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}";
        assert_eq!(message_length(answer).unwrap(), Some(answer.len()));
    }
}

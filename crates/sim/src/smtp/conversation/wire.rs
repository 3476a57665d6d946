//! Lines and replies over a stream, with limits.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

/// Longest command line, in bytes; RFC 5321 asks for 512, AUTH lines are longer.
const LINE_BYTES_MAX: u64 = 12_288;

/// What came after DATA.
pub(super) enum Data {
    Mail(Vec<u8>),
    TooBig,
    Ended,
}

/// A stream read by lines.
pub(super) struct Wire<S> {
    stream: BufReader<S>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Wire<S> {
    pub fn new(stream: S) -> Self {
        Self { stream: BufReader::new(stream) }
    }

    /// The stream, without what is still buffered.
    pub fn into_stream(self) -> S {
        self.stream.into_inner()
    }

    /// The next line without its end; none where the client is gone, or a line is too long to be one.
    pub async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let read = (&mut self.stream).take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await?;
        if read == 0 || !line.ends_with(b"\n") {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }

    pub async fn reply(&mut self, text: &str) -> io::Result<()> {
        self.stream.write_all(format!("{text}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// The lines up to the dot alone, dots undoubled (RFC 5321, 4.5.2). A mail beyond the limit is read to its end and dropped.
    pub async fn data(&mut self, bytes_max: usize) -> io::Result<Data> {
        let mut mail = Vec::new();
        let mut too_big = false;
        loop {
            let mut line = Vec::new();
            if (&mut self.stream).take(bytes_max as u64).read_until(b'\n', &mut line).await? == 0 {
                return Ok(Data::Ended);
            }
            if line == b".\r\n" || line == b".\n" {
                return Ok(if too_big { Data::TooBig } else { Data::Mail(mail) });
            }
            too_big |= mail.len() + line.len() > bytes_max;
            if !too_big {
                mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
            }
        }
    }
}

//! The fields of a form that was posted: `application/x-www-form-urlencoded` or `multipart/form-data` (RFC 7578).

use percent_encoding::percent_decode;

/// A form's fields: name and value, in order.
pub(super) type Fields = Vec<(String, Vec<u8>)>;

/// Fields of a form.
const FIELDS_MAX: usize = 1_000;

/// Reads a form by its content type. `None`: it is none.
pub(super) fn read(content_type: &str, body: &[u8]) -> Option<Fields> {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "application/x-www-form-urlencoded" => Some(urlencoded(body)),
        "multipart/form-data" => form_data(body, &boundary(content_type)?),
        _ => None,
    }
}

fn urlencoded(body: &[u8]) -> Fields {
    let decode = |raw: &[u8]| {
        let spaced: Vec<u8> = raw.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
        percent_decode(&spaced).collect::<Vec<u8>>()
    };
    let pairs = body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()).take(FIELDS_MAX);
    pairs
        .map(|pair| {
            let at = pair.iter().position(|byte| *byte == b'=').unwrap_or(pair.len());
            let value = pair.get(at + 1..).unwrap_or_default();
            (String::from_utf8_lossy(&decode(&pair[..at])).into_owned(), decode(value))
        })
        .collect()
}

fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, value) = parameters.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"))?;
    let value = value.trim().trim_matches('"');
    (1..=70).contains(&value.len()).then(|| value.to_owned())
}

fn form_data(body: &[u8], boundary: &str) -> Option<Fields> {
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    let first = format!("--{boundary}").into_bytes();
    let mut rest = match body.strip_prefix(&first[..]) {
        Some(rest) => rest,
        None => body.get(find(body, &delimiter)? + delimiter.len()..)?,
    };
    let mut fields = Fields::new();
    while !rest.starts_with(b"--") && fields.len() < FIELDS_MAX {
        let part = rest.strip_prefix(b"\r\n")?;
        let end = find(part, &delimiter)?;
        if let Some(field) = field(&part[..end]) {
            fields.push(field);
        }
        rest = &part[end + delimiter.len()..];
    }
    Some(fields)
}

/// One part; a file is a field like any other.
fn field(part: &[u8]) -> Option<(String, Vec<u8>)> {
    let end = find(part, b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&part[..end]);
    let line = head.lines().find(|line| {
        line.split_once(':').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("content-disposition"))
    })?;
    let (_, named) = line.split_once(" name=").or_else(|| line.split_once(";name="))?;
    let name = match named.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => named.split(';').next()?.trim(),
    };
    Some((name.to_owned(), part[end + 4..].to_vec()))
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    while let Some(at) = hay.get(from..)?.iter().position(|byte| *byte == first) {
        if hay[from + at..].starts_with(needle) {
            return Some(from + at);
        }
        from += at + 1;
    }
    None
}

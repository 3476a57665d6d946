//! Links into Autotask's screens.

/// The link that opens a ticket. `web_url` is that of [`crate::ZoneInformation`], such as `https://ww3.autotask.net/`.
pub fn ticket_link(web_url: &str, ticket_id: i64) -> String {
    let base = web_url.trim_end_matches('/');
    format!("{base}/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID={ticket_id}")
}

/// The base of the screens that belongs to the API's address, where that is a numbered zone of the vendor.
pub fn web_url_of(address: &crate::Address) -> Option<String> {
    let number = address.host().strip_prefix("webservices")?.strip_suffix(".autotask.net")?;
    number.parse::<u16>().ok().map(|number| format!("https://ww{number}.autotask.net/"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;
    use crate::Address;

    #[test]
    fn opens_the_ticket_with_or_without_a_last_slash() {
        let link =
            "https://ww3.autotask.net/Autotask/AutotaskExtend/ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=5";
        assert_eq!(ticket_link("https://ww3.autotask.net/", 5), link);
        assert_eq!(ticket_link("https://ww3.autotask.net", 5), link);
    }

    #[test]
    fn screens_are_next_to_the_api() {
        assert_eq!(web_url_of(&Address::of_zone_number(14)).as_deref(), Some("https://ww14.autotask.net/"));
        assert_eq!(web_url_of(&Address::directory()), None);
        assert_eq!(web_url_of(&"http://127.0.0.1:9000".parse().unwrap()), None);
    }
}

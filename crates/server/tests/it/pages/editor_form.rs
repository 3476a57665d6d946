//! The form of the schedule editor, as a browser reads and sends it.

use super::browser::between;

/// Names and values, in order.
pub type Fields = Vec<(String, String)>;

/// The fields of the editor's form as a browser would send them.
pub fn fields(page: &str) -> Fields {
    let form = between(page, "schedule-form", "</form>").unwrap();
    let mut found = Fields::new();
    for tag in form.split('<').filter(|tag| tag.starts_with("input ") || tag.starts_with("select ")) {
        let attribute = |name: &str| between(tag, &format!(" {name}=\""), "\"").map(str::to_owned);
        let Some(name) = attribute("name").filter(|name| name != "csrf") else { continue };
        let is_choice = tag.contains("type=\"checkbox\"") || tag.contains("type=\"radio\"");
        let value = match tag.starts_with("select ") {
            true => chosen(form, &name),
            false if is_choice && !tag.contains(" checked") => continue,
            false => attribute("value").unwrap_or_default(),
        };
        found.push((name, value));
    }
    found
}

fn chosen(form: &str, name: &str) -> String {
    let select = between(form, &format!("name=\"{name}\""), "</select>").unwrap_or_default();
    let option = select.split("<option ").find(|option| option.contains(" selected")).unwrap_or(select);
    between(option, "value=\"", "\"").unwrap_or_default().to_owned()
}

/// The same with another value.
pub fn with(mut fields: Fields, name: &str, value: &str) -> Fields {
    fields.retain(|(other, _)| other != name);
    fields.push((name.to_owned(), value.to_owned()));
    fields
}

/// As a browser sends them.
pub fn pairs(fields: &Fields) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

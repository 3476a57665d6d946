//! A browser without script: cookies, the CSRF token of the page it looks at, forms.

use reqwest::header::{ACCEPT, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder, Response};
use secrecy::SecretString;
use watchbell_core::ids::UserId;
use watchbell_server::auth::hash_password;
use watchbell_store::users;
use watchbell_testkit::http::{Answer, client};
use watchbell_testkit::{Person, TestApp};

/// The password of everybody who logs in here.
pub const PASSWORD: &str = "correct horse battery";

/// A browser.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    base: String,
    cookies: Vec<(String, String)>,
    /// The CSRF token of the page that was looked at last.
    pub csrf: String,
}

impl Browser {
    /// One that nobody is logged in with.
    pub fn new(app: &TestApp) -> Self {
        Self { client: client(), base: app.url.clone(), cookies: Vec::new(), csrf: String::new() }
    }

    /// One that a person is logged in with, by the form.
    pub async fn of(app: &TestApp, person: &Person) -> Self {
        set_password(app, person.id).await;
        let mut browser = Self::new(app);
        let email = format!("{}@example.com", person.name);
        browser.get("/login").await.expect(200);
        let answer = browser.post("/login", &[("email", &email), ("password", PASSWORD)]).await.expect(303);
        let home = location(&answer);
        browser.get(&home).await.expect(200);
        browser
    }

    /// A request with the cookies.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self.client.request(method, format!("{}{path}", self.base)).header(ACCEPT, "text/html");
        if cookies.is_empty() { request } else { request.header(COOKIE, cookies.join("; ")) }
    }

    /// A page.
    pub async fn get(&mut self, path: &str) -> Answer {
        let response = self.request(Method::GET, path).send().await.unwrap();
        self.read(response).await
    }

    /// A form, with the CSRF token of the last page.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let all: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", csrf.as_str())]).collect();
        self.post_as_it_is(path, &all).await
    }

    /// A form without a token.
    pub async fn post_as_it_is(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = reqwest::Url::parse_with_params("http://x/", fields).unwrap().query().unwrap_or_default().to_owned();
        let request = self.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded");
        let response = request.body(body).send().await.unwrap();
        self.read(response).await
    }

    /// A form that is answered with the way to another page, which is looked at.
    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(path, fields).await.expect(303);
        self.get(&location(&answer)).await.expect(200)
    }

    async fn read(&mut self, response: Response) -> Answer {
        for cookie in response.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap().to_owned();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let answer = Answer::read(response).await;
        if let Some(token) = between(&answer.text, "name=\"csrf\" value=\"", "\"") {
            self.csrf = token.to_owned();
        }
        answer
    }
}

/// Gives somebody the password.
pub async fn set_password(app: &TestApp, user: UserId) {
    let hash = hash_password(SecretString::from(PASSWORD.to_owned()), [7; 16]).await.unwrap();
    users::set_password_hash(&app.app.db, &app.scope(), user, Some(hash), app.app.clock.now()).await.unwrap();
}

/// Where an answer leads.
pub fn location(answer: &Answer) -> String {
    answer.headers.get(LOCATION).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// The text between two others.
pub fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = &text[text.find(before)? + before.len()..];
    rest.find(after).map(|end| &rest[..end])
}

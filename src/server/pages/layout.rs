//! What all pages have around them.

use maud::{DOCTYPE, Markup, html};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::words::{ago, marked};
use crate::domain::Right;
use crate::render::Advice;
use crate::server::caller::{Caller, Rights};

/// The field of forms that only this browser knows.
pub(in crate::server) const TOKEN: &str = "form-token";

/// What a part of a path must not have as it is.
const PART: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// The pages of a repository, as the menu lists them.
const MENU: [(&str, &str); 7] = [
    ("", "Environments"),
    ("products", "Products"),
    ("flows", "Flows"),
    ("releases", "Releases"),
    ("policies", "Policies"),
    ("insights", "Insights"),
    ("configuration", "Configuration"),
];

/// What all pages of a repository share.
#[derive(Clone, Debug)]
pub(in crate::server) struct Frame {
    /// The repository.
    pub repository: String,
    /// Whether there are others.
    pub has_others: bool,
    /// The secret of the browser's forms.
    pub token: String,
    /// When it was read, in seconds since 1970.
    pub read: Option<i64>,
    /// Why it could not be read since.
    pub fault: Option<Advice>,
    /// Now, in seconds since 1970.
    pub now: i64,
    /// What the person may do.
    pub rights: Rights,
}

/// The start page of a repository.
pub(in crate::server) fn repository_address(name: &str) -> String {
    format!("/r/{}", utf8_percent_encode(name, PART))
}

impl Frame {
    /// Whether the person may do something: a page does not offer what they may not.
    ///
    /// `product` is `None` for what is in no product or in several, and `environment` for what is about every
    /// one.
    pub fn may(&self, right: Right, product: Option<&str>, environment: Option<&str>) -> bool {
        self.rights.may(right, product, environment)
    }

    /// The address of a page of the repository; `parts` are its path.
    pub fn address(&self, parts: &[&str]) -> String {
        let parts = parts
            .iter()
            .map(|part| format!("/{}", utf8_percent_encode(part, PART)));
        format!(
            "{}{}",
            repository_address(&self.repository),
            parts.collect::<String>()
        )
    }

    /// The hidden field that every form needs.
    pub fn token(&self) -> Markup {
        html! { input type="hidden" name=(TOKEN) value=(self.token); }
    }

    /// A whole page; `at` is the entry of the menu that it belongs to.
    pub fn page(&self, at: &str, title: &str, content: &Markup) -> Markup {
        let menu = html! {
            nav aria-label="Pages" {
                ul {
                    @for (part, name) in MENU {
                        @let address = if part.is_empty() { self.address(&[]) } else { self.address(&[part]) };
                        li { a href=(address) aria-current=[(part == at).then_some("page")] { (name) } }
                    }
                }
            }
        };
        let heading = html! {
            a.brand href="/" { img src="/assets/icon.svg" alt="" width="24" height="24"; "git-promote" }
            span.repository {
                @if self.has_others { a href="/" { "Repositories" } " / " }
                (self.repository)
            }
            (menu)
            (self.person())
        };
        document(
            title,
            &heading,
            &html! { (self.banner()) (content) },
            Some(&self.repository),
        )
    }

    /// Who is signed in, with a button to sign out.
    fn person(&self) -> Markup {
        let Caller::SignedIn(person) = &self.rights.caller else {
            return html! {};
        };
        html! {
            form.person method="post" action="/sign-out" {
                (self.token())
                span { (person.name()) }
                button { "Sign out" }
            }
        }
    }

    /// That the page is older than it should be.
    fn banner(&self) -> Markup {
        html! {
            @if let Some(fault) = &self.fault {
                div.banner role="status" {
                    p {
                        strong { "This may be out of date. " }
                        @match self.read {
                            Some(read) => { "The repository was last read " (ago(read, self.now)) "; since then: " },
                            None => "The repository could not be read yet: ",
                        }
                        (fault.message)
                    }
                    @if !fault.causes.is_empty() || !fault.details.is_empty() {
                        details {
                            summary { "Details" }
                            @for cause in fault.causes.iter().chain(&fault.details) { pre { (cause) } }
                        }
                    }
                    @if let Some(hint) = &fault.hint { p.quiet { (hint) } }
                }
            }
        }
    }
}

/// A page that says why a request cannot be answered.
pub(in crate::server) fn trouble(
    message: &str,
    details: &[String],
    advice: Option<&str>,
) -> Markup {
    let content = html! {
        section.trouble {
            h1 { (message) }
            @for detail in details { pre { (detail) } }
            @if let Some(advice) = advice { p { (marked(advice)) } }
            p { a href="/" { "Back to the start" } }
        }
    };
    let heading = html! {
        a.brand href="/" { img src="/assets/icon.svg" alt="" width="24" height="24"; "git-promote" }
    };
    document(message, &heading, &content, None)
}

/// A page without a repository.
pub(super) fn plain(title: &str, content: &Markup) -> Markup {
    let heading = html! {
        a.brand href="/" { img src="/assets/icon.svg" alt="" width="24" height="24"; "git-promote" }
    };
    document(title, &heading, content, None)
}

fn document(title: &str, heading: &Markup, content: &Markup, watched: Option<&str>) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · git-promote" }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                link rel="stylesheet" href="/assets/app.css";
                script src="/assets/app.js" defer {}
            }
            body data-repository=[watched] {
                a.skip href="#content" { "Skip to the content" }
                header.top { (heading) span id="live" role="status" {} }
                main id="content" tabindex="-1" { (content) }
                dialog id="drawer" aria-label="Promotion" {}
                div id="news" role="status" aria-live="polite" {}
            }
        }
    }
}

//! The list of repositories.

use maud::{Markup, html};

use super::layout::{plain, repository_address};

/// The list of repositories.
pub(in crate::server) fn repositories(names: &[&str]) -> Markup {
    plain(
        "Repositories",
        &html! {
            h1 { "Repositories" }
            ul.list {
                @for name in names {
                    li { a href=(repository_address(name)) { (name) } }
                }
            }
        },
    )
}

//! The configuration: its faults, and what it sets.

use maud::{Markup, html};

use super::layout::Frame;
use super::words::marked;
use crate::domain::{CONFIGURATION, EnvironmentKind, Origin};
use crate::render::{counted, notice};
use crate::server::state::State;

/// The page of the configuration.
pub(in crate::server) fn configuration(frame: &Frame, state: Option<&State>) -> Markup {
    let faults = frame.fault.as_ref().map_or(&[][..], |fault| &fault.details);
    let content = html! {
        div.heading { h1 { "Configuration" } }
        @for fault in faults { pre.note.error { (fault) } }
        @if let Some(state) = state {
            @let settings = &state.files.settings;
            @if faults.is_empty() { (valid(&state.files.origin)) }
            @for notice in &state.files.notices {
                p.note { strong { "Note: " }
                    @if let Some(path) = notice::heading(notice) { code { (path) } ": " }
                    (marked(&notice::message(notice))) }
            }
            (environments(state))
            section {
                h2 { "What it has" }
                ul {
                    li { (counted(settings.products.len(), "product")) }
                    li { (counted(settings.flows.len(), "flow")) }
                    li { @if settings.policies.len() == 1 { "1 policy" } @else { (settings.policies.len()) " policies" } }
                    li { (counted(settings.workflows.len(), "workflow")) }
                    li { (counted(settings.gates.len(), "gate")) }
                }
            }
        } @else if faults.is_empty() {
            p.empty { "The repository was not read yet." }
        }
    };
    frame.page("configuration", "Configuration", &content)
}

fn valid(origin: &Origin) -> Markup {
    html! {
        @match origin {
            Origin::Defaults => div.empty {
                p { "There is no " code { (CONFIGURATION) } "; the defaults apply." }
                p { code { "git promote init" } " proposes one from the paths of the repository." }
            },
            _ => p.good { code { (CONFIGURATION) } " has no faults." },
        }
    }
}

fn environments(state: &State) -> Markup {
    let files = &state.files;
    html! {
        section {
            h2 { "Environments" }
            div.scroll tabindex="0" role="region" aria-label="Environments" {
                table.stack {
                    thead { tr { th scope="col" { "Name" } th scope="col" { "Kind" } th scope="col" { "Also called" }
                        th scope="col" { "Branch" } th scope="col" { "Repository" } } }
                    tbody {
                        @for name in &files.status().environments {
                            @let environment = files.settings.environment(name);
                            tr {
                                th scope="row" { (name) }
                                td data-label="Kind" {
                                    @match environment.and_then(|e| e.kind) {
                                        Some(EnvironmentKind::Production) => "production",
                                        Some(EnvironmentKind::NonProduction) => "not production",
                                        None => "not set",
                                    }
                                }
                                td data-label="Also called" { (environment.map(|e| e.aliases.join(", ")).unwrap_or_default()) }
                                td data-label="Branch" { (environment.and_then(|e| e.location.branch.as_deref()).unwrap_or(&files.status().branch.name)) }
                                td data-label="Repository" { (environment.and_then(|e| e.location.repository.as_ref()).map(ToString::to_string).unwrap_or_default()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

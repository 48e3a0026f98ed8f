//! The names that a clone has.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Command, CommandFactory};
use clap_complete::engine::{ArgValueCandidates, CompletionCandidate};

use crate::cli::arguments::Arguments;
use crate::cli::disk;
use crate::cli::failure::Failure;
use crate::domain::Settings;
use crate::engine::{self, NameKind};
use crate::port::NoObserver;
use crate::wiring;

/// How many releases of each product are read.
const RELEASES: usize = 200;

/// What an argument names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Named {
    /// Something that the configuration or a path names.
    Kind(NameKind),
    /// A release.
    Release,
}

/// What an argument names, by its id.
fn named(argument: &str) -> Option<Named> {
    Some(match argument {
        "from" | "to" | "environments" | "step" => Named::Kind(NameKind::Environment),
        "service" => Named::Kind(NameKind::Application),
        "product" => Named::Kind(NameKind::Product),
        "flow" | "name" => Named::Kind(NameKind::Flow),
        "skip_gates" => Named::Kind(NameKind::Gate),
        "pre_action" | "post_action" => Named::Kind(NameKind::Workflow),
        "id" | "ids" | "promotion" => Named::Release,
        _ => return None,
    })
}

/// The clone that a command line is about.
#[derive(Clone, Debug, Default)]
pub(super) struct LocalClone {
    directory: PathBuf,
    /// The file of `--config`.
    configuration: Option<PathBuf>,
}

impl LocalClone {
    /// The clone that the words name, as far as they can be understood.
    pub fn of_command_line(words: &[String]) -> Self {
        let mut clone = Self {
            directory: PathBuf::from("."),
            configuration: None,
        };
        let command = Arguments::command().ignore_errors(true);
        // Words such as `--help` have no matches.
        let parsed = command.try_get_matches_from(words).ok();
        let mut level = parsed.as_ref();
        while let Some(matches) = level {
            let folders = matches.try_get_many::<PathBuf>("directory");
            clone
                .directory
                .extend(folders.ok().flatten().unwrap_or_default());
            if let Ok(Some(file)) = matches.try_get_one::<PathBuf>("config") {
                clone.configuration = Some(file.clone());
            }
            level = matches.subcommand().map(|(_, below)| below);
        }
        clone
    }

    /// The folder that the paths of the command line are relative to.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// Lets the arguments of a command and of its subcommands be completed with names.
    pub fn add_names(&self, command: Command) -> Command {
        let clone = Arc::new(self.clone());
        let with_names = move |argument: clap::Arg| match named(argument.get_id().as_str()) {
            None => argument,
            Some(named) => {
                let clone = Arc::clone(&clone);
                argument.add(ArgValueCandidates::new(move || clone.candidates(named)))
            }
        };
        command
            .mut_args(with_names)
            .mut_subcommands(|below| self.add_names(below))
    }

    /// The names; none if they cannot be read, because a shell has no place for errors.
    fn candidates(&self, named: Named) -> Vec<CompletionCandidate> {
        let found = match named {
            Named::Kind(kind) => self.names(kind),
            Named::Release => self.releases(),
        };
        // An option in the place of a name would be taken for an option.
        let is_usable = |found: &CompletionCandidate| {
            !found.get_value().as_encoded_bytes().starts_with(b"-") && !found.get_value().is_empty()
        };
        let found = found.unwrap_or_default();
        found.into_iter().filter(is_usable).collect()
    }

    fn names(&self, kind: NameKind) -> Result<Vec<CompletionCandidate>, Failure> {
        let adapters = wiring::open_clone(&self.directory)?;
        let ports = adapters.ports(&NoObserver);
        let names = engine::known_names(&ports, kind, self.given()?.as_ref())?;
        Ok(names.into_iter().map(CompletionCandidate::new).collect())
    }

    /// The ids of releases with their states, open ones first.
    fn releases(&self) -> Result<Vec<CompletionCandidate>, Failure> {
        let adapters = wiring::open_clone(&self.directory)?;
        let settings = engine::checked_out_settings(&adapters.ports(&NoObserver), None)?;
        let adapters = adapters.for_releases(settings.release_prefix.as_deref())?;
        let ports = adapters.ports(&NoObserver);
        let mut releases = engine::newest_seen_releases(&ports, RELEASES)?;
        releases.sort_by_key(|release| release.state.is_end());
        let candidate = |release: crate::release::Release| {
            let state = release.state.name();
            CompletionCandidate::new(release.id).help(Some(state.into()))
        };
        Ok(releases.into_iter().map(candidate).collect())
    }

    /// The settings of `--config`.
    fn given(&self) -> Result<Option<Settings>, Failure> {
        let read = |file: &Path| disk::read(&self.directory.join(file), &file.to_string_lossy());
        let reading = self.configuration.as_deref().map(read).transpose()?;
        Ok(reading.map(|reading| reading.settings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The arguments of a command and of its subcommands.
    fn arguments(command: &Command) -> Vec<&clap::Arg> {
        let below = command.get_subcommands().flat_map(arguments);
        command.get_arguments().chain(below).collect()
    }

    #[test]
    fn every_argument_with_a_name_of_the_repository_is_completed() {
        let command = Arguments::command();
        let others = ["assignee", "branch", "label", "reviewer"];
        for argument in arguments(&command) {
            let (id, names) = (argument.get_id().as_str(), argument.get_value_names());
            let is_named = names.unwrap_or_default().iter().any(|name| {
                [
                    "ENV",
                    "ENV,...",
                    "NAME",
                    "ID",
                    "GATE",
                    "WORKFLOW",
                    "PROMOTION",
                ]
                .contains(&name.as_str())
            });
            assert_eq!(
                named(id).is_some(),
                is_named && !others.contains(&id),
                "{id}"
            );
        }
    }

    #[test]
    fn the_folder_and_the_configuration_of_the_line_are_used() {
        let words = "git-promote -C a diff -C b --config c.yaml --from x --to";
        let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
        let clone = LocalClone::of_command_line(&words);
        assert_eq!(clone.directory, PathBuf::from("./a/b"));
        assert_eq!(clone.configuration, Some(PathBuf::from("c.yaml")));
    }
}

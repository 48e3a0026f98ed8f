//! The applications and files of any number of environments.
//!
//! # Why
//!
//! A promotion is between two environments, but a flow, a table of versions and a dashboard show
//! all of them, from several branches or repositories. So a view is of one environment in one commit
//! and independent of any other; only a pair compares two of them.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::application_rule::{ApplicationRule, PathNames, without_ranges};
use super::environment_folder::{entry_in, with_folder};
use super::error::InventoryError;
use super::file_pair::{FileObject, FileRole};
use super::path_words::role;
use super::target_names::join;
use super::trees::{Entry, has_folder, has_plainer_sibling, read_entries};
use super::usual_environments::usual_environments;
use crate::domain::{
    ApplicationName, CONFIGURATION, CommitId, Environment, EnvironmentFolder, NameIndex, ObjectId,
    RepoPath, Settings,
};
use crate::port::{RepositoryError, Snapshot};

/// A commit of a repository, and where in it to look for environments.
#[derive(Clone, Copy)]
pub struct Location<'a> {
    /// The repository's name.
    pub repository: &'a str,
    /// The commit, of any branch.
    pub snapshot: &'a dyn Snapshot,
    /// The folder that contains the environments; `None` for the whole commit.
    pub folder: Option<&'a RepoPath>,
    /// The configured environments and layout.
    pub settings: &'a Settings,
}

/// One environment in one commit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnvironmentView {
    /// The environment.
    pub environment: Environment,
    /// The repository's name.
    pub repository: String,
    /// The commit that was read.
    pub commit: CommitId,
    /// Its applications, each with its files in the order of their paths.
    pub applications: BTreeMap<ApplicationName, Vec<EnvironmentFile>>,
}

/// A file of an environment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct EnvironmentFile {
    /// Its path from the repository's root.
    pub path: RepoPath,
    /// Its content.
    pub object: FileObject,
    /// What it is for.
    pub role: FileRole,
}

/// The environments of any number of repositories, branches and commits.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    views: Vec<EnvironmentView>,
}

impl Inventory {
    /// Adds these environments of a location; one whose name is in no path has no applications.
    ///
    /// # Errors
    /// When the repository cannot be read, or has a path that cannot be used.
    pub fn add(
        &mut self,
        location: Location<'_>,
        environments: &[Environment],
    ) -> Result<(), InventoryError> {
        let with_folder = |environment| with_folder(environment, location.snapshot);
        let environments: Result<Vec<Environment>, _> =
            environments.iter().map(with_folder).collect();
        self.views
            .extend(ViewBuilder::run(location, &environments?)?);
        Ok(())
    }

    /// Adds every environment of a location: the configured ones, else those with usual names in paths.
    ///
    /// # Errors
    /// As for [`Inventory::add`].
    pub fn add_all(&mut self, location: Location<'_>) -> Result<(), InventoryError> {
        let configured = &location.settings.environments;
        if configured.is_empty() {
            let named = match root_of(location)? {
                Some(tree) => usual_environments(location.snapshot, tree)?,
                None => Vec::new(),
            };
            self.add(location, &named)
        } else {
            self.add(location, configured)
        }
    }

    /// The views, in the order in which they were added.
    pub fn views(&self) -> &[EnvironmentView] {
        &self.views
    }

    /// The views, in the order in which they were added.
    pub fn into_views(self) -> Vec<EnvironmentView> {
        self.views
    }

    /// The view of an environment of a repository, by the environment's name or alias.
    pub fn view(&self, repository: &str, environment: &str) -> Option<&EnvironmentView> {
        self.views
            .iter()
            .find(|v| v.repository == repository && v.environment.has_name(environment))
    }
}

/// The tree that contains the environments, if it exists.
fn root_of(location: Location<'_>) -> Result<Option<ObjectId>, RepositoryError> {
    let mut tree = location.snapshot.root();
    for part in location.folder.into_iter().flat_map(RepoPath::parts) {
        let entries = read_entries(location.snapshot, tree, &mut |_| {})?;
        match entries.into_iter().find(|e| e.name == part) {
            Some(entry) if entry.is_directory() => tree = entry.id,
            _ => return Ok(None),
        }
    }
    Ok(Some(tree))
}

/// The first place on a path that has an environment's name, or its folder.
struct ViewRoot {
    parent: String,
    entry: Entry,
    environment: usize,
}

/// Finds the environments of one location.
struct ViewBuilder<'a> {
    location: Location<'a>,
    environments: &'a [Environment],
    /// Each name with the index of its environment; `None` for an environment that is not searched.
    names: NameIndex<Option<usize>>,
    roots: Vec<ViewRoot>,
}

/// The names of one environment, as they occur in paths.
struct EnvironmentNames<'a> {
    environment: &'a Environment,
    number: usize,
    names: &'a NameIndex<Option<usize>>,
}

impl PathNames for EnvironmentNames<'_> {
    fn folder(&self) -> Option<&EnvironmentFolder> {
        self.environment.folder()
    }

    fn is_environment(&self, word: &str) -> bool {
        self.environment.has_name(word)
    }

    fn is_named(&self, part: &str) -> bool {
        let mut occurrences = self.names.in_path(part).into_iter();
        occurrences.any(|name| name.side == Some(self.number))
    }

    fn is_any_environment(&self, part: &str) -> bool {
        self.names.is_name(part)
    }

    fn without_environment(&self, part: &str) -> String {
        let names = self.names.in_path(part);
        let occurrences = names.iter().filter(|name| name.side.is_some());
        without_ranges(part, occurrences.map(|name| (name.start, name.end)))
    }
}

impl<'a> ViewBuilder<'a> {
    fn run(
        location: Location<'a>,
        environments: &'a [Environment],
    ) -> Result<Vec<EnvironmentView>, InventoryError> {
        let searched = environments.iter().enumerate();
        let searched = searched.flat_map(|(i, e)| {
            let number = e.folder().is_none().then_some(i);
            e.names().map(move |name| (name, number))
        });
        let others = location.settings.environments.iter();
        let others = others.flat_map(|e| e.names().map(|name| (name, None)));
        let mut search = Self {
            location,
            environments,
            names: NameIndex::new(searched.chain(others), None),
            roots: Vec::new(),
        };
        for (number, environment) in environments.iter().enumerate() {
            if let Some(folder) = environment.folder()
                && let Some(entry) = entry_in(folder, location.snapshot)?
            {
                search.roots.push(ViewRoot {
                    parent: String::new(),
                    entry,
                    environment: number,
                });
            }
        }
        let is_searched = environments.iter().any(|e| e.folder().is_none());
        let parent = location.folder.map_or("", RepoPath::as_str);
        if is_searched && let Some(tree) = root_of(location)? {
            search.walk(parent, tree)?;
        }
        search.views()
    }

    /// Walks a folder whose path has no environment's name.
    fn walk(&mut self, parent: &str, tree: ObjectId) -> Result<(), InventoryError> {
        let entries = self.entries(tree)?;
        for entry in entries.iter() {
            let owners = self.owners(entry, &entries);
            for environment in &owners {
                self.roots.push(ViewRoot {
                    parent: parent.to_owned(),
                    entry: entry.clone(),
                    environment: *environment,
                });
            }
            if owners.is_empty() && entry.is_directory() {
                self.walk(&join(parent, &entry.name), entry.id)?;
            }
        }
        Ok(())
    }

    /// The indices of the environments that an entry belongs to by its name.
    fn owners(&self, entry: &Entry, siblings: &[Entry]) -> BTreeSet<usize> {
        let names = self.names.in_path(&entry.name);
        // `prod-eu` beside `prod` is another environment, unless there is a `staging-eu` too.
        if let ([name], true) = (names.as_slice(), entry.is_directory()) {
            let (head, tail) = (&entry.name[..name.start], &entry.name[name.end..]);
            let has_partner = || {
                let all = self.environments.iter().flat_map(Environment::names);
                all.map(|other| format!("{head}{other}{tail}"))
                    .any(|partner| partner != entry.name && has_folder(siblings, &partner))
            };
            if has_plainer_sibling(entry, name.start, name.end, siblings) && !has_partner() {
                return BTreeSet::new();
            }
        }
        names.iter().filter_map(|name| name.side).collect()
    }

    /// The views, once all roots are known.
    fn views(&self) -> Result<Vec<EnvironmentView>, InventoryError> {
        let rule = ApplicationRule::new(&self.location.settings.layout);
        let mut views: Vec<EnvironmentView> = self
            .environments
            .iter()
            .map(|environment| EnvironmentView {
                environment: environment.clone(),
                repository: self.location.repository.to_owned(),
                commit: self.location.snapshot.commit(),
                applications: BTreeMap::new(),
            })
            .collect();
        for root in &self.roots {
            let names = EnvironmentNames {
                environment: &self.environments[root.environment],
                number: root.environment,
                names: &self.names,
            };
            let view = &mut views[root.environment];
            let path = join(&root.parent, &root.entry.name);
            self.collect(&path, &root.entry, None, &rule, &names, view)?;
        }
        for files in views.iter_mut().flat_map(|v| v.applications.values_mut()) {
            files.sort();
        }
        Ok(views)
    }

    /// Adds the files below an entry to the view of its environment, or to `known` if their application is
    /// known.
    fn collect(
        &self,
        path: &str,
        entry: &Entry,
        mut known: Option<&mut Vec<EnvironmentFile>>,
        rule: &ApplicationRule,
        names: &EnvironmentNames<'_>,
        view: &mut EnvironmentView,
    ) -> Result<(), InventoryError> {
        let has_layout = !self.location.settings.layout.is_empty();
        if entry.is_directory() {
            // With a layout, a file can have another application than those beside it.
            let application = if known.is_some() || has_layout {
                None
            } else {
                rule.application_of_folder(path, 0, names)
            };
            let mut files = Vec::new();
            for below in self.entries(entry.id)?.iter() {
                let path = join(path, &below.name);
                let known = match &mut known {
                    Some(known) => Some(&mut **known),
                    None => application.is_some().then_some(&mut files),
                };
                self.collect(&path, below, known, rule, names, view)?;
            }
            if let Some(application) = application.filter(|_| !files.is_empty()) {
                let all = view.applications.entry(application).or_default();
                all.append(&mut files);
            }
        } else if path != CONFIGURATION && rule.includes(path, names) {
            let file = EnvironmentFile {
                path: RepoPath::parse(path)?,
                object: entry.into(),
                role: if has_layout {
                    FileRole::Deployed
                } else {
                    role(path)
                },
            };
            if let Some(known) = known {
                known.push(file);
            } else {
                let application = rule.application(path, 0, names);
                let files = view.applications.entry(application).or_default();
                files.push(file);
            }
        }
        Ok(())
    }

    fn entries(&self, tree: ObjectId) -> Result<Rc<[Entry]>, RepositoryError> {
        Ok(read_entries(self.location.snapshot, tree, &mut |_| {})?.into())
    }
}

//! From the user's words to environments and applications.

use std::collections::{BTreeMap, BTreeSet};

use super::EngineError;
use super::census::Census;
use super::names::{join, names};
use super::request::Request;
use super::scope::Scope;
use super::tree::{Entry, Trees};
use crate::domain::{ApplicationName, Environment, LayoutPattern, Naming, Settings, Whose};
use crate::plan::{Hop, Warning};
use crate::port::RepositoryError;

/// Source and target environment, as the configuration knows them or as they were named.
pub(super) fn hop(request: &Request, settings: &Settings) -> Result<Hop, EngineError> {
    let environment = |word: &str| {
        settings
            .environment(word)
            .cloned()
            .unwrap_or_else(|| Environment::named(word))
    };
    let (from, to) = (environment(&request.from), environment(&request.to));
    if from.name == to.name {
        return Err(EngineError::SameEnvironment(from.name));
    }
    Ok(Hop { from, to })
}

/// The names of both environments and all others.
pub(super) fn naming(hop: &Hop, settings: &Settings) -> Naming {
    Naming::new(hop.from.clone(), hop.to.clone(), &settings.environments)
}

/// Where the applications' files are looked for.
pub(super) struct Located {
    pub census: Census,
    /// The chosen applications; `None` means all.
    pub applications: Option<Vec<ApplicationName>>,
    pub folders: Option<Vec<String>>,
    /// Configured environments whose name no path carries.
    pub absent: Vec<Environment>,
}

impl Located {
    /// What a user should know: an environment without paths is new, or misspelt.
    pub(super) fn warnings(&self) -> impl Iterator<Item = Warning> {
        self.absent.iter().map(|environment| Warning {
            path: None,
            message: EngineError::AbsentEnvironment(environment.clone()).to_string(),
        })
    }
}

/// What is needed to look around in the repository.
pub(super) struct Ground<'a> {
    pub trees: &'a Trees<'a>,
    pub naming: &'a Naming,
    pub settings: &'a Settings,
    pub repository: &'a str,
}

impl Ground<'_> {
    /// Finds the environments and the chosen applications.
    pub(super) fn locate(&self, request: &Request) -> Result<Located, EngineError> {
        let words = self.words(request)?;
        if let Some(words) = &words
            && let Some(located) = self.directly(words)?
        {
            return Ok(located);
        }
        let census = self.census(None)?;
        let absent = self.absent(&census)?;
        let Some(words) = words else {
            return Ok(Located {
                census,
                applications: None,
                folders: None,
                absent,
            });
        };
        let known = self.places(&census)?;
        // Without any application a name cannot be at fault.
        if let (true, Some(environment)) = (known.is_empty(), absent.first()) {
            return Err(EngineError::AbsentEnvironment(environment.clone()));
        }
        let chosen = choose(&words, &known)?;
        let folders = chosen
            .iter()
            .flat_map(|name| known[name].iter().cloned())
            .collect();
        Ok(Located {
            census,
            applications: Some(chosen),
            folders: Some(folders),
            absent,
        })
    }

    /// The words for applications: `--service`s and the products' applications; `None` means all.
    fn words(&self, request: &Request) -> Result<Option<Vec<String>>, EngineError> {
        if request.applications.is_empty() && request.products.is_empty() {
            return Ok(None);
        }
        let mut words = request.applications.clone();
        for name in &request.products {
            let product = self.settings.product(name);
            let product = product.ok_or_else(|| EngineError::UnknownProduct {
                name: name.clone(),
                known: self
                    .settings
                    .products
                    .iter()
                    .map(|p| p.name.clone())
                    .collect(),
            })?;
            words.extend(product.applications.iter().cloned());
        }
        Ok(Some(words))
    }

    /// With a layout whose applications are single parts, a whole name needs no looking around.
    fn directly(&self, words: &[String]) -> Result<Option<Located>, EngineError> {
        let layout = &self.settings.layout;
        if layout.is_empty() || !layout.iter().all(LayoutPattern::has_single_application) {
            return Ok(None);
        }
        let applications: Vec<ApplicationName> =
            words.iter().cloned().map(ApplicationName).collect();
        let census = self.census(Some(applications.clone()))?;
        let mut found = BTreeSet::new();
        for root in &census.roots {
            found.extend(self.names_below(root, &census, &applications)?);
        }
        let is_complete = applications.iter().all(|a| found.contains(a));
        Ok(is_complete.then_some(Located {
            census,
            applications: Some(applications),
            folders: None,
            absent: Vec::new(),
        }))
    }

    /// Which of the applications have files below a root; stops at the first of each.
    fn names_below(
        &self,
        root: &super::census::Root,
        census: &Census,
        wanted: &[ApplicationName],
    ) -> Result<BTreeSet<ApplicationName>, EngineError> {
        let scope = self.scope(Some(wanted.to_vec()), None);
        let mut found = BTreeSet::new();
        self.files_below(root, &scope, &mut |path, side| {
            let name = census.application(path, side, self.naming);
            if wanted.contains(&name) {
                found.insert(name);
            }
            found.len() < wanted.len()
        })?;
        Ok(found)
    }

    fn census(&self, applications: Option<Vec<ApplicationName>>) -> Result<Census, EngineError> {
        let scope = self.scope(applications, None);
        Ok(Census::take(
            self.trees,
            self.naming,
            &scope,
            self.repository,
            &self.settings.layout,
        )?)
    }

    pub(super) fn scope(
        &self,
        applications: Option<Vec<ApplicationName>>,
        folders: Option<Vec<String>>,
    ) -> Scope<'_> {
        Scope {
            naming: self.naming,
            layout: &self.settings.layout,
            applications,
            folders,
        }
    }

    /// The configured environments that stand in no path; one that is not configured is unknown.
    fn absent(&self, census: &Census) -> Result<Vec<Environment>, EngineError> {
        let configured =
            |e: &Environment| self.settings.environments.iter().any(|c| c.name == e.name);
        let has_source = census.roots.iter().any(|r| r.source.is_some());
        let has_target = census
            .roots
            .iter()
            .any(|r| r.targets.iter().any(|t| t.entry.is_some()));
        let mut absent = Vec::new();
        for (environment, is_there) in [
            (self.naming.source(), has_source),
            (self.naming.target(), has_target),
        ] {
            match (is_there, configured(environment)) {
                (true, _) => {}
                (false, true) => absent.push(environment.clone()),
                (false, false) => {
                    return Err(EngineError::UnknownEnvironment {
                        name: environment.name.clone(),
                        found: self.environments_found()?,
                    });
                }
            }
        }
        Ok(absent)
    }

    /// The names of environments that are configured or that stand in the paths.
    fn environments_found(&self) -> Result<Vec<String>, EngineError> {
        let mut found: BTreeSet<String> = self
            .settings
            .environments
            .iter()
            .map(|e| e.name.clone())
            .collect();
        let mut open = vec![self.trees.roots().0];
        // Deep folders repeat the names of the upper ones; this bounds a hint, not a result.
        let mut left = 2_000;
        while let Some(tree) = open.pop() {
            for entry in self.trees.source(tree)?.iter() {
                for hit in self.naming.in_path(&entry.name) {
                    found.insert(entry.name[hit.start..hit.end].to_owned());
                }
                if entry.is_directory() && left > 0 {
                    left -= 1;
                    open.push(entry.id);
                }
            }
        }
        Ok(found.into_iter().collect())
    }

    /// Every application with the folders (or files) that hold it, on both sides.
    fn places(
        &self,
        census: &Census,
    ) -> Result<BTreeMap<ApplicationName, BTreeSet<String>>, EngineError> {
        let mut places: BTreeMap<ApplicationName, BTreeSet<String>> = BTreeMap::new();
        let mut add = |name: ApplicationName, path: String| {
            places.entry(name).or_default().insert(path);
        };
        for root in &census.roots {
            if !self.settings.layout.is_empty() {
                let scope = self.scope(None, None);
                self.files_below(root, &scope, &mut |path, side| {
                    if census.by_layout(path, side, self.naming).is_some() {
                        add(census.application(path, side, self.naming), path.to_owned());
                    }
                    true
                })?;
                continue;
            }
            for (path, entry, side) in root.entries() {
                if !entry.is_directory() {
                    add(census.application(&path, side, self.naming), path);
                    continue;
                }
                if census.is_of_one_application(&path, side, self.naming) {
                    let below = join(&path, "_");
                    add(census.application(&below, side, self.naming), path);
                    continue;
                }
                let below = match side {
                    Whose::Source(_) => self.trees.source(entry.id)?,
                    _ => self.trees.target(entry.id)?,
                };
                for child in below.iter() {
                    let path = join(&path, &child.name);
                    add(census.application(&path, side, self.naming), path);
                }
            }
        }
        // A new application's files have a place in the target too.
        for paths in places.values_mut() {
            let targets: Vec<String> = paths.iter().map(|p| renamed_path(self.naming, p)).collect();
            paths.extend(targets);
        }
        Ok(places)
    }

    /// Calls `visit` with every file below a root until it says stop.
    fn files_below(
        &self,
        root: &super::census::Root,
        scope: &Scope<'_>,
        visit: &mut dyn FnMut(&str, Whose) -> bool,
    ) -> Result<(), RepositoryError> {
        // Asked before a place is kept: a folder may hold thousands that nobody wants.
        let is_wanted = |path: &str, entry: &Entry| !entry.is_directory() || scope.enters(path);
        let mut open: Vec<_> = root
            .entries()
            .filter(|(path, entry, _)| is_wanted(path, entry))
            .collect();
        while let Some((path, entry, side)) = open.pop() {
            if !entry.is_directory() {
                if !visit(&path, side) {
                    return Ok(());
                }
                continue;
            }
            let below = match side {
                Whose::Source(_) => self.trees.source(entry.id)?,
                _ => self.trees.target(entry.id)?,
            };
            open.extend(below.iter().filter_map(|child| {
                let path = join(&path, &child.name);
                is_wanted(&path, child).then(|| (path, child.clone(), side))
            }));
        }
        Ok(())
    }
}

/// The path with each of the source's names replaced by the target's in the same position.
fn renamed_path(naming: &Naming, path: &str) -> String {
    path.split('/')
        .map(|part| names(naming, part, &[]).swap_remove(0).text)
        .collect::<Vec<_>>()
        .join("/")
}

fn choose(
    words: &[String],
    known: &BTreeMap<ApplicationName, BTreeSet<String>>,
) -> Result<Vec<ApplicationName>, EngineError> {
    let mut chosen = BTreeSet::new();
    for word in words {
        let whole = known.keys().find(|name| name.0 == *word);
        let matches: Vec<&ApplicationName> = match whole {
            Some(name) => vec![name],
            None => known.keys().filter(|name| name.answers_to(word)).collect(),
        };
        match matches.as_slice() {
            [] => {
                return Err(EngineError::UnknownApplication {
                    name: word.clone(),
                    known: known.keys().map(|n| n.0.clone()).collect(),
                });
            }
            [one] => {
                chosen.insert((*one).clone());
            }
            several => {
                return Err(EngineError::AmbiguousApplication {
                    name: word.clone(),
                    matches: several.iter().map(|n| n.0.clone()).collect(),
                });
            }
        }
    }
    Ok(chosen.into_iter().collect())
}

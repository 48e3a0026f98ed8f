//! Source and target of a promotion, and the applications that were chosen.

use std::collections::{BTreeMap, BTreeSet};

use super::application_places::{ApplicationPlaces, choose};
use super::environment_folder;
use super::environment_roots::EnvironmentRoots;
use super::error::InventoryError;
use super::existence::Existence;
use super::file_pair::{FilePair, FileRole};
use super::folder_set::FolderSet;
use super::mapped_files::{MappedFile, mapped_files};
use super::pair::{Equal, pair};
use super::pair_collector::Pairs;
use super::path_words::role;
use super::root::Root;
use super::scope::{Scope, is_within};
use super::target_names::join;
use super::trees::Trees;
use crate::domain::{
    ApplicationName, Environment, LayoutPattern, Naming, RepoPath, Settings, Side,
};
use crate::plan::Hop;
use crate::port::Snapshot;

/// The chosen applications, as the user named them; all if both lists are empty.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApplicationChoice<'a> {
    /// Whole names or last parts.
    pub applications: &'a [String],
    /// Products, of which all applications are chosen.
    pub products: &'a [String],
}

/// Source and target of a promotion, each in its commit.
pub struct EnvironmentPair<'a> {
    trees: Trees<'a>,
    naming: Naming,
    settings: &'a Settings,
}

/// The chosen applications of a pair, and where their files are.
pub struct Located<'a> {
    pair: &'a EnvironmentPair<'a>,
    roots: EnvironmentRoots,
    /// Sorted.
    applications: Option<Vec<ApplicationName>>,
    folders: Option<FolderSet>,
    mapped: Vec<MappedFile>,
    new_target: Option<Environment>,
}

/// Looks up both environments in the settings; one that is not configured has only its name.
///
/// # Errors
/// When both are the same environment.
pub fn hop(from: &str, to: &str, settings: &Settings) -> Result<Hop, InventoryError> {
    let environment = |name: &str| {
        settings
            .environment(name)
            .cloned()
            .unwrap_or_else(|| Environment::named(name))
    };
    let (from, to) = (environment(from), environment(to));
    if from.name == to.name {
        return Err(InventoryError::SameEnvironment(from.name));
    }
    Ok(Hop { from, to })
}

impl ApplicationChoice<'_> {
    /// The names of the chosen applications and of the products' applications; `None` means all.
    ///
    /// # Errors
    /// When a product is not configured.
    pub fn names(self, settings: &Settings) -> Result<Option<Vec<String>>, InventoryError> {
        if self.applications.is_empty() && self.products.is_empty() {
            return Ok(None);
        }
        let mut names = self.applications.to_vec();
        for name in self.products {
            let unknown = || InventoryError::unknown_product(name, settings);
            let product = settings.product(name).ok_or_else(unknown)?;
            names.extend(product.applications.iter().cloned());
        }
        Ok(Some(names))
    }
}

impl Located<'_> {
    /// The target, if it is configured and has no files yet.
    pub fn new_target(&self) -> Option<&Environment> {
        self.new_target.as_ref()
    }

    /// The chosen applications, sorted; `None` means all.
    pub fn applications(&self) -> Option<&[ApplicationName]> {
        self.applications.as_deref()
    }

    /// The names of source, target and all other environments.
    pub fn naming(&self) -> &Naming {
        &self.pair.naming
    }

    /// The names of all environments; without a configuration, with those found beside the source's.
    pub fn naming_with_found(&self) -> Naming {
        let naming = self.pair.naming.clone();
        if self.pair.settings.environments.is_empty() {
            naming.with_found(&self.roots.others)
        } else {
            naming
        }
    }

    /// The folders and files of the source, where the chosen applications are; they may have other
    /// files, too.
    pub fn source_places(&self) -> Vec<String> {
        let of_root = |root: &Root| Some(join(&root.parent, &root.source.as_ref()?.name));
        let roots = self.roots.all.iter().filter_map(of_root);
        let mapped = (self.mapped.iter()).filter_map(|file| Some(file.source.as_ref()?.0.clone()));
        let places = roots.chain(mapped);
        let Some(folders) = &self.folders else {
            return places.collect();
        };
        let mut chosen = BTreeSet::new();
        for place in places {
            chosen.extend(folders.below(&place).cloned());
            if folders.contains_above(&place) {
                chosen.insert(place);
            }
        }
        chosen.into_iter().collect()
    }

    /// Whether a path at or below one of the [source's places](Self::source_places) belongs to a chosen
    /// application.
    pub fn is_of_chosen_application(&self, path: &str) -> bool {
        let naming = &self.pair.naming;
        let mapped = |file: &&MappedFile| file.source.as_ref().is_some_and(|(at, _)| at == path);
        let application = match self.mapped.iter().find(mapped) {
            Some(file) => self.roots.application_of_mapped(file, naming),
            None => self.roots.application(path, Side::Source(0), naming),
        };
        let scope = self.pair.scope(self.applications(), None);
        scope.includes(path, &application) && role(path) != FileRole::Unrelated
    }

    /// Pairs the files of both sides.
    ///
    /// # Errors
    /// When a file has several possible partners, or the repository cannot be read.
    pub fn pairs(&self, equal: Equal) -> Result<Pairs, InventoryError> {
        let EnvironmentPair { trees, naming, .. } = self.pair;
        let scope = (self.pair).scope(self.applications(), self.folders.as_ref());
        pair(trees, naming, &self.roots, &self.mapped, &scope, equal)
    }

    /// The files of some applications that are equal on both sides.
    ///
    /// # Errors
    /// When a file has several possible partners, or the repository cannot be read.
    pub fn equal_files(
        &self,
        applications: &BTreeSet<ApplicationName>,
    ) -> Result<Vec<FilePair>, InventoryError> {
        let EnvironmentPair { trees, naming, .. } = self.pair;
        let names: Vec<ApplicationName> = applications.iter().cloned().collect();
        let everywhere = self.pair.scope(None, None);
        let places = self.pair.application_places(&self.roots).all(&everywhere)?;
        let folders = names.iter().filter_map(|name| places.get(name));
        let folders: FolderSet = folders.flatten().cloned().collect();
        let scope = self.pair.scope(Some(&names), Some(&folders));
        let all = pair(
            trees,
            naming,
            &self.roots,
            &self.mapped,
            &scope,
            Equal::Listed,
        )?;
        let is_equal = |file: &FilePair| file.source == file.target;
        Ok(all.files.into_iter().filter(is_equal).collect())
    }
}

impl<'a> EnvironmentPair<'a> {
    /// The environments of `hop`: the source's files are in one commit, the target's in another.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn new(
        hop: &Hop,
        (source, target): (&'a dyn Snapshot, &'a dyn Snapshot),
        settings: &'a Settings,
    ) -> Result<Self, InventoryError> {
        let mut pair = [
            environment_folder::with_folder(&hop.from, source)?,
            environment_folder::with_folder(&hop.to, target)?,
        ];
        environment_folder::with_both_folders(&mut pair, [source, target])?;
        let [from, to] = pair;
        Ok(Self {
            trees: Trees::new(source, target),
            naming: Naming::new(from, to, &settings.environments),
            settings,
        })
    }

    /// Finds the environments and the chosen applications.
    ///
    /// # Errors
    /// When there is no such environment, application or product, when several match the name, or when
    /// the names are those of applications.
    pub fn locate(&self, choice: ApplicationChoice<'_>) -> Result<Located<'_>, InventoryError> {
        environment_folder::check(&self.naming)?;
        let names = choice.names(self.settings)?;
        if let Some(names) = &names
            && let Some(located) = self.locate_directly(names)?
        {
            return Ok(located);
        }
        let roots = self.roots(None)?;
        let mapped = mapped_files(&self.trees, &self.naming, &self.settings.mappings)?;
        let new_target = if self.naming.target().folder().is_some() {
            self.new_folder(&roots)?
        } else if mapped.is_empty() {
            Existence::of(&roots.all, &self.naming).check(&self.trees, self.settings)?
        } else {
            None
        };
        let Some(names) = names else {
            return Ok(Located {
                pair: self,
                roots,
                applications: None,
                folders: None,
                mapped,
                new_target,
            });
        };
        let mut known = self
            .application_places(&roots)
            .all(&self.scope(None, None))?;
        for file in &mapped {
            let paths = known.entry(roots.application_of_mapped(file, &self.naming));
            paths.or_default().insert(file.target.0.clone());
        }
        let chosen = choose(&names, known.keys())?;
        let folders = chosen
            .iter()
            .flat_map(|name| known[name].iter().cloned())
            .collect();
        Ok(Located {
            pair: self,
            roots,
            applications: Some(chosen),
            folders: Some(folders),
            mapped,
            new_target,
        })
    }

    /// The applications of files of the target, whether they exist or not; those that are not the target's
    /// are left out.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn applications_of<'p>(
        &self,
        paths: impl IntoIterator<Item = &'p RepoPath>,
    ) -> Result<BTreeMap<RepoPath, ApplicationName>, InventoryError> {
        let (roots, naming) = (self.roots(None)?, &self.naming);
        let mappings = self.settings.mappings.iter();
        let mappings: Vec<_> = mappings.flat_map(|m| m.between(naming).concat()).collect();
        let application = |path: &RepoPath| {
            let text = path.as_str();
            let by_path = || roots.application(text, Side::Target(0), naming);
            if let Some(mapped) = mappings.iter().find_map(|mapping| mapping.source(text)) {
                return Some(mapped.application.map_or_else(by_path, ApplicationName));
            }
            let is_of_target = if self.settings.layout.is_empty() {
                match naming.target().folder() {
                    Some(folder) => folder.strip(text).is_some(),
                    None => naming.names_target(text),
                }
            } else {
                let found = roots.match_layout(text, Side::Target(0), naming);
                found.is_some()
            };
            is_of_target.then(by_path)
        };
        let found = paths.into_iter();
        Ok(found
            .filter_map(|path| Some((path.clone(), application(path)?)))
            .collect())
    }

    /// The applications that have files in a folder of the source or the target.
    ///
    /// # Errors
    /// When the repository cannot be read.
    pub fn applications_in(
        &self,
        folder: &RepoPath,
    ) -> Result<BTreeSet<ApplicationName>, InventoryError> {
        let roots = self.roots(None)?;
        let places = self
            .application_places(&roots)
            .all(&self.scope(None, None))?;
        let overlaps =
            |place: &String| is_within(place, folder.as_str()) || is_within(folder.as_str(), place);
        let below = places
            .into_iter()
            .filter(|(_, paths)| paths.iter().any(overlaps));
        Ok(below.map(|(name, _)| name).collect())
    }

    /// Locates applications by whole names, without listing all of them. That takes a layout in which
    /// each application is a single part of the path; otherwise, or if a name is missing, `None`.
    fn locate_directly(&self, names: &[String]) -> Result<Option<Located<'_>>, InventoryError> {
        let layout = &self.settings.layout;
        let is_explicit = !self.settings.mappings.is_empty();
        if is_explicit
            || layout.is_empty()
            || !layout.iter().all(LayoutPattern::has_single_application)
        {
            return Ok(None);
        }
        let mut applications: Vec<ApplicationName> =
            names.iter().cloned().map(ApplicationName).collect();
        applications.sort();
        applications.dedup();
        let roots = self.roots(Some(&applications))?;
        if !Existence::of(&roots.all, &self.naming).is_certain() {
            return Ok(None);
        }
        let places = self.application_places(&roots);
        let scope = self.scope(Some(&applications), None);
        let present = places.present(&applications, &scope)?;
        let is_complete = applications.iter().all(|a| present.contains(a));
        Ok(is_complete.then_some(Located {
            pair: self,
            roots,
            applications: Some(applications),
            folders: None,
            mapped: Vec::new(),
            new_target: None,
        }))
    }

    /// The target, if its folder does not exist yet.
    fn new_folder(&self, roots: &EnvironmentRoots) -> Result<Option<Environment>, InventoryError> {
        let source = self.naming.source();
        let is_source_there = roots.all.iter().any(|root| root.source.is_some());
        if let (false, Some(folder)) = (is_source_there, source.folder()) {
            return Err(InventoryError::NoFolder {
                environment: source.name.clone(),
                folder: folder.as_str().to_owned(),
            });
        }
        let mut targets = roots.all.iter().flat_map(|root| &root.targets);
        let is_target_there = targets.any(|target| target.entry.is_some());
        Ok((!is_target_there).then(|| self.naming.target().clone()))
    }

    fn roots(
        &self,
        applications: Option<&[ApplicationName]>,
    ) -> Result<EnvironmentRoots, InventoryError> {
        let scope = self.scope(applications, None);
        if self.settings.layout.is_empty() && !self.settings.mappings.is_empty() {
            // The layout narrows the files to those of its explicit pairs.
            return Ok(EnvironmentRoots::none());
        }
        EnvironmentRoots::find(&self.trees, &self.naming, &scope, &self.settings.layout)
    }

    fn application_places<'p>(&'p self, roots: &'p EnvironmentRoots) -> ApplicationPlaces<'p> {
        ApplicationPlaces {
            trees: &self.trees,
            naming: &self.naming,
            layout: &self.settings.layout,
            roots,
        }
    }

    fn scope<'s>(
        &'s self,
        applications: Option<&'s [ApplicationName]>,
        folders: Option<&'s FolderSet>,
    ) -> Scope<'s> {
        Scope {
            naming: &self.naming,
            layout: &self.settings.layout,
            applications,
            folders,
        }
    }
}

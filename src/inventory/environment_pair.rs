//! Two environments of a repository, and which of their applications a promotion is about.

use std::collections::BTreeSet;

use super::application_places::{ApplicationPlaces, choose};
use super::environment_roots::EnvironmentRoots;
use super::error::InventoryError;
use super::pair::{Equal, pair};
use super::pair_collector::Pairs;
use super::scope::Scope;
use super::trees::Trees;
use crate::domain::{ApplicationName, Environment, LayoutPattern, Naming, Settings};
use crate::plan::{Hop, Notice};
use crate::port::Snapshot;

/// Which applications are meant, as the user wrote them.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApplicationChoice<'a> {
    /// Whole names or last parts.
    pub applications: &'a [String],
    /// Products, whose applications are all meant.
    pub products: &'a [String],
}

/// Source and target of a promotion, each in its commit.
pub struct EnvironmentPair<'a> {
    trees: Trees<'a>,
    naming: Naming,
    settings: &'a Settings,
    repository: &'a str,
}

/// The chosen applications of a pair, and where their files are.
pub struct Located<'a> {
    pair: &'a EnvironmentPair<'a>,
    roots: EnvironmentRoots,
    applications: Option<Vec<ApplicationName>>,
    folders: Option<Vec<String>>,
    absent: Vec<Environment>,
}

/// The environments with these names, as the configuration knows them or with nothing but the name.
///
/// # Errors
/// When both are the same environment.
pub fn hop(from: &str, to: &str, settings: &Settings) -> Result<Hop, InventoryError> {
    let environment = |word: &str| {
        settings
            .environment(word)
            .cloned()
            .unwrap_or_else(|| Environment::named(word))
    };
    let (from, to) = (environment(from), environment(to));
    if from.name == to.name {
        return Err(InventoryError::SameEnvironment(from.name));
    }
    Ok(Hop { from, to })
}

impl Located<'_> {
    /// The chosen applications; `None` means all.
    pub fn applications(&self) -> Option<&[ApplicationName]> {
        self.applications.as_deref()
    }

    /// The names of both environments and all others.
    pub fn naming(&self) -> &Naming {
        &self.pair.naming
    }

    /// Configured environments whose name no path carries.
    pub fn absent(&self) -> &[Environment] {
        &self.absent
    }

    /// What the user should know: an environment without paths is new, or misspelt.
    pub fn notices(&self) -> impl Iterator<Item = Notice> {
        (self.absent.iter().cloned()).map(Notice::EnvironmentWithoutPaths)
    }

    /// The files of both sides, each with its partner.
    ///
    /// # Errors
    /// When a file could belong to several, or the repository cannot be read.
    pub fn pairs(&self, equal: Equal) -> Result<Pairs, InventoryError> {
        let EnvironmentPair { trees, naming, .. } = self.pair;
        let scope = (self.pair).scope(self.applications.clone(), self.folders.clone());
        pair(trees, naming, &self.roots, &scope, equal)
    }
}

impl<'a> EnvironmentPair<'a> {
    /// The environments of `hop`, the source's files in one commit and the target's in another.
    pub fn new(
        hop: &Hop,
        (source, target): (&'a dyn Snapshot, &'a dyn Snapshot),
        settings: &'a Settings,
        repository: &'a str,
    ) -> Self {
        let others = &settings.environments;
        Self {
            trees: Trees::new(source, target),
            naming: Naming::new(hop.from.clone(), hop.to.clone(), others),
            settings,
            repository,
        }
    }

    /// Finds the environments and the chosen applications.
    ///
    /// # Errors
    /// When there is no such environment, application or product, or several have the name.
    pub fn locate(&self, choice: ApplicationChoice<'_>) -> Result<Located<'_>, InventoryError> {
        let words = self.words(choice)?;
        if let Some(words) = &words
            && let Some(located) = self.directly(words)?
        {
            return Ok(located);
        }
        let roots = self.roots(None)?;
        let absent = self.absent(&roots)?;
        let Some(words) = words else {
            return Ok(Located {
                pair: self,
                roots,
                applications: None,
                folders: None,
                absent,
            });
        };
        let known = self
            .application_places(&roots)
            .all(&self.scope(None, None))?;
        // Without any application a name cannot be at fault.
        if let (true, Some(environment)) = (known.is_empty(), absent.first()) {
            return Err(InventoryError::AbsentEnvironment(environment.clone()));
        }
        let chosen = choose(&words, &known)?;
        let folders = chosen
            .iter()
            .flat_map(|name| known[name].iter().cloned())
            .collect();
        Ok(Located {
            pair: self,
            roots,
            applications: Some(chosen),
            folders: Some(folders),
            absent,
        })
    }

    /// The words for applications: the chosen ones and the products'; `None` means all.
    fn words(&self, choice: ApplicationChoice<'_>) -> Result<Option<Vec<String>>, InventoryError> {
        if choice.applications.is_empty() && choice.products.is_empty() {
            return Ok(None);
        }
        let mut words = choice.applications.to_vec();
        for name in choice.products {
            let product = self.settings.product(name);
            let product = product.ok_or_else(|| InventoryError::UnknownProduct {
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
    fn directly(&self, words: &[String]) -> Result<Option<Located<'_>>, InventoryError> {
        let layout = &self.settings.layout;
        if layout.is_empty() || !layout.iter().all(LayoutPattern::has_single_application) {
            return Ok(None);
        }
        let applications: Vec<ApplicationName> =
            words.iter().cloned().map(ApplicationName).collect();
        let roots = self.roots(Some(applications.clone()))?;
        let places = self.application_places(&roots);
        let scope = self.scope(Some(applications.clone()), None);
        let found = places.present(&applications, &scope)?;
        let is_complete = applications.iter().all(|a| found.contains(a));
        Ok(is_complete.then_some(Located {
            pair: self,
            roots,
            applications: Some(applications),
            folders: None,
            absent: Vec::new(),
        }))
    }

    fn roots(
        &self,
        applications: Option<Vec<ApplicationName>>,
    ) -> Result<EnvironmentRoots, InventoryError> {
        let scope = self.scope(applications, None);
        EnvironmentRoots::find(
            &self.trees,
            &self.naming,
            &scope,
            self.repository,
            &self.settings.layout,
        )
    }

    fn application_places<'p>(&'p self, roots: &'p EnvironmentRoots) -> ApplicationPlaces<'p> {
        ApplicationPlaces {
            trees: &self.trees,
            naming: &self.naming,
            layout: &self.settings.layout,
            roots,
        }
    }

    fn scope(
        &self,
        applications: Option<Vec<ApplicationName>>,
        folders: Option<Vec<String>>,
    ) -> Scope<'_> {
        Scope {
            naming: &self.naming,
            layout: &self.settings.layout,
            applications,
            folders,
        }
    }

    /// The configured environments that stand in no path; one that is not configured is unknown.
    fn absent(&self, roots: &EnvironmentRoots) -> Result<Vec<Environment>, InventoryError> {
        let configured =
            |e: &Environment| self.settings.environments.iter().any(|c| c.name == e.name);
        let has_source = roots.all.iter().any(|r| r.source.is_some());
        let has_target = roots
            .all
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
                    return Err(InventoryError::UnknownEnvironment {
                        name: environment.name.clone(),
                        found: self.environments_found()?,
                    });
                }
            }
        }
        Ok(absent)
    }

    /// The names of environments that are configured or that stand in the paths.
    fn environments_found(&self) -> Result<Vec<String>, InventoryError> {
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
}

//! Applications or products by environment, as the start page shows them.

use std::fmt;

use crate::domain::{Product, Settings};
use crate::engine::{ApplicationStatus, EnvironmentStatus, Since, Status, VersionRelation};

/// What the rows are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum RowKind {
    /// Products of the configuration.
    Product,
    /// Applications.
    Application,
}

impl RowKind {
    pub const ALL: [Self; 2] = [Self::Product, Self::Application];

    /// The name of the field by which a form chooses one.
    pub fn field(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Application => "service",
        }
    }
}

impl fmt::Display for RowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.field())
    }
}

/// Products or applications by environment.
#[derive(Clone, Debug)]
pub(super) struct Board<'s> {
    pub kind: RowKind,
    /// The environments, in order.
    pub environments: &'s [String],
    pub rows: Vec<Row<'s>>,
}

/// A product or an application.
#[derive(Clone, Debug)]
pub(super) struct Row<'s> {
    pub name: &'s str,
    /// Its card in each environment, in their order.
    pub cards: Vec<Option<Card<'s>>>,
}

/// A product or an application in one environment.
#[derive(Clone, Debug)]
pub(super) struct Card<'s> {
    /// Its versions, with the application if there are several.
    pub versions: Vec<Shown<'s>>,
    /// The position of the environment before.
    pub before: Option<usize>,
    /// How it relates to the environment before, if that is the same for all of it.
    pub relation: Option<VersionRelation>,
    /// How many version differences a promotion from the environment before would move.
    pub waiting: usize,
    /// How many it would hold.
    pub held: usize,
    /// The newest change.
    pub since: Option<&'s Since>,
}

/// A version of a card.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Shown<'s> {
    /// The application, if there are several.
    pub application: Option<&'s str>,
    pub version: &'s str,
}

impl<'s> Board<'s> {
    /// All products; without any, or if they are asked for, all applications.
    pub fn of(status: &'s Status, settings: &'s Settings, kind: RowKind) -> Self {
        let rows = match kind {
            RowKind::Product => settings.products.iter().map(|p| row(status, p)).collect(),
            RowKind::Application => {
                let row = |application: &'s ApplicationStatus| Row {
                    name: &application.name.0,
                    cards: cards(status, &[application]),
                };
                status.applications.iter().map(row).collect()
            }
        };
        Self {
            kind,
            environments: &status.environments,
            rows,
        }
    }

    /// What the rows are if nothing else is asked for.
    pub fn usual(settings: &Settings) -> RowKind {
        if settings.products.is_empty() {
            RowKind::Application
        } else {
            RowKind::Product
        }
    }
}

fn row<'s>(status: &'s Status, product: &'s Product) -> Row<'s> {
    let is_own = |application: &&ApplicationStatus| {
        let mut words = product.applications.iter();
        words.any(|word| application.name.matches(word))
    };
    let own: Vec<&ApplicationStatus> = status.applications.iter().filter(is_own).collect();
    Row {
        name: &product.name,
        cards: cards(status, &own),
    }
}

/// The cards of these applications together.
fn cards<'s>(status: &'s Status, applications: &[&'s ApplicationStatus]) -> Vec<Option<Card<'s>>> {
    let card = |at: usize| {
        let cells = applications.iter().filter_map(|application| {
            let cell = application.environments.get(at)?.as_ref()?;
            Some((application.name.0.as_str(), cell))
        });
        let cells: Vec<(&str, &EnvironmentStatus)> = cells.collect();
        (!cells.is_empty()).then(|| Card::of(&cells))
    };
    (0..status.environments.len()).map(card).collect()
}

impl<'s> Card<'s> {
    fn of(cells: &[(&'s str, &'s EnvironmentStatus)]) -> Self {
        let pending = || cells.iter().filter_map(|(_, cell)| cell.pending);
        Self {
            versions: versions(cells),
            before: cells.iter().find_map(|(_, cell)| cell.before),
            relation: relation(cells),
            waiting: pending().map(|pending| pending.waiting).sum(),
            held: pending().map(|pending| pending.held).sum(),
            since: cells
                .iter()
                .filter_map(|(_, cell)| cell.since.as_ref())
                .max_by_key(|since| since.time),
        }
    }
}

/// The versions; without the applications if all have the same.
fn versions<'s>(cells: &[(&'s str, &'s EnvironmentStatus)]) -> Vec<Shown<'s>> {
    let all = cells.iter().flat_map(|(application, cell)| {
        let versions = cell.versions.iter();
        versions.map(move |version| (*application, version.as_str()))
    });
    let all: Vec<(&str, &str)> = all.collect();
    let is_same = all.windows(2).all(|pair| pair[0].1 == pair[1].1);
    let is_one = cells.len() == 1;
    let shown = |(application, version)| Shown {
        application: (!is_one && !is_same).then_some(application),
        version,
    };
    let count = if is_same { 1 } else { all.len() };
    all.into_iter().take(count).map(shown).collect()
}

/// How all of it relates to the environment before; what is not equal counts.
fn relation(cells: &[(&str, &EnvironmentStatus)]) -> Option<VersionRelation> {
    let relations = cells.iter().filter_map(|(_, cell)| cell.relation);
    let mut others = relations.clone().filter(|r| *r != VersionRelation::Equal);
    match others.next() {
        None => relations.into_iter().next(),
        Some(first) if others.all(|other| other == first) => Some(first),
        Some(_) => Some(VersionRelation::Different),
    }
}

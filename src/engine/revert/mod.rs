//! Computes the plan that takes a promotion back.
//!
//! # Why
//!
//! A revert is a comparison of three states of the target: before the promotion, after it, and now. A
//! place that still has the promoted value gets back the one before; a place that was changed since, by
//! a hotfix or another promotion, stays. The promotion alone decides which places are meant, so the
//! rules for promotions do not apply, but selectors, comments and the proof of each edit do. What still
//! has the promoted value and cannot be taken back is a conflict.
//!
//! | file | what it does |
//! |---|---|
//! | `changes.rs` | lists the files that the promotion changed |
//! | `proof.rs` | proves which files of the commit are the promotion's |
//! | `standing.rs` | finds out which of its changes the target still has |
//! | `later.rs` | finds the commits that changed the others |
//! | `record.rs` | finds out whether the commit records something beside its files |

mod changes;
mod later;
mod proof;
mod record;
mod standing;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::branches::Branches;
use super::compare::{BaseFile, Body, Commits, ComparedFile, Field, Task, compare};
use super::computed::Computed;
use super::decide::{Decider, Facts, Rules, Selection, Unchanged, facts};
use super::error::{EngineError, UnmatchedSelector};
use super::file_plan::{PlannedFiles, plan_files};
use super::plan_parts::PlanParts;
use super::ports::Ports;
use super::request::{NewApplications, Removals, Request};
use super::settings::read_settings;
use crate::domain::{Naming, Reason, RepoPath, Verdict};
use crate::inventory::{self, FileObject};
use crate::plan::{FilePlan, Notice, Reverted};
use crate::port::{Event, RepositoryError};
use changes::{Changes, PromotedFile};
use later::{Later, LaterSearch, Open};
use standing::{Promoted, Standing};

/// Computes the plan on the tip of the target's branch. This only reads objects of the repository.
pub(super) fn compute(
    ports: &Ports<'_>,
    request: &Request,
    reverted: &Reverted,
    branches: &Branches,
) -> Result<Computed, EngineError> {
    let home = ports.repository.snapshot(branches.home.tip)?;
    let mut notices = Vec::new();
    let given = request.settings.as_ref();
    let (settings, origin) = read_settings(ports, given, home.as_ref(), &mut notices)?;
    let hop = inventory::hop(&request.from, &request.to, &settings)?;
    let branch = branches.of(&hop.to)?;
    let target = ports.repository.snapshot(branch.tip)?;
    ports.observer.event(&Event::PairingFiles);
    let changes = Changes::read(ports, reverted, &hop, target.as_ref(), &settings)?;
    if !changes.elsewhere.is_empty() {
        notices.push(Notice::ChangesElsewhere {
            paths: changes.elsewhere.clone(),
        });
    }
    let chosen = match request.applications.as_slice() {
        [] => None,
        names => Some(inventory::choose(names, changes.applications())?),
    };
    let files = changes.of(chosen.as_deref());
    let commits = Commits {
        source: changes.before.as_ref(),
        target: target.as_ref(),
    };
    let naming = Naming::of_one(&hop.to);
    let rules = Rules::new(&settings, &[], None)?.without_keep();
    let revert = Revert {
        ports,
        request,
        reverted,
        commits,
        naming: &naming,
        rules: &rules,
    };
    let (planned, unmatched) = revert.files(files)?;
    let files = planned.applications.values().flatten();
    let is_whole = chosen.is_none() && request.only.is_empty() && request.except.is_empty();
    let undone_record = if is_whole && !files.clone().any(FilePlan::is_changed) {
        let places = (&hop, &settings);
        record::find(ports, reverted, &changes, places, target.as_ref())?
    } else {
        None
    };
    // It changes nothing, so the source has the same files.
    let source = match &undone_record {
        Some(_) if changes.is_empty() => reverted.commit,
        _ => changes.before.commit(),
    };
    let plan = PlanParts {
        request,
        settings: &settings,
        origin,
        rules: &rules,
        hop,
        naming: &naming,
        source,
        source_repository: None,
        branch,
        target: target.as_ref(),
        chosen: chosen.as_deref(),
        baseline_of: Vec::new(),
        undone_record,
        planned,
        notices,
        clone_notices: branch.notices.clone(),
    }
    .finish()?;
    Ok(Computed {
        plan,
        matched: Vec::new(),
        unmatched,
    })
}

/// The verdicts on files that move whole.
type WholeFiles = BTreeMap<RepoPath, Verdict>;

/// A revert, with what its decisions depend on.
struct Revert<'a> {
    ports: &'a Ports<'a>,
    request: &'a Request,
    reverted: &'a Reverted,
    commits: Commits<'a>,
    naming: &'a Naming,
    rules: &'a Rules<'a>,
}

impl Revert<'_> {
    /// Compares the files of the promotion, decides, and plans the content of each; also returns the
    /// selectors that match nothing.
    fn files(
        &self,
        files: Vec<PromotedFile>,
    ) -> Result<(PlannedFiles, Vec<UnmatchedSelector>), EngineError> {
        let all: Vec<(RepoPath, FileObject)> = (files.iter())
            .filter_map(|file| Some((file.pair.path.clone(), file.pair.target?)))
            .collect();
        let restored: BTreeSet<RepoPath> = (files.iter())
            .filter(|file| file.pair.target == file.promoted)
            .map(|file| file.pair.path.clone())
            .collect();
        let present = files.iter().map(|file| file.pair.application.clone());
        let present = present.collect();
        let selection = Selection::new(self.request);
        let mut tasks = Vec::new();
        for file in files.into_iter().filter(PromotedFile::is_different) {
            tasks.push(Task {
                past: Promoted::of(&file, self.commits, self.naming)?,
                pair: file.pair,
                base: BaseFile::Unknown,
                read: None,
            });
        }
        let compared = compare(
            tasks,
            self.commits,
            self.naming,
            self.ports.observer,
            |open, found, promoted| {
                let facts = facts(open, found, None, self.rules, &selection, self.naming)?;
                let standing = found.iter().map(|d| promoted.standing(d, self.naming));
                Ok(facts.into_iter().zip(standing).collect())
            },
        )?;
        let (compared, reverted) = self.with_verdicts(compared, &restored)?;
        let deciding = Decider {
            rules: self.rules,
            selection,
            removals: Removals::Promoted,
            new_applications: NewApplications::Promoted,
            changed_files: HashSet::new(),
            present,
            reverted,
        };
        let target_files = || Ok(all.clone());
        let unchanged = Unchanged {
            files: &target_files,
            target: self.commits.target,
            history: self.ports.history,
        };
        let decided = deciding.decide(compared, &unchanged)?;
        let mut planned = plan_files(decided.files, (self.commits, self.naming), &restored, true)?;
        planned.notices.splice(0..0, decided.notices);
        Ok((planned, decided.unmatched))
    }

    /// Adds the verdicts to the differences of the promotion, and drops all others; also returns the
    /// verdicts on files that move whole.
    fn with_verdicts(
        &self,
        compared: Vec<ComparedFile<(Facts, Standing)>>,
        restored: &BTreeSet<RepoPath>,
    ) -> Result<(Vec<ComparedFile<Facts>>, WholeFiles), RepositoryError> {
        let open = compared
            .iter()
            .filter_map(|file| open_places(file, restored, self.naming));
        let search = LaterSearch {
            history: self.ports.history,
            target: self.commits.target,
            promotion: self.reverted.commit,
            naming: self.naming,
        };
        let later = Later::find(&search, open.collect())?;
        let keep = |commit| Verdict::keep(Reason::ChangedSince { commit });
        let mut whole = WholeFiles::new();
        let mut files = Vec::new();
        for ComparedFile { pair, body } in compared {
            let body = match body {
                Body::Fault(fault) => Body::Fault(fault),
                Body::Whole => {
                    let verdict = if restored.contains(&pair.path) {
                        Verdict::promote(Reason::Reverted)
                    } else {
                        keep(later.of_file(&pair.path))
                    };
                    whole.insert(pair.path.clone(), verdict);
                    Body::Whole
                }
                Body::Fields { fields, before } => {
                    let field = |field: Field<(Facts, Standing)>| {
                        let (mut facts, standing) = field.facts;
                        let difference = field.difference;
                        facts.reverted = Some(match standing {
                            Standing::Unrelated => return None,
                            Standing::Promoted => Verdict::promote(Reason::Reverted),
                            Standing::Changed => {
                                keep(later.of_place(&pair.path, &difference, self.naming))
                            }
                        });
                        Some(Field {
                            difference,
                            selector: field.selector,
                            facts,
                        })
                    };
                    let fields: Vec<Field<Facts>> = fields.into_iter().filter_map(field).collect();
                    if fields.is_empty() {
                        continue;
                    }
                    Body::Fields { fields, before }
                }
            };
            files.push(ComparedFile { pair, body });
        }
        Ok((files, whole))
    }
}

/// What of a file was changed since the promotion; `None` if nothing was.
fn open_places(
    file: &ComparedFile<(Facts, Standing)>,
    restored: &BTreeSet<RepoPath>,
    naming: &Naming,
) -> Option<Open> {
    let open = match &file.body {
        Body::Fault(_) => return None,
        Body::Whole if restored.contains(&file.pair.path) => return None,
        Body::Whole => Open::whole(&file.pair),
        Body::Fields { fields, .. } => {
            let changed = fields.iter().filter(|f| f.facts.1 == Standing::Changed);
            Open::places(&file.pair, changed.map(|f| &f.difference), naming)
        }
    };
    open.is_some_left().then_some(open)
}

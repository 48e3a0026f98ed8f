//! `--interactive`: differences are chosen one by one, as with `git add --patch`.
//!
//! # Why
//!
//! The answers become selectors of `--only` and `--except`, so that the plan is made as without
//! questions, and the preview that follows is that of the whole promotion.

use std::collections::BTreeSet;
use std::io::BufRead;

use super::console::Console;
use super::diff::DetailArguments;
use super::failure::Failure;
use super::progress::Progress;
use crate::domain::ApplicationName;
use crate::engine::{self, Branches, Request};
use crate::plan::{FilePlan, Plan, PlannedDifference};
use crate::render::{escaped, text};
use crate::wiring::{Adapters, Prompts};

const HELP: &str = "\
y - promote this difference
n - do not promote this difference
q - quit; do not promote this difference or any of the remaining ones
a - promote this difference and all later ones in the file
d - do not promote this difference or any of the later ones in the file
j - leave this difference undecided, go to the next one
k - leave this difference undecided, go to the previous one
? - print help
";

/// Fails if questions cannot be asked.
///
/// # Errors
/// When there is no terminal.
pub(super) fn check_terminal(console: &Console<'_>) -> Result<(), Failure> {
    match console.prompts {
        Prompts::Terminal if !console.is_in_pager => Ok(()),
        _ => Err(Failure::NoTerminal),
    }
}

/// The request with the differences that the person at the terminal chose.
///
/// # Errors
/// When the plan cannot be computed.
pub(super) fn choose(
    adapters: &Adapters,
    request: Request,
    branches: &Branches,
    detail: DetailArguments,
    console: &mut Console<'_>,
) -> Result<Request, Failure> {
    let progress = Progress::start(console.progress);
    let plan = engine::compute(&adapters.ports(&progress), &request, branches);
    progress.finish();
    let plan = plan?;
    let offered = offered(&plan, detail);
    let answers = ask(&plan, &offered, detail, console)?;
    let chosen: BTreeSet<&str> = (offered.iter().zip(&answers))
        .filter(|(_, answer)| **answer)
        .map(|(offer, _)| offer.difference.selector.as_str())
        .collect();
    let offered = offered.iter().map(|offer| offer.difference);
    let is_chosen = |difference: &PlannedDifference| chosen.contains(difference.selector.as_str());
    Ok(engine::choose_differences(request, offered, &is_chosen))
}

/// A difference to choose or not.
struct Offer<'p> {
    application: &'p ApplicationName,
    file: &'p FilePlan,
    difference: &'p PlannedDifference,
}

/// What is promoted without a choice; with `--kept`, also what is not.
fn offered(plan: &Plan, detail: DetailArguments) -> Vec<Offer<'_>> {
    let mut offered = Vec::new();
    for application in plan.applications() {
        for file in &application.files {
            let differences = file.differences.iter();
            let wanted = differences.filter(|d| detail.kept || d.verdict.is_promote());
            offered.extend(wanted.map(|difference| Offer {
                application: &application.name,
                file,
                difference,
            }));
        }
    }
    offered
}

/// Asks about each difference on stderr.
fn ask(
    plan: &Plan,
    offered: &[Offer<'_>],
    detail: DetailArguments,
    console: &mut Console<'_>,
) -> Result<Vec<bool>, Failure> {
    let paths: Vec<&str> = offered
        .iter()
        .map(|offer| offer.file.path.as_str())
        .collect();
    let mut picker = Picker::new(&paths);
    let mut heading = None;
    let mut is_shown = false;
    while let Some(at) = picker.at {
        let offer = &offered[at];
        if heading != Some((offer.application, &offer.file.path)) {
            heading = Some((offer.application, &offer.file.path));
            let name = escaped(&offer.application.0);
            writeln!(
                console.err,
                "{0}{name}{0:#}",
                console.stderr.palette.heading
            )?;
            text::file_heading(console.err, offer.file, console.stderr)?;
        }
        if !is_shown {
            let (canvas, detail) = (console.stderr, detail.into());
            text::difference(console.err, plan, offer.difference, canvas, detail)?;
        }
        let number = at + 1;
        let count = offered.len();
        write!(
            console.err,
            "({number}/{count}) Promote this difference [y,n,q,a,d,j,k,?]? "
        )?;
        console.err.flush()?;
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            line.push('q');
        }
        is_shown = false;
        if !picker.answer(line.trim()) {
            write!(console.err, "{HELP}")?;
            is_shown = true;
        }
    }
    Ok(picker.chosen())
}

/// Which differences are chosen so far.
struct Picker<'p> {
    /// The file of each difference.
    paths: &'p [&'p str],
    answers: Vec<Option<bool>>,
    /// The difference to decide about; `None` at the end.
    at: Option<usize>,
}

impl<'p> Picker<'p> {
    fn new(paths: &'p [&'p str]) -> Self {
        Self {
            paths,
            answers: vec![None; paths.len()],
            at: (!paths.is_empty()).then_some(0),
        }
    }

    /// Follows an answer; returns whether it is one.
    fn answer(&mut self, answer: &str) -> bool {
        let Some(at) = self.at else { return false };
        let count = self.paths.len();
        let rest_of_file = (at..count).take_while(|other| self.paths[*other] == self.paths[at]);
        let end_of_file = at + rest_of_file.count();
        match answer {
            "y" => self.decide(at, at + 1, true),
            "n" => self.decide(at, at + 1, false),
            "a" => self.decide(at, end_of_file, true),
            "d" => self.decide(at, end_of_file, false),
            "q" => self.decide(0, count, false),
            "j" => self.at = Some((at + 1) % count),
            "k" => self.at = Some(at.checked_sub(1).unwrap_or(count - 1)),
            _ => return false,
        }
        true
    }

    /// Decides about what is undecided from one difference to another, and about the first in any case;
    /// then goes to the next undecided one.
    fn decide(&mut self, from: usize, to: usize, is_chosen: bool) {
        if let Some(at) = self.at
            && (from..to).contains(&at)
        {
            self.answers[at] = Some(is_chosen);
        }
        for answer in &mut self.answers[from..to] {
            answer.get_or_insert(is_chosen);
        }
        let undecided = |at: &usize| self.answers[*at].is_none();
        let count = self.answers.len();
        self.at = (to..count).chain(0..to.min(count)).find(undecided);
    }

    fn chosen(&self) -> Vec<bool> {
        self.answers
            .iter()
            .map(|answer| *answer == Some(true))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Picker;

    #[test]
    fn answers_decide_as_those_of_git_add_do() {
        let paths = ["a", "a", "a", "b", "b"];
        for (answers, expected) in [
            ("yyyyy", "yyyyy"),
            ("ynyny", "ynyny"),
            ("yq", "y----"),
            ("ayn", "yyyyn"),
            ("yda", "y--yy"),
            ("jyyyyn", "nyyyy"),
            ("yknyyyy", "nyyyy"),
            ("x?ya n", "yyyn-"),
            ("q", "-----"),
        ] {
            let mut picker = Picker::new(&paths);
            for answer in answers.chars() {
                picker.answer(answer.to_string().trim());
            }
            if picker.at.is_some() {
                picker.answer("q");
            }
            let expected: Vec<bool> = expected.chars().map(|answer| answer == 'y').collect();
            assert_eq!(picker.chosen(), expected, "{answers}");
        }
    }

    #[test]
    fn nothing_is_asked_about_nothing() {
        assert!(Picker::new(&[]).at.is_none());
    }
}

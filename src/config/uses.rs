//! The workflows and gates that flows and policies use.

use std::collections::BTreeSet;

use super::file::File;
use super::flow_file::{HooksEntry, StepGatesEntry};
use super::names::undefined;
use super::notes::{Note, Notes};
use super::one_or_many::OneOrMany;
use super::pointer::Pointer;
use super::words::quoted;
use crate::domain::{Hooks, StepChecks};

/// The names of workflows and gates that are used, each with its place.
#[derive(Debug, Default)]
pub(super) struct Uses<'f> {
    workflows: Vec<(Pointer, &'f str)>,
    gates: Vec<(Pointer, &'f str)>,
}

impl<'f> Uses<'f> {
    /// Reads the workflows and gates around a promotion; `at` is the policy.
    pub(super) fn checks(
        &mut self,
        pre_action: Option<&'f String>,
        post_action: Option<&'f String>,
        gates: &'f StepGatesEntry,
        at: &Pointer,
    ) -> StepChecks {
        StepChecks {
            pre_action: self.workflow(pre_action, at.key("preAction")),
            post_action: self.workflow(post_action, at.key("postAction")),
            gates_before: self.gates(gates.before.as_ref(), &at.key("gates").key("before")),
            gates_after: self.gates(gates.after.as_ref(), &at.key("gates").key("after")),
        }
    }

    /// Reads hooks.
    pub(super) fn hooks(&mut self, hooks: &'f HooksEntry, at: &Pointer) -> Hooks {
        Hooks {
            on_start: self.workflow(hooks.start.as_ref(), at.key("onStart")),
            on_success: self.workflow(hooks.success.as_ref(), at.key("onSuccess")),
            on_fail: self.workflow(hooks.fail.as_ref(), at.key("onFail")),
        }
    }

    fn workflow(&mut self, name: Option<&'f String>, at: Pointer) -> Option<String> {
        let name = name?;
        self.workflows.push((at, name));
        Some(name.clone())
    }

    fn gates(&mut self, list: Option<&'f OneOrMany<String>>, at: &Pointer) -> Option<Vec<String>> {
        let list = list?.each(at).into_iter();
        let names = list.map(|(at, name)| {
            self.gates.push((at, name));
            name.clone()
        });
        Some(names.collect())
    }

    /// Notes names that are not defined, and definitions that are not used.
    pub(super) fn check(self, file: &File, notes: &mut Notes) {
        let root = Pointer::root();
        let workflows: Vec<&str> = file.workflows.iter().map(|w| w.name.as_str()).collect();
        let gates: Vec<&str> = file.gates.iter().map(|gate| gate.name.as_str()).collect();
        let chosen = ": it only runs if `--pre-action` or `--post-action` names it";
        for (what, key, defined, used, otherwise) in [
            ("workflow", "workflows", workflows, self.workflows, chosen),
            ("gate", "gates", gates, self.gates, ": nothing waits for it"),
        ] {
            let list = root.key(key);
            let names: BTreeSet<&str> = used.iter().map(|(_, name)| *name).collect();
            for (i, name) in defined.iter().enumerate() {
                if !names.contains(name) {
                    let message =
                        format!("no flow or policy uses {what} {}{otherwise}", quoted(name));
                    notes.unused(Note::at(list.index(i).key("name"), message));
                }
            }
            let names: BTreeSet<&str> = defined.iter().copied().collect();
            for (at, name) in used {
                if !names.contains(name) {
                    let known = defined.iter().copied();
                    notes.fault(undefined(what, name, known, at).unless_fault_in(list.clone()));
                }
            }
        }
    }
}

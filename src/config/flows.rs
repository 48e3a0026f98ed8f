//! Flows: their steps, the order of the steps, and the workflows and gates around them.

use std::collections::BTreeMap;

use super::duration;
use super::flow_file::{FlowEntry, StepEntry};
use super::flow_graph::FlowGraph;
use super::names::{Names, undefined};
use super::notes::{Note, Notes};
use super::pointer::Pointer;
use super::uses::Uses;
use super::words::{any_of, did_you_mean, quoted};
use crate::domain::{Environment, Flow, FlowStep, ProductFlow};

/// Reads the flows; what they use is added to `uses`.
pub(super) fn read<'f>(
    entries: &'f [FlowEntry],
    environments: &[Environment],
    at: &Pointer,
    uses: &mut Uses<'f>,
    notes: &mut Notes,
) -> Vec<Flow> {
    let mut names = Names::default();
    let mut flows = Vec::new();
    for (i, entry) in entries.iter().enumerate() {
        let at = at.index(i);
        names.add("flow", &entry.name, &at.key("name"), notes);
        if entry.name == ProductFlow::MANUAL {
            let message = format!(
                "{} is the name of promotions without a flow",
                quoted(&entry.name)
            );
            notes.fault(Note::at(at.key("name"), message).hint("give the flow a different name"));
        }
        let trigger = &entry.trigger_environment;
        let mut reader = FlowReader {
            trigger: environment(trigger, environments, at.key("triggerEnvironment"), notes),
            environments,
            at: at.key("steps"),
            uses,
            notes,
        };
        let steps = reader.steps(&entry.steps);
        flows.push(Flow {
            name: entry.name.clone(),
            trigger_environment: reader.trigger,
            steps,
            hooks: uses.hooks(&entry.hooks, &at.key("hooks")),
            time_limit: duration::read(entry.timeout.as_ref(), &at.key("timeout"), notes),
        });
    }
    flows
}

/// The name of an environment, also by an alias; notes one that is not configured.
fn environment(word: &str, environments: &[Environment], at: Pointer, notes: &mut Notes) -> String {
    if word.is_empty() {
        notes.fault(Note::at(at, "the name of the environment is empty"));
        return String::new();
    }
    let named = environments.iter().find(|e| e.name == word);
    let found = named.or_else(|| environments.iter().find(|e| e.has_name(word)));
    // Without a list of environments, they are found in paths, and any name can be right.
    if found.is_none() && !environments.is_empty() {
        let known = environments.iter().flat_map(Environment::names);
        notes.fault(undefined("environment", word, known, at));
    }
    found.map_or(word, |e| e.name.as_str()).to_owned()
}

/// Reads the steps of one flow.
struct FlowReader<'r, 'f> {
    trigger: String,
    environments: &'r [Environment],
    at: Pointer,
    uses: &'r mut Uses<'f>,
    notes: &'r mut Notes,
}

impl<'f> FlowReader<'_, 'f> {
    fn steps(&mut self, entries: &'f [StepEntry]) -> Vec<FlowStep> {
        let mut steps: Vec<FlowStep> = Vec::new();
        for (i, entry) in entries.iter().enumerate() {
            steps.push(self.step(entry, &self.at.index(i)));
        }
        let mut by_environment: BTreeMap<&str, usize> = BTreeMap::new();
        for (i, step) in steps.iter().enumerate() {
            let at = self.at.index(i).key("environment");
            if step.environment == self.trigger {
                let message = format!("{} is the trigger environment", quoted(&self.trigger));
                let hint = "a step promotes to another environment; remove this step";
                self.notes.fault(Note::at(at, message).hint(hint));
            } else if by_environment.contains_key(step.environment.as_str()) {
                let message = format!("two steps promote to {}", quoted(&step.environment));
                let hint = "keep one of them, with all environments in its `dependsOn`";
                self.notes.fault(Note::at(at, message).hint(hint));
            } else {
                by_environment.insert(&step.environment, i);
            }
        }
        let waits_for = steps.iter().enumerate();
        let waits_for = waits_for.map(|(i, step)| self.waits_for(i, step, &by_environment));
        let graph = FlowGraph::new(waits_for.collect());
        self.check_order(&graph, &steps);
        steps
    }

    fn step(&mut self, entry: &'f StepEntry, at: &Pointer) -> FlowStep {
        let policy = &entry.policy;
        let (known, notes) = (self.environments, &mut *self.notes);
        let target = environment(&entry.environment, known, at.key("environment"), notes);
        let depends_on = entry.depends_on.each(&at.key("dependsOn")).into_iter();
        let depends_on: Vec<String> = depends_on
            .map(|(at, name)| environment(name, known, at, notes))
            .collect();
        let from = entry.from.as_ref();
        let from = from.map(|name| environment(name, known, at.key("from"), notes));
        if let Some(from) = from.as_ref().filter(|from| !depends_on.contains(from)) {
            let message = format!("the source {} is not in `dependsOn`", quoted(from));
            let known = any_of(depends_on.iter().map(String::as_str));
            let note = Note::at(at.key("from"), message);
            notes.fault(note.hint(format!("use {known}, or add it to `dependsOn`")));
        }
        let (pre, post) = (policy.pre_action.as_ref(), policy.post_action.as_ref());
        let place = at.key("policy");
        FlowStep {
            environment: target,
            depends_on,
            from,
            action: policy.action.map(Into::into),
            checks: self.uses.checks(pre, post, &policy.gates, &place),
            hooks: self.uses.hooks(&entry.hooks, &at.key("hooks")),
        }
    }

    /// The other steps that a step waits for; notes environments that no step promotes to.
    fn waits_for(
        &mut self,
        index: usize,
        step: &FlowStep,
        by_environment: &BTreeMap<&str, usize>,
    ) -> Vec<usize> {
        let at = self.at.index(index).key("dependsOn");
        let mut others = Vec::new();
        for (k, name) in step.depends_on.iter().enumerate() {
            let at = match step.depends_on.as_slice() {
                [_] => at.clone(),
                _ => at.index(k),
            };
            if *name == step.environment {
                let message = format!("step {} depends on itself", quoted(name));
                self.notes.fault(Note::at(at, message));
            } else if let Some(other) = by_environment.get(name.as_str()) {
                if !others.contains(other) {
                    others.push(*other);
                }
            } else if *name != self.trigger
                && self.is_known(name)
                // It may be that of a misspelt step.
                && by_environment.keys().all(|known| self.is_known(known))
            {
                let steps = by_environment.keys().copied();
                let known = steps.filter(|known| *known != step.environment);
                let known = std::iter::once(self.trigger.as_str()).chain(known);
                let message = format!(
                    "{} is neither the trigger environment nor that of a step{}",
                    quoted(name),
                    did_you_mean(name, known.clone())
                );
                let hint = format!("use {}, or add a step for it", any_of(known));
                let note = Note::at(at, message).hint(hint);
                self.notes.fault(note.unless_fault_in(self.at.clone()));
            }
        }
        others
    }

    /// Whether an environment can exist; for others there is a fault already.
    fn is_known(&self, name: &str) -> bool {
        let is_listed = self.environments.iter().any(|e| e.name == name);
        !name.is_empty() && (self.environments.is_empty() || is_listed)
    }

    /// Notes steps that never start.
    fn check_order(&mut self, graph: &FlowGraph, steps: &[FlowStep]) {
        let unreached = graph.unreached();
        for cycle in unreached.cycles {
            let around = cycle.iter().chain(cycle.first());
            let names: Vec<String> = around.map(|i| quoted(&steps[*i].environment)).collect();
            let message = format!("steps depend on each other: {}", names.join(" -> "));
            let at = self.at.index(cycle.first().copied().unwrap_or_default());
            let note = Note::at(at.key("dependsOn"), message);
            let hint = format!(
                "start with a step that depends on {}",
                quoted(&self.trigger)
            );
            self.notes.fault(note.hint(hint));
        }
        for step in unreached.behind {
            let message = format!(
                "step {} is never reached from {}",
                quoted(&steps[step].environment),
                quoted(&self.trigger)
            );
            let at = self.at.index(step).key("dependsOn");
            let hint = "it depends on steps that depend on each other";
            self.notes.fault(Note::at(at, message).hint(hint));
        }
    }
}

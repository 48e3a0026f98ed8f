//! The order of a flow's steps: which ones wait for each other, and which ones never start.

/// The steps of a flow, each with the steps that it waits for.
#[derive(Debug)]
pub(super) struct FlowGraph {
    waits_for: Vec<Vec<usize>>,
}

/// The steps that never start.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unreached {
    /// Steps that wait for each other, each for the one before it and the first one for the last.
    pub(super) cycles: Vec<Vec<usize>>,
    /// The other steps, which wait for those.
    pub(super) behind: Vec<usize>,
}

impl FlowGraph {
    /// Takes the steps that each step waits for, without itself.
    pub(super) fn new(waits_for: Vec<Vec<usize>>) -> Self {
        Self { waits_for }
    }

    /// Finds the steps that never start.
    pub(super) fn unreached(&self) -> Unreached {
        let never = self.never_started();
        let mut seen = vec![false; self.waits_for.len()];
        let mut is_in_cycle = seen.clone();
        let mut cycles = Vec::new();
        for start in 0..never.len() {
            // Each step that never starts waits for another one, so the path ends at a step that was seen.
            let mut path = Vec::new();
            let mut step = never[start].then_some(start);
            while let Some(at) = step.filter(|at| !seen[*at]) {
                seen[at] = true;
                path.push(at);
                step = self.waits_for[at].iter().copied().find(|s| never[*s]);
            }
            let first = step.and_then(|step| path.iter().position(|at| *at == step));
            if let Some(first) = first {
                let mut cycle = path.split_off(first);
                cycle.reverse();
                let earliest = (0..cycle.len()).min_by_key(|at| cycle[*at]);
                cycle.rotate_left(earliest.unwrap_or_default());
                for step in &cycle {
                    is_in_cycle[*step] = true;
                }
                cycles.push(cycle);
            }
        }
        let behind = (0..never.len()).filter(|step| never[*step] && !is_in_cycle[*step]);
        Unreached {
            behind: behind.collect(),
            cycles,
        }
    }

    /// Whether each step never starts, because it waits for a cycle.
    fn never_started(&self) -> Vec<bool> {
        let mut open: Vec<usize> = self.waits_for.iter().map(Vec::len).collect();
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); open.len()];
        for (step, before) in self.waits_for.iter().enumerate() {
            for before in before {
                next[*before].push(step);
            }
        }
        let mut ready: Vec<usize> = (0..open.len()).filter(|step| open[*step] == 0).collect();
        while let Some(step) = ready.pop() {
            for after in &next[step] {
                open[*after] -= 1;
                if open[*after] == 0 {
                    ready.push(*after);
                }
            }
        }
        open.into_iter().map(|open| open > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_in_and_behind_cycles_never_start() {
        for (waits_for, cycles, behind) in [
            (vec![vec![], vec![0], vec![0, 1]], vec![], vec![]),
            (vec![vec![1], vec![0]], vec![vec![0, 1]], vec![]),
            // 1 is before 2, 2 is before 3, 3 is before 1; 0 waits for them, and 4 does not.
            (
                vec![vec![3], vec![3], vec![1], vec![2], vec![]],
                vec![vec![1, 2, 3]],
                vec![0],
            ),
            (
                vec![vec![1], vec![0], vec![3], vec![2]],
                vec![vec![0, 1], vec![2, 3]],
                vec![],
            ),
        ] {
            let found = FlowGraph::new(waits_for.clone()).unreached();
            assert_eq!(found, Unreached { cycles, behind }, "{waits_for:?}");
        }
    }
}

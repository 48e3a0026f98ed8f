//! Moves releases until they wait or have ended.

use super::effects;
use super::error::ReleaseError;
use super::flow::Flows;
use super::ports::ReleasePorts;
use super::records::{ProductReleases, of_product};
use super::view::View;
use crate::engine::receipt::Receipt;
use crate::release::{self, Facts, Next, Release, Waiting};

/// How often a release is looked at again because others moved the chain first.
const TRIES: usize = 200;

/// A release after it was moved forward.
#[derive(Clone, Debug)]
pub struct Advanced {
    /// The release.
    pub release: Release,
    /// What it waits for; empty if it has ended.
    pub waits: Vec<Waiting>,
    /// How many transitions were recorded.
    pub transitions: usize,
    /// The outcomes of the promotions that were tried, in order, by environment.
    pub receipts: Vec<(String, Receipt)>,
}

impl Advanced {
    /// A release that has ended: nothing can move it.
    pub fn ended(release: Release) -> Self {
        Self {
            release,
            waits: Vec::new(),
            transitions: 0,
            receipts: Vec::new(),
        }
    }

    /// Whether the release had ended before.
    pub fn had_ended(&self) -> bool {
        self.release.state.is_end() && self.transitions == 0
    }
}

/// Moves the open releases of these products forward, or only those with these ids, in the order of
/// their numbers. An error of one release does not stop the others.
pub async fn advance_releases(
    ports: &ReleasePorts<'_>,
    products: Vec<ProductReleases>,
    is_chosen: &dyn Fn(&Release) -> bool,
) -> Vec<(String, Result<Advanced, ReleaseError>)> {
    let mut flows = Flows::default();
    let mut view = View::begin(ports);
    let mut all = Vec::new();
    for mut product in products {
        let open: Vec<(u64, String)> = (product.releases.iter())
            .filter(|release| !release.state.is_end() && is_chosen(release))
            .map(|release| (release.number, release.id.clone()))
            .collect();
        for (number, id) in open {
            let advanced = advance_one(ports, &mut product, number, &mut flows, &mut view).await;
            let is_interrupted = (advanced.as_ref()).is_err_and(ReleaseError::is_interruption);
            all.push((id, advanced));
            if is_interrupted {
                return all;
            }
        }
    }
    all
}

/// Moves a release until it waits or has ended.
async fn advance_one(
    ports: &ReleasePorts<'_>,
    product: &mut ProductReleases,
    number: u64,
    flows: &mut Flows,
    view: &mut View,
) -> Result<Advanced, ReleaseError> {
    let mut own = Facts::default();
    let mut transitions = 0;
    let mut receipts = Vec::new();
    let mut lost = 0;
    let mut interruption = None;
    loop {
        let Some(release) = product.release(number).cloned() else {
            return Err(ReleaseError::Overtaken {
                product: product.product.clone(),
            });
        };
        let flow = flows.of(ports, &release)?;
        let mut facts = own.clone();
        facts.others = product.others(Some(number));
        facts.commands = ports.workflows.commands();
        let next = loop {
            match release::advance(&release, &flow, &facts, view.now) {
                Next::Ask(questions) => {
                    for question in &questions {
                        view.answer(ports, product, (&release, &flow), question, &mut facts)
                            .await?;
                    }
                }
                next => break next,
            }
        };
        let is_left = |_: &mut ReleaseError| !matches!(next, Next::Record(_));
        if let Some(error) = interruption.take_if(is_left) {
            return Err(interrupted(ports, error));
        }
        let (release, todo) = match next {
            Next::Record(transition) => {
                if !product.append(ports, &transition).await? {
                    lost += 1;
                    if lost > TRIES {
                        return Err(ReleaseError::Overtaken {
                            product: product.product.clone(),
                        });
                    }
                    *product = of_product(ports, &product.product).await?;
                    *view = View::begin(ports);
                    // The results of what was done meanwhile are known to nobody else.
                    own = Facts {
                        attempts: own.attempts,
                        ..Facts::default()
                    };
                    continue;
                }
                transitions += 1;
                (transition.release, transition.effects)
            }
            Next::Do(todo) => (release, todo),
            Next::Ask(_) | Next::Wait(_) | Next::Ended => {
                let waits = match next {
                    Next::Wait(waits) => waits,
                    _ => Vec::new(),
                };
                return Ok(Advanced {
                    release,
                    waits,
                    transitions,
                    receipts,
                });
            }
        };
        // The transition was the end of the attempt, which comes before all others.
        if let Some(error) = interruption {
            return Err(interrupted(ports, error));
        }
        for effect in &todo {
            let of = (&release, &flow);
            match effects::carry_out(ports, product, of, effect, &mut own).await {
                Ok(receipt) => receipts.extend(receipt),
                Err(error) if error.is_interruption() => {
                    interruption = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
        }
        if !todo.is_empty() {
            *view = View::begin(ports);
        }
    }
}

/// Ends this program if a signal did; otherwise the error is returned.
fn interrupted(ports: &ReleasePorts<'_>, error: ReleaseError) -> ReleaseError {
    ports.workflows.end_interrupted();
    error
}

//! A promotion as a form has it, its plan, and how it is carried out.
//!
//! # Why
//!
//! A plan is not kept between the page that shows it and the request that applies it: that may reach another
//! server. The form has the id of the plan that was shown instead, and equal changes have equal ids. So the
//! plan is computed again, and applied only if it is the same.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::choice::{Boxes, Choice};
use super::fields::{Fields, UnknownWord};
use crate::domain::{Action, CommitId, GuardName, Mode, PolicyEvaluation, Product};
use crate::engine::{
    self, Allow, BranchConfiguration, Branches, EngineError, ManualChoice, MessageChoice, Ports,
    Prepared, Receipt, ReleaseError, Request, released_product,
};
use crate::plan::{Plan, PlannedDifference};
use crate::port::NoObserver;
use crate::release::Release;
use crate::render::{Canvas, receipt};
use crate::wiring::Adapters;

/// What can be chosen to move, and how it is delivered.
const MODES: [Mode; 3] = [Mode::Versions, Mode::Changes, Mode::All];
const ACTIONS: [Action; 3] = [Action::Commit, Action::PullRequest, Action::None];

/// A promotion as a form has it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Wanted {
    pub from: String,
    pub to: String,
    pub product: Option<String>,
    pub applications: Vec<String>,
    pub mode: Option<Mode>,
    pub action: Option<Action>,
    pub pre_action: Option<String>,
    pub post_action: Option<String>,
    pub title: Option<String>,
    pub body: Option<String>,
    /// Which of the offered differences are promoted.
    pub choice: Choice,
    /// The selectors of differences that are not offered.
    pub except: Vec<String>,
    /// The guards whose holds are lifted.
    pub allow: Vec<GuardName>,
    /// The id of the plan that was shown.
    pub shown: Option<String>,
    /// The commit that it was computed on.
    pub tip: Option<CommitId>,
}

/// The plan of a promotion, and what can be chosen.
pub(super) struct Planned {
    /// What would be promoted if nothing was ticked in or out.
    pub offered: Plan,
    /// What would be promoted.
    pub prepared: Prepared,
    /// What is lifted.
    pub allow: Allow,
    /// The settings that policies have for the product.
    pub policies: Option<PolicyEvaluation>,
    pub configuration: BranchConfiguration,
}

/// What came of a promotion.
pub(super) enum Done {
    /// A release has started; it goes on by itself.
    Started { id: String },
    /// It was applied, or could not be.
    Applied(Box<Applied>),
    /// It was done since it was shown; perhaps the same request was sent twice.
    Before { commit: CommitId },
    /// It is another promotion than the one that was shown; nothing was done.
    Changed,
}

/// A promotion that was applied, or could not be.
pub(super) struct Applied {
    pub receipt: Receipt,
    /// The plan that was shown.
    pub shown: Plan,
    /// The target's branch.
    pub branch: String,
    pub allow: Allow,
}

impl Done {
    /// What was done, or why nothing was, for the log.
    pub fn result(&self) -> Result<String, String> {
        match self {
            Self::Started { id } => Ok(format!("release {id}")),
            Self::Applied(applied) => applied.summary().ok_or_else(|| applied.why_not()),
            Self::Before { commit } => Ok(format!("in commit {} before", commit.short())),
            Self::Changed => Err("the plan is another one by now".to_owned()),
        }
    }
}

impl Wanted {
    pub fn of(fields: &Fields) -> Result<Self, UnknownWord> {
        let mut wanted = Self::without_boxes(fields)?;
        let guards = fields.some_of("allow", GuardName::ALL)?;
        // Boxes of another target, source or mode were for other differences, and other risks.
        if fields.get("ticking") == Some(wanted.offer().as_str()) {
            wanted.choice = Choice::Boxes(Boxes::of(fields)?);
            wanted.allow = guards;
        }
        Ok(wanted)
    }

    fn without_boxes(fields: &Fields) -> Result<Self, UnknownWord> {
        Ok(Self {
            from: fields.text("from").unwrap_or_default(),
            to: fields.text("to").unwrap_or_default(),
            product: fields.text("product"),
            applications: fields.all("service"),
            mode: fields.one_of("mode", &MODES)?,
            action: fields.one_of("action", &ACTIONS)?,
            pre_action: fields.text("pre-action"),
            post_action: fields.text("post-action"),
            title: fields.text("title"),
            body: fields.text("body"),
            choice: Choice::AsOffered,
            except: Vec::new(),
            allow: Vec::new(),
            shown: fields.text("plan"),
            tip: fields.get("tip").map(commit).transpose()?,
        })
    }

    /// What the boxes of a form are for.
    pub fn offer(&self) -> String {
        let mode = self.mode.map(|mode| mode.to_string());
        let mode = mode.unwrap_or_default();
        format!("{} {} {mode}", self.from, self.to)
    }

    /// The product, if nothing else is promoted.
    pub fn only_product(&self) -> Option<&str> {
        let product = self.product.as_deref();
        product.filter(|_| self.applications.is_empty())
    }

    /// What is promoted, in words.
    pub fn what(&self) -> String {
        match &self.product {
            Some(product) => product.clone(),
            None if self.applications.is_empty() => "everything".to_owned(),
            None => self.applications.join(", "),
        }
    }

    /// All of it on one line, for the log.
    pub fn in_words(&self) -> String {
        format!("promote {} from={} to={}", self.what(), self.from, self.to)
    }

    /// The request, before anything is ticked in or out.
    pub fn request(&self) -> Request {
        Request {
            applications: self.applications.clone(),
            products: self.product.iter().cloned().collect(),
            promote: self.mode,
            action: self.action,
            message: MessageChoice {
                title: self.title.clone(),
                body: self.body.clone(),
            },
            except: self.except.clone(),
            allow: Allow::Guards(self.allow.clone()),
            ..Request::between(&self.from, &self.to)
        }
    }

    /// The request with what is ticked in and out of `offered`; `None` if that is what is offered.
    fn chosen(&self, offered: &Plan) -> Option<Request> {
        let is_turned = |d: &PlannedDifference| self.choice.has(d) != d.verdict.is_promote();
        let mut differences = offered.differences();
        differences.any(is_turned).then(|| {
            let is_chosen = |d: &PlannedDifference| self.choice.has(d);
            engine::choose_differences(self.request(), offered.differences(), &is_chosen)
        })
    }

    /// Computes the plan.
    pub async fn plan(&self, adapters: &Adapters) -> Result<Planned, EngineError> {
        Ok(self.planned(adapters).await?.1)
    }

    async fn planned(&self, adapters: &Adapters) -> Result<(Request, Planned), EngineError> {
        let ports = adapters.ports(&NoObserver);
        let branches = engine::fetch(&ports, &self.request()).await?;
        self.planned_on(&ports, &branches)
    }

    /// Computes the plan on branches that were fetched, with the request that it is made of.
    pub fn planned_on(
        &self,
        ports: &Ports<'_>,
        branches: &Branches,
    ) -> Result<(Request, Planned), EngineError> {
        let request = self.request();
        let offered = engine::plan_on(ports, &request, branches)?;
        let (request, prepared) = match self.chosen(&offered.plan) {
            Some(chosen) => {
                let prepared = engine::plan_on(ports, &chosen, branches)?;
                (chosen, prepared)
            }
            None => (request, offered.clone()),
        };
        let configuration = engine::configuration_on(ports, branches.home.clone(), None)?;
        let policies = match &self.product {
            Some(product) => Some(configuration.evaluate(product, &self.to, None)?),
            None => None,
        };
        let planned = Planned {
            offered: offered.plan,
            prepared,
            allow: request.allow.clone(),
            policies,
            configuration,
        };
        Ok((request, planned))
    }

    /// Carries the promotion out, if it is the one that was shown.
    pub async fn carry_out(&self, adapters: &Adapters) -> Result<Done, ReleaseError> {
        let (request, planned) = self.planned(adapters).await?;
        let plan = &planned.prepared.plan;
        if self.shown.as_deref() != Some(planned.id().as_str()) {
            let prefix = planned.configuration.settings.release_prefix.as_deref();
            return self.done_before(adapters, prefix).await;
        }
        let is_held = !request.allow.clears(plan);
        match released_product(&request, plan) {
            Some(product) if !is_held && plan.action() != Action::None && !plan.is_empty() => {
                let product = product.to_owned();
                self.start(adapters, (&product, &request), &planned).await
            }
            None if needs_release(&planned) => Err(ReleaseError::NeedsProduct {
                environment: plan.hop().to.name.clone(),
            }),
            _ => {
                let ports = adapters.ports(&NoObserver);
                let (shown, branch) = (plan.clone(), planned.prepared.branch.name.clone());
                let receipt = engine::apply(&ports, &request, planned.prepared).await?;
                Ok(Done::Applied(Box::new(Applied {
                    receipt,
                    shown,
                    branch,
                    allow: request.allow,
                })))
            }
        }
    }

    /// What came of the plan that was shown, if it was carried out since.
    async fn done_before(
        &self,
        adapters: &Adapters,
        prefix: Option<&str>,
    ) -> Result<Done, ReleaseError> {
        let (Some(shown), Some(tip)) = (&self.shown, self.tip) else {
            return Ok(Done::Changed);
        };
        let shown = promotion_id(shown);
        let adapters_of_releases = adapters.for_releases(prefix)?;
        let products = engine::releases(&adapters_of_releases.ports(&NoObserver)).await?;
        let is_same = |release: &&Release| {
            let manual = release.manual.as_ref();
            manual.is_some_and(|m| m.promotion == shown) && !release.state.is_end()
        };
        let mut releases = products.iter().flat_map(|product| &product.releases);
        if let Some(release) = releases.find(is_same) {
            let id = release.id.clone();
            return Ok(Done::Started { id });
        }
        let ports = adapters.ports(&NoObserver);
        let branches = engine::fetch(&ports, &self.request()).await?;
        let target = branches.of_named(&self.to)?;
        // Whoever promoted the same before that has nothing to do with it.
        let since = ports.history.ancestry(target.tip, tip);
        let since = since.map_err(EngineError::from)?;
        let is_since = |commit| commit != tip && since.iter().any(|(own, _)| *own == commit);
        match engine::find_promotion(&ports, &branches, shown) {
            Ok(past) if past.record.id == shown && is_since(past.commit) => Ok(Done::Before {
                commit: past.commit,
            }),
            Ok(_) | Err(EngineError::NoPromotion { .. }) => Ok(Done::Changed),
            Err(error) => Err(error.into()),
        }
    }

    /// Starts the release of the promotion, which the keeper moves forward.
    async fn start(
        &self,
        adapters: &Adapters,
        (product, request): (&str, &Request),
        planned: &Planned,
    ) -> Result<Done, ReleaseError> {
        let prefix = planned.configuration.settings.release_prefix.as_deref();
        let adapters = adapters.for_releases(prefix)?;
        let ports = adapters.ports(&NoObserver);
        let choice = ManualChoice {
            pre_action: self.pre_action.clone(),
            post_action: self.post_action.clone(),
            skipped_gates: Vec::new(),
            configuration: None,
        };
        let plan = &planned.prepared.plan;
        let started = engine::start_manual(&ports, (product, request), plan, &choice).await?;
        Ok(Done::Started {
            id: started.id().to_owned(),
        })
    }
}

impl Planned {
    /// What a form gives back to show which promotion was seen: the id of the plan, and whatever else decides
    /// about what happens.
    pub fn id(&self) -> String {
        let plan = &self.prepared.plan;
        let mut rest = DefaultHasher::new();
        for finding in plan.findings() {
            (finding.guard.as_str(), &finding.selector, &finding.message).hash(&mut rest);
        }
        if let Some(policies) = &self.policies {
            for setting in &policies.settings {
                (&setting.name, format!("{:?}", setting.value)).hash(&mut rest);
            }
        }
        format!("{}-{}-{:x}", plan.id(), plan.action(), rest.finish())
    }
}

/// The id of the plan in what a form gives back.
fn promotion_id(shown: &str) -> &str {
    shown.split_once('-').map_or(shown, |(id, _)| id)
}

/// Whether a product of the changed applications has gates or workflows for such a promotion: whoever promotes
/// them one by one must not go around these.
fn needs_release(planned: &Planned) -> bool {
    let plan = &planned.prepared.plan;
    let settings = &planned.configuration.settings;
    let has_changed = |product: &&Product| {
        let mut words = product.applications.iter();
        words.any(|word| plan.changed_applications().any(|name| name.matches(word)))
    };
    let mut products = settings.products.iter().filter(has_changed);
    products.any(|product| engine::has_checks(settings, product, plan))
}

impl Applied {
    /// What was done, in words; `None` if nothing was.
    pub fn summary(&self) -> Option<String> {
        receipt::summaries(std::slice::from_ref(&self.receipt))
    }

    /// Why nothing was done.
    pub fn why_not(&self) -> String {
        let mut why = Vec::new();
        // Writing to memory does not fail.
        let _ = receipt::explanations(&mut why, Canvas::plain(80), &[(&self.receipt, &self.shown)]);
        let why = String::from_utf8_lossy(&why).trim_end().to_owned();
        if why.is_empty() {
            "There is nothing to promote.".to_owned()
        } else {
            why
        }
    }
}

fn commit(word: &str) -> Result<CommitId, UnknownWord> {
    let id = word.parse().map(CommitId);
    id.map_err(|_| UnknownWord::new("tip", word, "the whole id of a commit"))
}

//! The options that promotions and `diff` share.

use std::path::Path;

use clap::{Args, ValueEnum};

use super::branch_arguments::BranchArguments;
use super::common_arguments::Output;
use super::disk;
use crate::domain::{Mode, Settings};
use crate::engine::{
    Allow, DefaultProduct, ManifestPreview, MessageChoice, NewApplications, ProposalChoice,
    Removals, Request, TakeChoice, TakenSide,
};

/// Selects environments, applications and differences.
#[derive(Args, Clone, Debug)]
pub struct SelectionArguments {
    /// The source environment, by name or alias.
    #[arg(long, value_name = "ENV", required = true)]
    pub from: Option<String>,

    /// Only this application, by its name or the last parts of it; repeatable.
    #[arg(
        long,
        visible_alias = "app",
        value_name = "NAME",
        help_heading = "What to promote"
    )]
    pub service: Vec<String>,

    /// Only the applications of this product; repeatable.
    #[arg(
        long,
        visible_alias = "project",
        value_name = "NAME",
        help_heading = "What to promote"
    )]
    pub product: Vec<String>,

    /// All applications, even if the folder or the configuration implies a product.
    #[arg(
        long,
        conflicts_with_all = ["service", "product"],
        help_heading = "What to promote"
    )]
    pub all: bool,

    /// Only differences that this selector or pattern matches, such as a file, a glob or a key; repeatable.
    #[arg(long, value_name = "SELECTOR", help_heading = "What to promote")]
    pub only: Vec<String>,

    /// Skip the differences that this selector or pattern matches; repeatable.
    #[arg(long, value_name = "SELECTOR", help_heading = "What to promote")]
    pub except: Vec<String>,

    /// Where both sides changed a place, take this side: `source=SELECTOR` or `target=SELECTOR`;
    /// repeatable.
    #[arg(
        long,
        value_name = "SIDE=SELECTOR",
        value_parser = take,
        help_heading = "What to promote"
    )]
    pub take: Vec<TakeChoice>,

    /// Compare with the source's files in this revision; default: as they were at the last promotion.
    #[arg(long, value_name = "REV", help_heading = "What to promote")]
    pub base: Option<String>,

    /// How many commits of each file to look at.
    #[arg(
        long,
        value_name = "N",
        default_value_t = Request::HISTORY,
        help_heading = "What to promote"
    )]
    pub history: usize,

    /// Which differences to promote; default: the rules of the template, otherwise `versions`.
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        help_heading = "What to promote"
    )]
    pub promote: Option<PromoteArg>,

    /// Also promote removals: delete what only the target has.
    #[arg(long, help_heading = "What to promote")]
    pub delete: bool,

    /// Also promote applications that the target does not have yet.
    #[arg(long, help_heading = "What to promote")]
    pub new: bool,

    /// Read the source's files from this revision.
    #[arg(long, value_name = "REV", help_heading = "What to promote")]
    pub source: Option<String>,

    /// Promote this version of the application, or go back to it: read the source's files from the newest
    /// commit that has it.
    #[arg(
        long = "version",
        value_name = "VERSION",
        value_parser = clap::builder::NonEmptyStringValueParser::new(),
        conflicts_with = "source",
        help_heading = "What to promote"
    )]
    pub wanted_version: Option<String>,

    /// The branch.
    #[command(flatten)]
    pub branch: BranchArguments,

    /// The output format.
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "FORMAT",
        help_heading = "Output"
    )]
    pub output: Output,
}

/// The target environment.
#[derive(Args, Clone, Debug)]
pub struct TargetArguments {
    /// The target environment, by name or alias.
    #[arg(long, value_name = "ENV", required = true)]
    pub to: Option<String>,
}

/// The target environments.
#[derive(Args, Clone, Debug)]
pub struct TargetsArguments {
    /// The target environment, by name or alias; repeatable.
    #[arg(long, value_name = "ENV", required = true)]
    pub to: Vec<String>,

    /// Whether several targets are promoted to together or one after the other.
    #[arg(
        long,
        value_enum,
        default_value_t,
        value_name = "HOW",
        help_heading = "What to promote"
    )]
    pub group: GroupArg,
}

/// The values of `--group`.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum GroupArg {
    /// All or none in each repository: in one push, or one pull request.
    #[default]
    All,
    /// Each by itself, whatever happens to the others.
    Each,
}

/// The values of `--promote`.
#[derive(ValueEnum, Clone, Copy, PartialEq, Eq, Debug)]
pub enum PromoteArg {
    /// Versions, and other fields in which the same version changes.
    Versions,
    /// What changed in the source since the last promotion, removals too.
    Changes,
    /// Every difference.
    All,
}

/// Parses `source=SELECTOR` or `target=SELECTOR`.
fn take(text: &str) -> Result<TakeChoice, String> {
    let (side, selector) = text.split_once('=').unwrap_or((text, ""));
    let side = match side {
        "source" => TakenSide::Source,
        "target" => TakenSide::Target,
        _ => return Err("must begin with `source=` or `target=`".to_owned()),
    };
    if selector.is_empty() {
        return Err("has no selector after `=`".to_owned());
    }
    let selector = selector.to_owned();
    Ok(TakeChoice { side, selector })
}

impl From<PromoteArg> for Mode {
    fn from(mode: PromoteArg) -> Self {
        match mode {
            PromoteArg::Versions => Self::Versions,
            PromoteArg::Changes => Self::Changes,
            PromoteArg::All => Self::All,
        }
    }
}

impl SelectionArguments {
    /// The request for a preview; a promotion adds its action, message and allowed guards.
    ///
    /// `directory` is the one in which the command was started.
    pub fn request(&self, to: &str, settings: Option<Settings>, directory: &Path) -> Request {
        let folder = disk::folder_in_working_tree(directory);
        Request {
            from: self.from.clone().unwrap_or_default(),
            to: to.to_owned(),
            reverts: None,
            set_baseline: None,
            release: None,
            applications: self.service.clone(),
            products: self.product.clone(),
            default_product: match folder {
                _ if self.all => DefaultProduct::Ignored,
                Some(folder) => DefaultProduct::OfFolder(folder),
                None => DefaultProduct::Configured,
            },
            only: self.only.clone(),
            except: self.except.clone(),
            take: self.take.clone(),
            base: self.base.clone(),
            history: self.history,
            promote: self.promote.map(Mode::from),
            removals: if self.delete {
                Removals::Promoted
            } else {
                Removals::Kept
            },
            new_applications: if self.new {
                NewApplications::Promoted
            } else {
                NewApplications::Kept
            },
            source: self.source.clone(),
            version: self.wanted_version.clone(),
            branch: self.branch.to_promote_on(),
            action: None,
            message: MessageChoice::default(),
            proposal: ProposalChoice::default(),
            allow: Allow::default(),
            manifests: ManifestPreview::default(),
            verify: Vec::new(),
            settings,
        }
    }
}

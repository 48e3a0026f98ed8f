//! Which applications and files each environment has, and which files form pairs.
//!
//! Two entry points share the rules of this room. A promotion compares two environments:
//!
//! 1. [`hop`] looks up source and target in the settings.
//! 2. [`EnvironmentPair::new`] takes both commits, and collects the names and aliases to look for.
//! 3. [`EnvironmentPair::locate`] finds the environments' roots (`find_roots.rs`: the first place on
//!    a path that has an environment's name) and picks the chosen applications
//!    (`application_rule.rs` names them). The result is [`Located`].
//! 4. [`Located::pairs`] walks both trees below the roots (`pair.rs`) and gives [`Pairs`]: each
//!    [`FilePair`] is a source file, the target file that belongs to it, or both.
//!
//! [`applications`] does all of that for `check --layout`. Everything that looks at more than two
//! environments adds [`Location`]s to an [`Inventory`], which has one [`EnvironmentView`] for each
//! environment in each commit (`view.rs`).
//!
//! # Why
//!
//! A repository rarely states what its environments and applications are; its paths imply it. The
//! rest of the program must not depend on how. So paths are interpreted here and nowhere else, and
//! the engine gets pairs of files with an application's name. Reading is the expensive part: folders
//! outside the scope and folders that are equal on both sides are not opened, so that the cost of a
//! promotion grows with what differs and not with the repository.

mod application_map;
mod application_places;
mod application_rule;
mod environment_folder;
mod environment_pair;
mod environment_roots;
mod error;
mod existence;
mod file_pair;
mod find_roots;
mod folder_set;
mod mapped_files;
mod pair;
mod pair_collector;
mod path_words;
mod root;
mod scope;
mod target_names;
mod trees;
mod usual_environments;
mod view;

pub use application_map::{ApplicationMap, applications};
pub use application_places::choose;
pub use environment_pair::{ApplicationChoice, EnvironmentPair, Located, hop};
pub use error::InventoryError;
pub use file_pair::{FileObject, FilePair, FileRole};
pub use pair::Equal;
pub use pair_collector::{Overlap, Pairs};
pub use view::{EnvironmentFile, EnvironmentView, Inventory, Location};

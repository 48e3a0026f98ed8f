//! Which applications and files each environment has, and which files belong together.

mod application_map;
mod application_places;
mod application_rule;
mod environment_pair;
mod environment_roots;
mod error;
mod file_pair;
mod find_roots;
mod pair;
mod pair_collector;
mod root;
mod scope;
mod target_names;
mod trees;
mod view;

pub use application_map::{ApplicationMap, applications};
pub use environment_pair::{ApplicationChoice, EnvironmentPair, Located, hop};
pub use error::InventoryError;
pub use file_pair::{FileObject, FilePair};
pub use pair::Equal;
pub use pair_collector::{Overlap, Pairs};
pub use view::{EnvironmentFile, EnvironmentView, Inventory, Location};

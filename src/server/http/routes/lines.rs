//! The lines of a file that a plan changes.

use maud::Markup;

use super::super::place::{Place, large_page};
use super::super::trouble::Trouble;
use crate::plan::Plan;
use crate::server::fields::Fields;
use crate::server::pages;

/// The page with the lines of the file of a plan that a field names; `at` is the entry of the menu.
pub(super) fn lines_page(
    place: &Place,
    at: &str,
    plan: &Plan,
    fields: &Fields,
) -> Result<Markup, Trouble> {
    let path = fields.get(pages::FILE).unwrap_or_default();
    let mut files = plan.changed_files();
    let file = files.find(|file| file.path.as_str() == path);
    let file = file.ok_or_else(|| Trouble::missing("changed file", path))?;
    Ok(large_page(|| pages::lines_page(&place.frame, at, file)))
}

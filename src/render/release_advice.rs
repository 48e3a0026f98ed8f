//! What people can do about a release that has ended.

use std::io::{self, Write};

use super::shell;
use super::terminal::{Canvas, escaped};
use crate::release::{RefusedBy, Release, ReleaseState};

/// How to go on after a release has ended; `None` if there is nothing to do.
pub fn after_end(release: &Release) -> Option<String> {
    if release.state != ReleaseState::Failed {
        return None;
    }
    let id = &release.id;
    let retry = format!("`git promote release retry {id}`");
    let is_refused_by = |by: RefusedBy| {
        let mut failed = release.failed_steps();
        failed.any(|step| step.refused == Some(by))
    };
    Some(if is_refused_by(RefusedBy::Guards) {
        format!(
            "`git promote release advance {id} --allow GUARD` lifts the holds of a guard; {retry} plans again, \
             with the same source"
        )
    } else if is_refused_by(RefusedBy::People) {
        format!("{retry} opens another pull request, with the same source")
    } else {
        format!("{retry} resumes at what failed")
    })
}

/// Writes how to go on after a release has failed, for stderr; nothing if it has not.
///
/// # Errors
/// When `out` cannot be written.
pub fn after_failure(out: &mut dyn Write, canvas: Canvas, release: &Release) -> io::Result<()> {
    after_end(release).map_or(Ok(()), |text| hint(out, canvas, &text))
}

/// Writes how to go on where a release had ended before, for stderr.
///
/// # Errors
/// When `out` cannot be written.
pub fn after_ended(out: &mut dyn Write, canvas: Canvas, release: &Release) -> io::Result<()> {
    let text = after_end(release).unwrap_or_else(|| another(release));
    hint(out, canvas, &text)
}

fn hint(out: &mut dyn Write, canvas: Canvas, text: &str) -> io::Result<()> {
    let style = canvas.palette.hint;
    writeln!(out, "{style}hint{style:#}: {}", escaped(text))
}

/// How to start another release like one that has ended.
fn another(release: &Release) -> String {
    let product = shell::option("--product", &release.product);
    if release.manual.is_some() {
        return format!("`git promote --from ENV --to ENV {product}` starts another");
    }
    let flow = shell::option("--flow", &release.flow);
    format!("`git promote release start {flow} {product}` starts another")
}

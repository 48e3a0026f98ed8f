//! `git promote man`.

use std::io::Write;

use clap::Command;

use super::exit::Exit;
use super::failure::Failure;

/// Prints the manual page.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(program: Command, out: &mut dyn Write) -> Result<Exit, Failure> {
    let page = clap_mangen::Man::new(program);
    let mut text = Vec::new();
    page.render(&mut text)?;
    out.write_all(&text)?;
    Ok(Exit::Done)
}

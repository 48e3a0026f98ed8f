//! `git promote man`.

use std::fmt::Write as _;
use std::io::Write;

use clap::Command;

use super::exit::Exit;
use super::failure::Failure;

/// Prints the manual page.
///
/// # Errors
/// When stdout cannot be written.
pub fn run(program: Command, out: &mut dyn Write) -> Result<Exit, Failure> {
    let commands = commands(&program);
    let page = clap_mangen::Man::new(program);
    let mut text = Vec::new();
    page.render_title(&mut text)?;
    page.render_name_section(&mut text)?;
    page.render_synopsis_section(&mut text)?;
    page.render_description_section(&mut text)?;
    page.render_options_section(&mut text)?;
    text.extend(commands.into_bytes());
    page.render_extra_section(&mut text)?;
    page.render_version_section(&mut text)?;
    out.write_all(&text)?;
    Ok(Exit::Done)
}

/// The commands on this page: the generator would refer to pages of their own, which do not exist.
fn commands(program: &Command) -> String {
    let mut text =
        ".SH COMMANDS\n`git promote COMMAND \\-h` lists the options of a command.\n".to_owned();
    for command in program.get_subcommands() {
        let about = command.get_about().map(ToString::to_string);
        let (name, about) = (command.get_name(), about.unwrap_or_default());
        let _ = write!(text, ".TP\n\\fBgit promote {name}\\fR\n{about}\n");
    }
    text
}

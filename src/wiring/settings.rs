//! The configuration behind the engine's port.

use crate::config::{self, ConfigFault, ConfigFaults};
use crate::domain::ConfigText;
use crate::plan::Notice;
use crate::port::{Reading, SettingsError, SettingsReader};

/// Reads `promote.yaml`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConfigReader;

impl SettingsReader for ConfigReader {
    fn read(
        &self,
        main: ConfigText<'_>,
        manifests: &[ConfigText<'_>],
    ) -> Result<Reading, SettingsError> {
        match config::read_with_manifests(main, manifests) {
            Ok(read) => Ok(Reading {
                settings: read.settings,
                notices: read.warnings.into_iter().map(notice).collect(),
                unused: read.unused.into_iter().map(notice).collect(),
            }),
            Err(faults) => {
                let mut reports: Vec<String> = faults.iter().map(ConfigFault::report).collect();
                if faults.left_out() > 0 {
                    reports.push(format!("and {} more", faults.left_out()));
                }
                Err(SettingsError {
                    file: file_of(&faults).unwrap_or(main.file).to_owned(),
                    reports,
                })
            }
        }
    }
}

/// The file that all faults are in; `promote.yaml` if there are several.
fn file_of(faults: &ConfigFaults) -> Option<&str> {
    let mut files = faults.iter().map(|fault| fault.file.as_str());
    let first = files.next()?;
    files.all(|file| file == first).then_some(first)
}

fn notice(warning: ConfigFault) -> Notice {
    Notice::Configuration {
        file: warning.file,
        line: warning.line,
        column: warning.column,
        message: warning.message,
    }
}

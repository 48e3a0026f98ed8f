//! The configuration behind the engine's port.

use crate::config::{self, ConfigFault};
use crate::plan::Notice;
use crate::port::{Reading, SettingsError, SettingsReader};

/// Reads `promote.yaml`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConfigReader;

impl SettingsReader for ConfigReader {
    fn read(&self, text: &str, file: &str) -> Result<Reading, SettingsError> {
        match config::read(text, file) {
            Ok(read) => Ok(Reading {
                settings: read.settings,
                notices: read.warnings.into_iter().map(notice).collect(),
            }),
            Err(faults) => {
                let mut reports: Vec<String> = faults.iter().map(ConfigFault::report).collect();
                if faults.left_out() > 0 {
                    reports.push(format!("and {} more", faults.left_out()));
                }
                Err(SettingsError {
                    file: file.to_owned(),
                    reports,
                })
            }
        }
    }
}

fn notice(warning: ConfigFault) -> Notice {
    Notice::Configuration {
        file: warning.file,
        line: warning.line,
        column: warning.column,
        message: warning.message,
    }
}

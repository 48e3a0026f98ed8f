//! The configuration behind the engine's port.

use crate::config;
use crate::port::{Reading, SettingsError, SettingsReader};

/// Reads `promote.yaml`.
#[derive(Clone, Copy, Debug, Default)]
pub struct ConfigReader;

impl SettingsReader for ConfigReader {
    fn read(&self, text: &str, file: &str) -> Result<Reading, SettingsError> {
        match config::read(text, file) {
            Ok(read) => Ok(Reading {
                settings: read.settings,
                warnings: read.warnings.iter().map(ToString::to_string).collect(),
            }),
            Err(faults) => {
                let mut reports: Vec<String> =
                    faults.iter().map(config::ConfigFault::report).collect();
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

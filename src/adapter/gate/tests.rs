//! The gates that need nothing but the time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::{freeze, soak, window, zone};
use crate::domain::{CommitId, ObjectId, Period, WeeklyWindow};
use crate::port::{GateContext, GateState, Landed, RepositoryError, Snapshot, TreeEntry};

/// A commit whose files are not looked at.
struct NoFiles;

fn id() -> ObjectId {
    ObjectId::from_bytes(&[7; 20]).unwrap()
}

impl Snapshot for NoFiles {
    fn commit(&self) -> CommitId {
        CommitId(id())
    }

    fn root(&self) -> ObjectId {
        id()
    }

    fn read_tree(
        &self,
        _: ObjectId,
        _: &mut dyn FnMut(TreeEntry<'_>),
    ) -> Result<(), RepositoryError> {
        Ok(())
    }

    fn blob_size(&self, _: ObjectId) -> Result<u64, RepositoryError> {
        Ok(0)
    }

    fn read_blob(&self, _: ObjectId) -> Result<Vec<u8>, RepositoryError> {
        Ok(Vec::new())
    }
}

fn at(now: i64) -> GateContext {
    GateContext {
        now,
        environment: "production".to_owned(),
        applications: vec!["api".to_owned()],
        repository: None,
        landed: None,
        pull_request: None,
        approvals: Vec::new(),
        variables: BTreeMap::new(),
        files: Arc::new(NoFiles),
    }
}

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

/// A time of a zone's clock, in seconds since 1970.
fn time(zone: &TimeZone, clock: &str) -> i64 {
    zone::time(zone, DateTime::strptime("%Y-%m-%dT%H:%M", clock).unwrap())
}

/// A state as a text, with `until` on the zone's clock.
fn shown(state: &GateState, zone: &TimeZone) -> String {
    match state {
        GateState::Passed => "passed".to_owned(),
        GateState::Waiting { until: None, .. } => "waiting".to_owned(),
        GateState::Waiting {
            until: Some(until), ..
        } => {
            let clock = zone::clock(zone, *until);
            format!("until {}", clock.strftime("%a %Y-%m-%dT%H:%M"))
        }
        GateState::Failed { why } => format!("failed: {why}"),
    }
}

fn windows(texts: &str) -> Vec<WeeklyWindow> {
    let texts = texts.split(';').filter(|text| !text.is_empty());
    texts
        .map(|text| WeeklyWindow::parse(text).unwrap())
        .collect()
}

#[test]
fn a_change_soaks_from_when_it_landed() {
    let soak = |landed: Option<i64>, now| {
        let landed = landed.map(|since| Landed {
            commit: CommitId(id()),
            since,
        });
        soak::state(
            Duration::from_secs(1_800),
            &GateContext { landed, ..at(now) },
        )
    };
    assert_eq!(shown(&soak(None, 5_000), &TimeZone::UTC), "waiting");
    assert_eq!(soak(Some(1_000), 2_800), GateState::Passed);
    let GateState::Waiting { why, until } = soak(Some(1_000), 2_799) else {
        panic!("it has passed");
    };
    assert_eq!((&*why, until), ("it soaks for 30m", Some(2_800)));
}

#[test]
fn a_window_is_open_or_opens_at_a_time_on_its_zones_clock() {
    let berlin = zone("Europe/Berlin");
    for (allow, now, expected) in [
        // 2026-11-30 is a Monday.
        ("Mon-Fri 09:00-16:00", "2026-11-30T09:00", "passed"),
        ("Mon-Fri 09:00-16:00", "2026-11-30T15:59", "passed"),
        (
            "Mon-Fri 09:00-16:00",
            "2026-11-30T16:00",
            "until Tue 2026-12-01T09:00",
        ),
        (
            "Mon-Fri 09:00-16:00",
            "2026-11-27T16:00",
            "until Mon 2026-11-30T09:00",
        ),
        (
            "Mon 09:00-16:00",
            "2026-11-30T16:00",
            "until Mon 2026-12-07T09:00",
        ),
        (
            "Mon 08:00-09:00;Tue 06:00-07:00",
            "2026-11-30T10:00",
            "until Tue 2026-12-01T06:00",
        ),
        // Over midnight: Friday's ends on Saturday.
        ("Fri 22:00-02:00", "2026-11-28T01:59", "passed"),
        (
            "Fri 22:00-02:00",
            "2026-11-28T02:00",
            "until Fri 2026-12-04T22:00",
        ),
        ("Fri", "2026-11-27T23:59", "passed"),
        (
            "Fri 18:00-24:00",
            "2026-11-28T00:00",
            "until Fri 2026-12-04T18:00",
        ),
        // The clock goes from 02:00 to 03:00 on 2026-03-29.
        (
            "Sun 02:30-04:00",
            "2026-03-29T01:59",
            "until Sun 2026-03-29T03:30",
        ),
        ("Sun 02:30-04:00", "2026-03-29T03:45", "passed"),
        (
            "Mon-Fri 09:00-16:00",
            "2026-03-27T17:00",
            "until Mon 2026-03-30T09:00",
        ),
        // The clock goes from 03:00 back to 02:00 on 2026-10-25.
        ("Sun 01:00-02:30", "2026-10-25T01:59", "passed"),
        (
            "Mon-Fri 09:00-16:00",
            "2026-10-23T16:00",
            "until Mon 2026-10-26T09:00",
        ),
        (
            "",
            "2026-11-30T09:00",
            "failed: it has no times at which promotions are allowed",
        ),
    ] {
        let state = window::state(&windows(allow), &berlin, &at(time(&berlin, now)));
        assert_eq!(shown(&state, &berlin), expected, "{allow} at {now}");
    }
}

#[test]
fn a_window_has_the_hours_of_its_zone_in_summer_and_winter() {
    let (berlin, allow) = (zone("Europe/Berlin"), windows("Mon-Fri 09:00-16:00"));
    for (utc, expected) in [
        ("2026-07-06T06:59", "until Mon 2026-07-06T09:00"),
        ("2026-07-06T07:00", "passed"),
        ("2026-12-07T07:00", "until Mon 2026-12-07T09:00"),
        ("2026-12-07T08:00", "passed"),
    ] {
        let state = window::state(&allow, &berlin, &at(time(&TimeZone::UTC, utc)));
        assert_eq!(shown(&state, &berlin), expected, "{utc}");
    }
}

#[test]
fn a_freeze_has_its_first_and_its_last_day() {
    let zone = zone("America/New_York");
    for (periods, now, expected) in [
        ("2026-12-20/2027-01-03", "2026-12-19T23:59", "passed"),
        (
            "2026-12-20/2027-01-03",
            "2026-12-20T00:00",
            "until Mon 2027-01-04T00:00",
        ),
        (
            "2026-12-20/2027-01-03",
            "2027-01-03T23:59",
            "until Mon 2027-01-04T00:00",
        ),
        ("2026-12-20/2027-01-03", "2027-01-04T00:00", "passed"),
        (
            "2026-12-20T18:00/2026-12-20T20:30",
            "2026-12-20T18:00",
            "until Sun 2026-12-20T20:30",
        ),
        (
            "2026-12-20T18:00/2026-12-20T20:30",
            "2026-12-20T20:30",
            "passed",
        ),
        // The later of two that overlap.
        (
            "2026-12-20/2026-12-24;2026-12-22/2026-12-28",
            "2026-12-23T12:00",
            "until Tue 2026-12-29T00:00",
        ),
        // The clock goes from 02:00 to 03:00 on 2026-03-08.
        (
            "2026-03-07T12:00/2026-03-08T02:30",
            "2026-03-08T01:00",
            "until Sun 2026-03-08T03:30",
        ),
    ] {
        let found = periods.split(';').map(|period| {
            let (first, last) = period.split_once('/').unwrap();
            Period::parse(first, last).unwrap()
        });
        let found: Vec<Period> = found.collect();
        let state = freeze::state(&found, &zone, &at(time(&zone, now)));
        assert_eq!(shown(&state, &zone), expected, "{periods} at {now}");
    }
}

//! Shows a plan, asks for confirmation, applies it and reports the outcome.

use super::apply_arguments::ApplyArguments;
use super::common_arguments::Output;
use super::confirm;
use super::console::Console;
use super::exit::Exit;
use super::failure::Failure;
use super::progress::Progress;
use crate::domain::Action;
use crate::engine::{self, Prepared, Request};
use crate::port::BODY_LIMIT;
use crate::render::receipt::FaultList;
use crate::render::{Purpose, json_v1, markdown, receipt, text};
use crate::wiring::{Adapters, Prompts};

/// Shows the preview, asks for confirmation on a terminal, applies and prints the result. On a terminal,
/// the commands that verify the planned files run after the answer, otherwise before the preview.
///
/// # Errors
/// When applying fails, or the output cannot be written.
pub(super) async fn carry_out(
    request: &Request,
    mut prepared: Prepared,
    options: &ApplyArguments,
    output: Output,
    adapters: &Adapters,
    console: &mut Console<'_>,
) -> Result<Exit, Failure> {
    if !options.yes && console.is_in_pager && would_write(&prepared, request) {
        return Err(Failure::HiddenQuestion);
    }
    let must_confirm =
        !options.yes && console.prompts == Prompts::Terminal && would_write(&prepared, request);
    if !must_confirm {
        prepared = verified(prepared, request, adapters, console)?;
    }
    if output != Output::Json {
        let preview = if output == Output::Markdown {
            let preview = markdown(&prepared.plan, BODY_LIMIT, Purpose::Preview(&request.allow));
            console.out.write_all(preview.as_bytes())
        } else {
            text::preview(
                console.out,
                &prepared.plan,
                console.stdout,
                options.detail.into(),
                &request.allow,
            )
        };
        let preview = preview.and_then(|()| console.out.flush());
        // A reader that closes the output early (`| head`) does not cancel the promotion.
        if let Err(error) = preview
            && error.kind() != std::io::ErrorKind::BrokenPipe
        {
            return Err(error.into());
        }
    } else if must_confirm {
        // stdout is reserved for the JSON result.
        text::preview(
            console.err,
            &prepared.plan,
            console.stderr,
            options.detail.into(),
            &request.allow,
        )?;
    }
    if must_confirm {
        confirm::ask(&prepared, console.err)?;
        let shown = prepared.plan.findings().len();
        prepared = verified(prepared, request, adapters, console)?;
        if prepared.plan.findings().len() > shown {
            text::findings(console.err, &prepared.plan, console.stderr, &request.allow)?;
        }
    }

    let shown = prepared.plan.clone();
    let branch = prepared.branch.name.clone();
    let progress = Progress::start(console.progress);
    let receipt = engine::apply(&adapters.ports(&progress), request, prepared).await;
    progress.finish();
    let receipt = receipt?;
    let (detail, allow) = (options.detail.into(), &request.allow);
    let canvas = console.stdout;
    let applied = receipt.applied(&shown);
    let faults = if output == Output::Text && applied.faults() == shown.faults() {
        FaultList::Hidden
    } else {
        FaultList::Listed
    };
    let written = match output {
        Output::Json => {
            let result = json_v1::Promotion::of(&receipt, &shown, &branch, allow);
            json_v1::write(console.out, &result, console.json)
        }
        Output::Markdown => writeln!(console.out)
            .and_then(|()| receipt::result(console.out, canvas, &receipt, &shown, detail, allow)),
        Output::Text => receipt::result(console.out, canvas, &receipt, &shown, detail, allow),
    };
    let written = written
        .and_then(|()| console.out.flush())
        .and_then(|()| receipt::explanation(console.err, console.stderr, &receipt))
        .and_then(|()| receipt::left_out(console.err, console.stderr, applied, faults));
    match written {
        // A closed output is not a failure of the promotion.
        Err(source) if source.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(match receipt::summary(&receipt) {
                Some(summary) => Failure::Unreported { summary, source },
                None => Failure::Output(source),
            })
        }
        _ => Ok(match Exit::from(&receipt) {
            Exit::Done if applied.chosen_faults().next().is_some() => Exit::Failed,
            exit => exit,
        }),
    }
}

/// The plan after the commands ran that must succeed on its files.
fn verified(
    Prepared { plan, branch }: Prepared,
    request: &Request,
    adapters: &Adapters,
    console: &Console<'_>,
) -> Result<Prepared, Failure> {
    let progress = Progress::start(console.progress);
    let plan = engine::verify(&adapters.ports(&progress), plan, &request.allow);
    progress.finish();
    let plan = plan?;
    Ok(Prepared { plan, branch })
}

/// Whether applying the plan is expected to write something.
fn would_write(prepared: &Prepared, request: &Request) -> bool {
    let plan = &prepared.plan;
    plan.action() != Action::None && !plan.is_empty() && request.allow.clears(plan)
}

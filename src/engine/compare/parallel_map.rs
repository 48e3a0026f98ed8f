//! Work on many files, spread over threads, with results in order.
//!
//! # Why
//!
//! Reading and parsing is most of a whole environment's comparison, and each
//! file is on its own. The threads end before this returns; results and the
//! error that is reported are those of one thread going from first to last, so
//! equal inputs still give equal plans. A few files are not worth a thread.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// How many items a thread takes at a time.
const PORTION: usize = 32;

/// Each thread holds one pair of files; with files of 10 MB more of them would take too much memory.
const MOST_THREADS: usize = 4;

/// As much as the main thread has: deep files are read by recursion.
const STACK: usize = 8 << 20;

/// The results of one portion, with its number.
type Portion<R, E> = (usize, Result<Vec<R>, E>);

/// Does `work` for every item; results are in the items' order, an error is the first one's.
pub(super) fn parallel_map<T: Sync, R: Send, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(MOST_THREADS).min(items.len() / (2 * PORTION));
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let has_failed = AtomicBool::new(false);
    // Portions are handed out in order and finished once begun: all before a failure are there.
    let worker = || {
        let mut done: Vec<Portion<R, E>> = Vec::new();
        while !has_failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(portion) = items.chunks(PORTION).nth(number) else {
                break;
            };
            let results: Result<Vec<R>, E> = portion.iter().map(&work).collect();
            if results.is_err() {
                has_failed.store(true, Ordering::Relaxed);
            }
            done.push((number, results));
        }
        done
    };
    let mut portions = thread::scope(|scope| {
        // Without a thread more (the system's limit) the others do its share.
        let helpers: Vec<_> = (1..threads)
            .map_while(|_| {
                let builder = thread::Builder::new().stack_size(STACK);
                builder.spawn_scoped(scope, worker).ok()
            })
            .collect();
        let mut portions = worker();
        for helper in helpers {
            match helper.join() {
                Ok(done) => portions.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        portions
    });
    portions.sort_by_key(|(number, _)| *number);
    let mut all = Vec::with_capacity(items.len());
    for (_, results) in portions {
        all.extend(results?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..10_000).collect();
        let doubled = parallel_map(&items, |n| Ok::<_, ()>(n * 2)).unwrap();
        assert!(doubled.into_iter().eq((0..10_000).map(|n| n * 2)));
    }

    #[test]
    fn the_first_item_that_fails_is_the_one_that_is_reported() {
        let items: Vec<usize> = (0..10_000).collect();
        for _ in 0..50 {
            let failed = parallel_map(&items, |n| if n % 777 == 776 { Err(*n) } else { Ok(()) });
            assert_eq!(failed, Err(776));
        }
    }

    #[test]
    fn nothing_to_do_is_no_failure() {
        assert_eq!(parallel_map(&[], |n: &usize| Ok::<_, ()>(*n)), Ok(vec![]));
    }
}

//! Maps many items on several threads, with results in order.
//!
//! # Why
//!
//! To compare whole environments mostly means to read and parse, and files are independent of each
//! other. The threads end before the function returns. Results and the reported error are the same
//! as on one thread, so equal inputs still give equal plans. A few files are not worth a thread.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// How many items a thread takes at a time.
const CHUNK: usize = 32;

/// Each thread holds one pair of files, which can have 10 MB each; more threads could use too much
/// memory.
const MAX_THREADS: usize = 4;

/// The same as the main thread's: nested files are parsed by recursion.
const STACK_SIZE: usize = 8 << 20;

/// The results of one chunk, with its number.
type Chunk<R, E> = (usize, Result<Vec<R>, E>);

/// Calls `work` with every item; returns the results in order, or the error of the first that fails.
pub(in crate::engine) fn parallel_map<T: Sync, R: Send, E: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, E> + Sync,
) -> Result<Vec<R>, E> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let threads = cores.min(MAX_THREADS).min(items.len() / (2 * CHUNK));
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let has_failed = AtomicBool::new(false);
    // Portions are handed out in order and finished once begun: all before a failure are there.
    let work_on_chunks = || {
        let mut done: Vec<Chunk<R, E>> = Vec::new();
        while !has_failed.load(Ordering::Relaxed) {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = items.chunks(CHUNK).nth(number) else {
                break;
            };
            let results: Result<Vec<R>, E> = chunk.iter().map(&work).collect();
            if results.is_err() {
                has_failed.store(true, Ordering::Relaxed);
            }
            done.push((number, results));
        }
        done
    };
    let mut chunks = thread::scope(|scope| {
        // If the system refuses another thread, the others do its share.
        let workers: Vec<_> = (1..threads)
            .map_while(|_| {
                let builder = thread::Builder::new().stack_size(STACK_SIZE);
                builder.spawn_scoped(scope, work_on_chunks).ok()
            })
            .collect();
        let mut chunks = work_on_chunks();
        for worker in workers {
            match worker.join() {
                Ok(done) => chunks.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        chunks
    });
    chunks.sort_by_key(|(number, _)| *number);
    let mut all = Vec::with_capacity(items.len());
    for (_, results) in chunks {
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

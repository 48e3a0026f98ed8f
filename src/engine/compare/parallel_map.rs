//! Maps many items on several threads, with results in order.
//!
//! # Why
//!
//! To compare whole environments mostly means to read and parse, and files are independent of each
//! other. The threads end before the function returns. Results and the reported error are the same
//! as on one thread, so equal inputs still give equal plans. A few files are not worth a thread.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, TrySendError};
use std::sync::{Mutex, PoisonError};
use std::thread;

/// How many items a thread takes at a time.
const CHUNK: usize = 32;

/// How many files, and how many bytes of them, a thread is given at a time.
const MOST_FILES: usize = 256;
const MAX_PORTION: usize = 1 << 16;

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
    let threads = threads(items.len());
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
    let mut chunks = on_threads(threads - 1, &work_on_chunks, work_on_chunks);
    chunks.sort_by_key(|(number, _)| *number);
    let mut all = Vec::with_capacity(items.len());
    for (_, results) in chunks {
        all.extend(results?);
    }
    Ok(all)
}

/// Calls `work` with the bytes of every file that `feed` passes on; returns the results in order. `count` is how
/// many there are. Few of them are in memory at a time.
pub(in crate::engine) fn parallel_feed<R: Send, E>(
    count: usize,
    feed: impl FnOnce(&mut dyn FnMut(Vec<u8>)) -> Result<(), E>,
    work: impl Fn(usize, Vec<u8>) -> R + Sync,
) -> Result<Vec<R>, E> {
    let threads = threads(count);
    let (sender, receiver) = mpsc::sync_channel::<Portion>(threads);
    let receiver = Mutex::new(receiver);
    let work_on = |portion: Portion| {
        let results = (portion.first..).zip(portion.files);
        let results = results.map(|(number, bytes)| work(number, bytes));
        (portion.first, results.collect::<Vec<R>>())
    };
    let work_on_all = || {
        let mut done = Vec::new();
        while let Some(portion) = next(&receiver) {
            done.push(work_on(portion));
        }
        done
    };
    let mut ended = Ok(());
    let feed_all = || {
        let (mut done, mut portion) = (Vec::new(), Portion::default());
        let mut pass = |portion| match sender.try_send(portion) {
            Ok(()) => {}
            // All threads have enough to do.
            Err(TrySendError::Full(portion) | TrySendError::Disconnected(portion)) => {
                done.push(work_on(portion));
            }
        };
        ended = feed(&mut |bytes| {
            portion.add(bytes);
            if portion.is_full() {
                let next = portion.next();
                pass(std::mem::replace(&mut portion, next));
            }
        });
        pass(portion);
        drop(sender);
        done.extend(work_on_all());
        done
    };
    let mut portions = on_threads(threads.saturating_sub(1), &work_on_all, feed_all);
    ended?;
    portions.sort_by_key(|(first, _)| *first);
    Ok(portions
        .into_iter()
        .flat_map(|(_, results)| results)
        .collect())
}

/// Files for one thread.
#[derive(Default)]
struct Portion {
    /// The number of the first.
    first: usize,
    files: Vec<Vec<u8>>,
    bytes: usize,
}

impl Portion {
    fn add(&mut self, file: Vec<u8>) {
        self.bytes += file.len();
        self.files.push(file);
    }

    fn is_full(&self) -> bool {
        self.files.len() == MOST_FILES || self.bytes >= MAX_PORTION
    }

    /// The empty one after it.
    fn next(&self) -> Self {
        Self {
            first: self.first + self.files.len(),
            ..Self::default()
        }
    }
}

/// The next chunk, for the first thread that asks.
fn next<T>(receiver: &Mutex<Receiver<T>>) -> Option<T> {
    let receiver = receiver.lock().unwrap_or_else(PoisonError::into_inner);
    receiver.recv().ok()
}

/// How many threads so many items are worth.
fn threads(items: usize) -> usize {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    cores.min(MAX_THREADS).min(items / (2 * CHUNK))
}

/// Calls `other` on other threads, and `own` on this one; returns what all of them return.
fn on_threads<R: Send>(
    others: usize,
    other: &(impl Fn() -> Vec<R> + Sync),
    own: impl FnOnce() -> Vec<R>,
) -> Vec<R> {
    thread::scope(|scope| {
        // If the system refuses another thread, the others do its share.
        let workers: Vec<_> = (0..others)
            .map_while(|_| {
                let builder = thread::Builder::new().stack_size(STACK_SIZE);
                builder.spawn_scoped(scope, other).ok()
            })
            .collect();
        let mut all = own();
        for worker in workers {
            match worker.join() {
                Ok(done) => all.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    })
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
    fn files_that_are_fed_give_results_in_their_order() {
        let large = vec![b'x'; MAX_PORTION + 1];
        for count in [0, 1, 63, 64, 1_000, 10_001] {
            let file = |n: usize| {
                if n % 400 == 7 {
                    large.clone()
                } else {
                    vec![b'y'; n % 3]
                }
            };
            let feed = |pass: &mut dyn FnMut(Vec<u8>)| {
                (0..count).for_each(|n| pass(file(n)));
                Ok::<_, ()>(())
            };
            let found = parallel_feed(count, feed, |n, bytes| (n, bytes.len())).unwrap();
            assert!(found.into_iter().eq((0..count).map(|n| (n, file(n).len()))));
        }
    }

    #[test]
    fn the_error_of_a_feed_is_reported() {
        let feed = |pass: &mut dyn FnMut(Vec<u8>)| {
            (0..500).for_each(|_| pass(Vec::new()));
            Err("no more")
        };
        assert_eq!(parallel_feed(10_000, feed, |n, _| n), Err("no more"));
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

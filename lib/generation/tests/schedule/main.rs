//! The scheduler with a policy and a tokenizer made up for the test: who is played when never shows in what is played.

#![allow(clippy::unwrap_used)] // a test fails by panicking

mod consistency;
mod memory;
mod scribe;
mod workloads;

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use attempts::AttemptEnd;
use generation::{Engine, GenerationError, Pool, Settings};
use grading::{Graded, Grader, GraderError, Request};
use proptest::prelude::*;
use records::{AttemptStop, StopReason, Verdict};
use transcript::Codec;

use crate::scribe::{
    Bytes, EOS, Question, Setup, USUAL, builtin, environment, one, play, play_within,
};

#[test]
fn a_dialogue_goes_by_the_rules() {
    let finished = one(
        USUAL,
        Question {
            attempts: 3,
            seed: 5,
            endless: false,
        },
    );
    let text = Bytes.decode(&finished.token_ids).unwrap();
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    assert_eq!(finished.prompt_length, "q|3>".len());
    assert_eq!(
        finished.loss_mask.iter().filter(|m| **m).count(),
        finished.attempts.len() * ("\\boxed{7}".len() + 1)
    );
    for (attempt, next) in finished
        .attempts
        .iter()
        .zip(finished.attempts.iter().skip(1))
    {
        assert_eq!(attempt.verdict, Verdict::Wrong);
        let between = &finished.token_ids[attempt.end as usize..next.start as usize];
        assert!(
            Bytes.decode(between).unwrap().starts_with("no "),
            "feedback follows without a close of its own"
        );
    }
    for attempt in &finished.attempts {
        assert_eq!(attempt.stop, AttemptStop::Eos);
        assert_eq!(finished.token_ids[attempt.end as usize - 1], EOS);
        assert!(
            attempt
                .text
                .ends_with(&format!("{{{}}}", attempt.answer.as_deref().unwrap()))
        );
        assert!(digits.contains(&attempt.answer.as_deref().unwrap().chars().next().unwrap()));
    }
    for (at, sampled) in finished.loss_mask.iter().enumerate() {
        assert_eq!(
            *sampled,
            finished
                .attempts
                .iter()
                .any(|a| (a.start..a.end).contains(&(at as i32)))
        );
        assert!(*sampled || finished.logprobs[at] == 0.0);
    }
    let digit = finished
        .token_ids
        .iter()
        .rposition(|id| (48..58).contains(id))
        .unwrap();
    assert!((finished.logprobs[digit] - 0.1f32.ln()).abs() < 1e-5);
}

#[test]
fn a_boxed_attempt_ends_at_the_check_that_sees_it() {
    for (check_every, length) in [(1, 9), (4, 12), (64, 10)] {
        let setup = Setup {
            attempt_end: AttemptEnd::Boxed,
            check_every,
            ..USUAL
        };
        let finished = one(
            setup,
            Question {
                attempts: 1,
                seed: 1,
                endless: false,
            },
        );
        let attempt = &finished.attempts[0];
        // With 4, end-of-sequence (the tenth token) comes before the third check.
        assert_eq!(
            (attempt.end - attempt.start) as usize,
            length.min(10),
            "{check_every}"
        );
        assert_eq!(
            attempt.stop,
            if check_every == 1 {
                AttemptStop::Boxed
            } else {
                AttemptStop::Eos
            }
        );
    }
}

#[test]
fn an_attempt_that_was_not_closed_is_closed_by_the_environment() {
    let setup = Setup {
        attempt_end: AttemptEnd::Boxed,
        check_every: 1,
        ..USUAL
    };
    let questions: Vec<_> = (0..20)
        .map(|seed| Question {
            attempts: 2,
            seed,
            endless: false,
        })
        .collect();
    let played = play(setup, &questions, 1, 4, builtin()).unwrap();
    let retried: Vec<_> = played
        .values()
        .filter(|finished| finished.attempts.len() == 2)
        .collect();
    assert!(!retried.is_empty());
    for finished in retried {
        let [first, second] = &finished.attempts[..] else {
            unreachable!()
        };
        let between = &finished.token_ids[first.end as usize..second.start as usize];
        assert_eq!(Bytes.decode(between).unwrap(), "##no 1>");
    }
}

#[test]
fn budgets_and_contexts_cut_an_attempt_off() {
    for setup in [
        Setup {
            max_new_tokens: 20,
            ..USUAL
        },
        Setup {
            context: 24,
            ..USUAL
        },
    ] {
        let finished = one(
            setup,
            Question {
                attempts: 2,
                seed: 1,
                endless: true,
            },
        );
        assert_eq!(finished.stop_reason, StopReason::Length);
        assert_eq!((finished.token_ids.len(), finished.sampled()), (24, 20));
        assert_eq!(
            (finished.attempts[0].verdict, finished.attempts[0].stop),
            (Verdict::Truncated, AttemptStop::Length)
        );
    }
}

#[test]
fn feedback_that_does_not_fit_ends_the_dialogue_by_length() {
    // Prompt 4, attempt 10, feedback 5: one more sampled token needs 20.
    for (context, attempts) in [(19, 1), (20, 2)] {
        let setup = Setup { context, ..USUAL };
        let finished = (0..50).map(|seed| {
            one(
                setup,
                Question {
                    attempts: 2,
                    seed,
                    endless: false,
                },
            )
        });
        let wrong_first: Vec<_> = finished
            .filter(|f| f.attempts[0].verdict == Verdict::Wrong)
            .collect();
        assert!(!wrong_first.is_empty());
        for finished in wrong_first {
            assert_eq!(
                (finished.attempts.len(), finished.stop_reason),
                (attempts, StopReason::Length),
                "context {context}"
            );
            assert_eq!(
                finished.loss_mask.last(),
                Some(&true),
                "no feedback without an answer to it"
            );
        }
    }
}

#[test]
fn a_grader_that_fails_ends_the_run() {
    struct Broken;
    impl Grader for Broken {
        fn name(&self) -> String {
            "broken".into()
        }
        fn grade(&self, _: &Request<'_>) -> Result<Graded, GraderError> {
            grading::CommandGrader::start("exit 3", Duration::from_secs(60))?
                .grade(&Request::new("", ""))
        }
    }
    let questions: Vec<_> = (0..9)
        .map(|seed| Question {
            attempts: 2,
            seed,
            endless: false,
        })
        .collect();
    let error = play(USUAL, &questions, 2, 3, Arc::new(Broken)).unwrap_err();
    assert!(matches!(error, GenerationError::Grader(_)), "{error}");
}

#[test]
fn a_policy_that_cannot_be_loaded_ends_the_run() {
    let settings = Settings {
        environment: environment(USUAL),
        grader: builtin(),
    };
    let (sender, results) = mpsc::channel();
    let engines: Vec<Engine> = vec![Box::new(|| anyhow::bail!("no weights"))];
    let sender = Mutex::new(sender);
    let _pool = Pool::start(engines, &settings, move |played| {
        let _ = sender.lock().unwrap().send(played.map(|_| ()));
    });
    assert!(matches!(
        results.recv().unwrap(),
        Err(GenerationError::Load(_))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn a_dialogue_is_the_same_in_any_company_and_never_contradicts_itself(
        kinds in prop::collection::vec((1u32..5, any::<bool>()), 1..30),
        workers in 1usize..4,
        slots in 1usize..9,
        boxed in any::<bool>(),
        play_on in any::<bool>(),
        check_every in 1usize..12,
        max_new_tokens in 1usize..60,
        context in 8usize..80,
        blocks in 0usize..20,
    ) {
        let attempt_end = if boxed { AttemptEnd::Boxed } else { AttemptEnd::Eos };
        let setup = Setup { attempt_end, play_on, check_every, max_new_tokens, context };
        let question = |(seed, (attempts, endless)): (usize, &(u32, bool))| Question { attempts: *attempts, seed: seed as i64, endless: *endless };
        let questions: Vec<Question> = kinds.iter().enumerate().map(question).collect();
        let alone = play(setup, &questions, 1, 1, builtin()).unwrap();
        for (finished, (allowed, _)) in alone.values().zip(&kinds) {
            consistency::check(finished, *allowed, setup);
        }
        let mut shuffled = questions;
        shuffled.reverse();
        prop_assert_eq!(&play(setup, &shuffled, workers, slots, builtin()).unwrap(), &alone);
        prop_assert_eq!(play_within(setup, &shuffled, workers, slots, blocks, builtin()).unwrap(), alone);
    }
}

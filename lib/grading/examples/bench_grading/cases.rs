//! Cases with known verdicts, and how they are measured.

use std::borrow::Cow;
use std::time::Instant;

use grading::{Builtin, Options, Rules, Verdict, equivalent, extract};
use serde_json::Value;

use crate::set_aside;

pub struct Case {
    pub id: String,
    pub kind: String,
    pub class: String,
    /// The prediction, or a full response.
    pub given: String,
    pub reference: Option<String>,
    pub truth: Option<bool>,
    /// Why the label is not counted as the truth, and what it says.
    pub set_aside: Option<(&'static str, bool)>,
    /// Who says so.
    pub truth_source: String,
    pub peers: [Option<bool>; 2],
}

pub struct Outcome {
    pub verdict: bool,
    pub reason: String,
    /// The answer that was found, or what differs.
    pub detail: Option<String>,
    pub microseconds: f64,
}

impl Case {
    pub fn read(value: &Value) -> Option<Self> {
        let text = |field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
        let flag = |field: &str| value.get(field).and_then(Value::as_bool);
        let id = text("id")?;
        let label = flag("truth");
        let set_aside = set_aside::reason(&id).zip(label);
        Some(Self {
            id,
            kind: text("kind")?,
            class: text("class").unwrap_or_default(),
            given: text("prediction").or_else(|| text("response"))?,
            reference: text("reference"),
            truth: label.filter(|_| set_aside.is_none()),
            set_aside,
            truth_source: text("truth_source").unwrap_or_default(),
            peers: [flag("qwen"), flag("math_verify")],
        })
    }

    pub fn fold(&self) -> u64 {
        let hash = self.id.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        u64::from((hash >> 20) % 3 == 0)
    }

    /// The best of three timed runs, so that a descheduled thread does not count as work.
    pub fn measure(&self) -> Outcome {
        let grader = Builtin::new(Options::default().with_rules(Rules::ALL));
        let mut fastest = f64::INFINITY;
        let mut outcome = self.grade(&grader);
        for _ in 0..3 {
            let start = Instant::now();
            outcome = self.grade(&grader);
            fastest = fastest.min(start.elapsed().as_secs_f64() * 1e6);
        }
        Outcome {
            microseconds: fastest,
            ..outcome
        }
    }

    pub fn grade(&self, grader: &Builtin) -> Outcome {
        let options = &grader.0;
        let reference = self.reference.as_deref();
        let (verdict, reason, detail) = match self.kind.as_str() {
            "equivalence" => {
                let decision = equivalent(&self.given, reference.unwrap_or_default(), options);
                (
                    decision.equivalent,
                    decision.reason.as_str(),
                    decision.detail,
                )
            }
            // Asked for the string itself: the reference must not help to find it.
            "extraction" => {
                let found = extract(&self.given, None, options.rules).map(|found| found.text);
                let same = match (&found, reference) {
                    (Some(found), Some(reference)) => {
                        found.trim() == reference.trim()
                            || equivalent(found, reference, options).equivalent
                    }
                    (found, reference) => found.is_none() == reference.is_none(),
                };
                (same, "", found.map(Cow::into_owned))
            }
            _ => {
                let graded = grader.judge(&self.given, reference.unwrap_or_default());
                (
                    graded.verdict == Verdict::Correct,
                    graded.reason.as_str(),
                    graded.answer,
                )
            }
        };
        Outcome {
            verdict,
            reason: reason.to_owned(),
            detail,
            microseconds: 0.0,
        }
    }

    /// What a model really wrote; the agreement of the references is counted on these.
    pub fn is_real_response(&self) -> bool {
        self.kind == "response" && self.class.starts_with("real")
    }

    /// The right verdict: extraction cases are right when the string was found.
    pub fn expected(&self) -> Option<bool> {
        if self.kind == "extraction" {
            Some(true)
        } else {
            self.truth
        }
    }
}

//! The seam between what needs verdicts and what gives them.

use crate::command::CommandError;
use crate::extract::Rules;
use crate::extract::answer_of;
use crate::{Graded, Options, Reason, Verdict, equivalent, extract};

/// What a grader is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The model's full text.
    pub response: &'a str,
    /// The right answer.
    pub reference: &'a str,
    /// Further fields (`question`, `question_id`, ...) that an external grader is told.
    pub context: &'a [(&'a str, &'a str)],
}

impl<'a> Request<'a> {
    /// A request without further fields.
    pub fn new(response: &'a str, reference: &'a str) -> Self {
        Self {
            response,
            reference,
            context: &[],
        }
    }

    /// The same request with further fields.
    pub fn with_context(self, context: &'a [(&'a str, &'a str)]) -> Self {
        Self { context, ..self }
    }
}

/// Why no verdict could be had. [`Builtin`] never fails.
#[derive(Debug, thiserror::Error)]
pub enum GraderError {
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// Gives verdicts on responses.
pub trait Grader: Send + Sync {
    /// Name, version and settings, as recorded beside the verdicts.
    fn name(&self) -> String;

    /// The verdict on one response.
    fn grade(&self, request: &Request<'_>) -> Result<Graded, GraderError>;

    /// Verdicts in the order of the requests. An external grader answers a batch faster than one by one.
    fn grade_many(&self, requests: &[Request<'_>]) -> Result<Vec<Graded>, GraderError> {
        requests.iter().map(|request| self.grade(request)).collect()
    }

    /// To be called once after the last question: an error where something shows only now that earlier verdicts cannot be
    /// trusted. Only external graders have such errors.
    fn finish(&self) -> Result<(), GraderError> {
        Ok(())
    }

    /// Whether an answer repeats an earlier one: whether it would be right if that were the reference.
    fn repeats(&self, answer: &str, earlier: &str) -> Result<bool, GraderError> {
        let response = format!("\\boxed{{{answer}}}");
        let graded = self.grade(&Request::new(&response, earlier))?;
        Ok(graded.verdict == Verdict::Correct)
    }
}

/// The grader of this crate.
#[derive(Debug, Clone, Default)]
pub struct Builtin(pub Options);

impl Builtin {
    /// A grader with a policy of its own.
    pub fn new(options: Options) -> Self {
        Self(options)
    }

    /// The verdict on one response; never fails.
    pub fn judge(&self, response: &str, reference: &str) -> Graded {
        let reference = answer_of(reference);
        let Some(answer) = extract(response, Some(&reference), self.0.rules) else {
            return Graded {
                verdict: Verdict::NoAnswer,
                answer: None,
                rule: None,
                reason: Reason::NothingExtracted,
                detail: None,
            };
        };
        let decision = equivalent(&answer.text, &reference, &self.0);
        let verdict = match (decision.equivalent, decision.reason) {
            (_, Reason::UnreadableReference) => Verdict::BadReference,
            (true, _) => Verdict::Correct,
            (false, _) => Verdict::Wrong,
        };
        Graded {
            verdict,
            answer: Some(answer.text.into_owned()),
            rule: Some(answer.rule),
            reason: decision.reason,
            detail: decision.detail,
        }
    }
}

impl Grader for Builtin {
    fn name(&self) -> String {
        let version = env!("CARGO_PKG_VERSION");
        let (profile, rules) = (self.0.profile(), self.0.rules.name());
        format!("reattempt-grading {version} profile={profile} extract={rules}")
    }

    fn grade(&self, request: &Request<'_>) -> Result<Graded, GraderError> {
        Ok(self.judge(request.response, request.reference))
    }

    fn repeats(&self, answer: &str, earlier: &str) -> Result<bool, GraderError> {
        Ok(equivalent(answer, earlier, &self.0).equivalent)
    }
}

/// The complete boxed answer in a response that was cut off, if it holds one: it counts as an answer, never as right.
pub fn boxed_answer(response: &str, reference: &str) -> Option<String> {
    let reference = answer_of(reference);
    let found = extract(response, Some(&reference), Rules::BOXED)?;
    Some(found.text.into_owned())
}

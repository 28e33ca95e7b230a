//! Why the grader said so. Knows nothing about tokens.

use grading::{Builtin, Grader, Options, Rules};
use records::{Attempt, Verdict};

/// Who gave a row's verdicts.
pub(crate) enum Judge {
    /// The built-in grader with the recorded settings: it can be asked again.
    Builtin(Box<Builtin>),
    /// Anybody else, or nobody by name.
    Other(String),
}

impl Judge {
    /// The grader by the name that it has in records.
    pub fn named(name: Option<&str>) -> Self {
        let name = name.unwrap_or("a grader that the record does not name");
        builtin(name).map_or_else(
            || Self::Other(name.to_owned()),
            |builtin| Self::Builtin(Box::new(builtin)),
        )
    }
}

/// The built-in grader whose recorded name this is; none for another version, which may decide otherwise.
fn builtin(name: &str) -> Option<Builtin> {
    let profile = name
        .split_whitespace()
        .find_map(|word| word.strip_prefix("profile="))?;
    let options = Options::named(profile)?;
    let sets = [Rules::BOXED, Rules::STATED, Rules::ALL].into_iter();
    let mut known = sets.map(|rules| Builtin::new(options.clone().with_rules(rules)));
    known.find(|known| known.name() == name)
}

/// One sentence for people.
pub(crate) fn reason(attempt: &Attempt, reference: &str, judge: &Judge) -> String {
    if attempt.verdict == Verdict::Truncated {
        return "Cut off before it ended; no grader is asked.".into();
    }
    let builtin = match judge {
        Judge::Builtin(builtin) => builtin,
        Judge::Other(name) => return format!("Decided by {name}."),
    };
    let graded = builtin.judge(&attempt.text, reference);
    if graded.verdict != attempt.verdict {
        return format!(
            "The same grader says {} when it is asked again.",
            graded.verdict
        );
    }
    let sentence = graded.reason.describe().trim();
    match graded.detail {
        Some(detail) => format!("{}: {detail}.", sentence.trim_end_matches('.')),
        None => sentence.to_owned(),
    }
}

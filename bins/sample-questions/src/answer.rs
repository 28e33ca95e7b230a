//! The reference answer out of the forms in which data sets keep it.

use records::{Cell, FieldProblem};
use serde_json::value::RawValue;

/// Where and how a data set keeps its answers.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// A string or number as it is.
    Plain,
    /// The last box of a worked solution.
    Boxed,
    /// A list of strings in dollars.
    Listed,
    /// What follows `####`, without thousands separators.
    AfterHashes,
}

/// The answer, or what is wrong with the value.
pub fn extract(value: &Cell, form: Form) -> Result<String, FieldProblem> {
    let expected = |what: &str| FieldProblem::Invalid(format!("expected {what}"));
    match form {
        Form::Plain => plain(value),
        Form::Boxed => value
            .as_str()
            .and_then(|text| grading::extract(text, None, grading::Rules::BOXED))
            .map(|answer| answer.text.into_owned())
            .ok_or_else(|| expected("a string with a complete \\boxed{}")),
        Form::Listed => listed(value).ok_or_else(|| expected("a list of strings")),
        Form::AfterHashes => value
            .as_str()
            .and_then(|text| text.rsplit_once("####"))
            .map(|(_, answer)| without_separators(answer.trim()))
            .ok_or_else(|| expected("a string with #### before the answer")),
    }
}

fn plain(value: &Cell) -> Result<String, FieldProblem> {
    match value.to_text() {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(several @ FieldProblem::Several { .. }) => Err(FieldProblem::Invalid(format!(
            "{several} (--preset olympiadbench takes several strings as one answer)"
        ))),
        Err(problem) => Err(problem),
    }
}

/// Several answers are joined by commas.
fn listed(value: &Cell) -> Option<String> {
    let elements: Vec<Box<RawValue>> =
        serde_json::from_str(&serde_json::to_string(value).ok()?).ok()?;
    let texts = elements
        .iter()
        .map(|element| serde_json::from_str(element.get()).ok());
    let texts: Vec<String> = texts.collect::<Option<_>>()?;
    let answers: Vec<String> = texts.iter().map(|text| without_dollars(text)).collect();
    (!answers.is_empty()).then(|| answers.join(", "))
}

/// `$1$,$2$` becomes `1, 2`; a full stop at the end goes.
fn without_dollars(text: &str) -> String {
    let text = text.trim().replace("$,$", ", ").replace("\\$", "\u{0}");
    let text = text.replace('$', "").replace('\u{0}', "\\$");
    text.trim().trim_end_matches('.').trim_end().to_owned()
}

/// `1,080` becomes `1080`; a comma that does not separate thousands stays.
fn without_separators(text: &str) -> String {
    let groups: Vec<&str> = text.split(',').collect();
    let digits = |group: &&str| group.bytes().take_while(u8::is_ascii_digit).count() == 3;
    if groups.len() > 1 && groups[1..].iter().all(digits) {
        groups.concat()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn extract(value: &serde_json::Value, form: Form) -> Result<String, FieldProblem> {
        super::extract(&Cell::Json(value.clone()), form)
    }

    #[test]
    fn whole_floats_are_integers() {
        assert_eq!(extract(&json!(27.0), Form::Plain).unwrap(), "27");
        assert_eq!(extract(&json!(-1.0), Form::Plain).unwrap(), "-1");
        assert_eq!(extract(&json!(0.5), Form::Plain).unwrap(), "0.5");
        assert_eq!(extract(&json!(" 025 "), Form::Plain).unwrap(), "025");
        assert_eq!(extract(&json!([1]), Form::Plain).unwrap(), "1");
        assert!(extract(&json!([1, 2]), Form::Plain).is_err());
    }

    #[test]
    fn dollars_go_and_several_answers_stay() {
        let answer = |text| extract(&json!([text]), Form::Listed).unwrap();
        assert_eq!(answer("$69$,$84$"), "69, 84");
        assert_eq!(answer("$f(n)=n$, $g(n)=1$"), "f(n)=n, g(n)=1");
        assert_eq!(
            answer("$(-\\infty, 0) \\cup\\{1\\}$."),
            "(-\\infty, 0) \\cup\\{1\\}"
        );
        assert_eq!(answer("1,3,5"), "1,3,5");
        assert_eq!(answer("\\$5"), "\\$5");
        assert_eq!(
            extract(&json!(["$1$", "$2$"]), Form::Listed).unwrap(),
            "1, 2"
        );
    }

    #[test]
    fn thousands_separators_go() {
        let answer = |text: &str| extract(&json!(text), Form::AfterHashes).unwrap();
        assert_eq!(answer("so it is\n#### 109,200,000"), "109200000");
        assert_eq!(answer("#### 18"), "18");
        assert_eq!(answer("#### 1,2"), "1,2");
        assert!(extract(&json!("18"), Form::AfterHashes).is_err());
    }

    #[test]
    fn the_box_of_a_solution() {
        let solution = json!("thus \\boxed{\\frac{1}{2}} metres");
        assert_eq!(extract(&solution, Form::Boxed).unwrap(), "\\frac{1}{2}");
        assert!(extract(&json!("no box"), Form::Boxed).is_err());
    }
}

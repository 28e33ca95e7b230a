//! The evaluation as comma-separated values (RFC 4180), one line per number and kind.

use crate::summary::{CellResult, MeanResult, PassAtK, Summary};

const HEADER: &str = "kind,model,source,attempts,questions,dialogues,correct,value,low,high,\
attempts_used,response_tokens,truncated\n";

/// `kind` is `accuracy`, `mean` (over sources) or `pass_at_k` (`attempts` is k); what a kind does
/// not have is empty.
pub fn text(summary: &Summary) -> String {
    let results = summary.results.iter().map(result);
    let means = summary.means.iter().map(mean);
    let passes = summary.pass_at_k.iter().map(pass);
    let lines: String = results.chain(means).chain(passes).collect();
    HEADER.to_owned() + &lines
}

fn result(row: &CellResult) -> String {
    format!(
        "accuracy,{},{},{},{},{},{},{},{},{},{},{},{}\n",
        quoted(&row.model),
        quoted(&row.source),
        row.attempts_allowed,
        row.questions,
        row.dialogues,
        row.correct,
        row.accuracy,
        row.low,
        row.high,
        row.attempts_used,
        row.response_tokens,
        row.truncated
    )
}

fn mean(row: &MeanResult) -> String {
    format!(
        "mean,{},,{},,,,{},{},{},{},{},{}\n",
        quoted(&row.model),
        row.attempts_allowed,
        row.accuracy,
        row.low,
        row.high,
        row.attempts_used,
        row.response_tokens,
        row.truncated
    )
}

fn pass(row: &PassAtK) -> String {
    format!(
        "pass_at_k,{},{},{},{},,,{},{},{},,,\n",
        quoted(&row.model),
        row.source.as_deref().map(quoted).unwrap_or_default(),
        row.k,
        row.questions,
        row.estimate,
        row.low,
        row.high
    )
}

fn quoted(field: &str) -> String {
    if !field.contains([',', '"', '\n', '\r']) {
        return field.to_owned();
    }
    format!("\"{}\"", field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn fields_with_commas_and_quotes_are_quoted() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a,\"b\""), "\"a,\"\"b\"\"\"");
    }
}

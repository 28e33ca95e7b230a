//! The transcripts in `pipelines/README.md` are run, command by command, and must print what the page shows.

use pipeline_tests::transcripts::{Tool, Workshop};

const TOOLS: &[Tool] = &[
    ("| jq", "jq", "jq --version"),
    ("$ jq", "jq", "jq --version"),
    ("import duckdb", "duckdb", "python3 -c 'import duckdb'"),
    (
        "import pandas",
        "pandas",
        "python3 -c 'import pandas, pyarrow'",
    ),
    ("import polars", "polars", "python3 -c 'import polars'"),
];

#[test]
fn transcripts_print_what_the_page_shows() {
    let commands = Workshop::new().check("pipelines/README.md", TOOLS);
    assert!(commands >= 10, "the gallery holds {commands} commands");
}

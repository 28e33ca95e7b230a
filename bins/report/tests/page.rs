//! The page of `report --html`: what it holds, and what is seen when Chromium opens it.

// Helpers of tests may unwrap as tests do.
#![allow(clippy::unwrap_used)]

#[path = "support/browser.rs"]
mod browser;
mod support;

use browser::Browser;
use serde_json::{Value, json};
use support::{EVIL, Runs, base};

/// The dialogues that a page holds.
fn embedded(page: &str) -> Value {
    let start = page.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    let end = start + page[start..].find("</script>").unwrap();
    serde_json::from_str(&page[start..end]).unwrap()
}

fn groups(page: &str) -> Vec<(String, String, usize)> {
    let groups = embedded(page);
    let of = |group: &Value| {
        let text = |field: &str| group[field].as_str().unwrap().to_owned();
        (
            text("run"),
            text("name"),
            group["dialogues"].as_array().unwrap().len(),
        )
    };
    groups.as_array().unwrap().iter().map(of).collect()
}

#[test]
fn a_page_holds_everything_about_its_runs() {
    let runs = Runs::new();
    let page = runs.page(&["five", "one"]);
    for part in [
        "five, one",
        "Right at the second attempt",
        "Mean over question families",
        "best and last (step 2)",
        "50.0 %</span> <small>25.0 – 75.0</small>",
        "Settings that differ",
        "sample-questions.attempts",
        "1 min 40 s</span> <small>67 %</small>",
        "dddddddddddd",
        "bbbbbbbbbbbb",
        "second attempts that are right",
    ] {
        assert!(page.contains(part), "no {part:?}");
    }
    let differing = page.split("Settings that differ").nth(1).unwrap();
    let differing = differing.split("</table>").next().unwrap();
    assert!(
        !differing.contains("run.steps"),
        "both have the same: {differing}"
    );
    assert_eq!(page, runs.page(&["five", "one"]), "the same every time");
}

#[test]
fn what_runs_share_stands_there_once_and_many_runs_are_counted() {
    let runs = Runs::new();
    let table = |page: &str| {
        page.split("with 95 % intervals")
            .nth(1)
            .unwrap()
            .split("</table>")
            .next()
            .unwrap()
            .to_owned()
    };
    let page = runs.page(&["five", "one"]);
    assert_eq!(
        table(&page).matches("start (step 0)").count(),
        1,
        "both start from the same model"
    );
    assert!(
        table(&page).contains("five: test, after"),
        "the other has no test"
    );
    let summary = runs
        .read("one/eval/000002/summary.json")
        .replace("0.75", "0.875");
    runs.write("one/eval/000002/summary.json", &summary);
    let table = table(&runs.page(&["five", "one"]));
    assert!(
        table.contains("five: best and last (step 2)")
            && table.contains("one: best and last (step 2)")
    );
    let page = runs.page(&[
        "five",
        "one",
        "five",
        "one",
        "five",
        "--labels",
        "a,b,c,d,e",
    ]);
    assert!(page.contains("<title>5 runs – reattempt</title>"));
}

#[test]
fn a_page_asks_nobody_for_anything() {
    let runs = Runs::new();
    let page = runs.page(&["five", "one"]);
    let without_names = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for address in ["http:", "https:", "//cdn", "@import", "url(", "src=\""] {
        let shown = without_names.split("id=\"data\">").next().unwrap();
        assert!(!shown.contains(address), "{address}");
    }
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn text_of_dialogues_and_names_cannot_become_part_of_the_page() {
    let runs = Runs::new();
    let page = runs.page(&["five", "--labels", "<img src=x onerror=alert(1)>"]);
    assert!(!page.contains("<img"));
    assert_eq!(page.matches("<script").count(), 2, "the data and our own");
    assert_eq!(page.matches("</script").count(), 2);
    let question = embedded(&page)[0]["dialogues"][0]["question"].clone();
    assert!(question.as_str().unwrap().ends_with(EVIL), "{question}");
}

#[test]
fn dialogues_are_few_the_same_and_of_every_evaluation() {
    let runs = Runs::new();
    let group = |name: &str, count: usize| ("five".to_owned(), name.to_owned(), count);
    let expected = [
        group("test, after", 50),
        group("test, before", 50),
        group("comparison, attempts", 5),
        group("evaluation, step 2", 50),
        group("evaluation, start", 50),
        group("training, step 2", 20),
    ];
    let page = runs.page(&["five"]);
    let found = groups(&page);
    assert_eq!(found, expected);
    let counts =
        |groups: &[(String, String, usize)]| groups.iter().map(|group| group.2).collect::<Vec<_>>();
    let few = runs.page(&["five", "--dialogues", "3"]);
    assert_eq!(counts(&groups(&few)), [3; 6]);
    let ids = |page: &str, group: usize| {
        let dialogues = embedded(page)[group]["dialogues"]
            .as_array()
            .unwrap()
            .clone();
        dialogues
            .iter()
            .map(|one| one["question_id"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        ids(&few, 0),
        ids(&few, 1),
        "the same questions can be compared"
    );
    assert_eq!(ids(&few, 0), ids(&page, 0)[..3]);
    let none = runs.page(&["five", "--dialogues", "0"]);
    assert!(!none.contains("id=\"filters\"") && groups(&none).is_empty());
}

#[test]
fn a_run_without_a_tokenizer_says_why_tokens_have_no_colours() {
    let runs = Runs::new();
    let page = runs.page(&["one"]);
    assert!(page.contains("no tokenizer.json was found (looked in: nowhere&#x2f;at-all)"));
    let turn = |page: &str| embedded(page)[0]["dialogues"][0]["turns"][0].clone();
    assert_eq!(turn(&page)["tokens"], json!([]));
    let model = base();
    let page = runs.page(&["one", "--model", model.to_str().unwrap()]);
    assert!(!page.contains("no tokenizer.json"));
    assert_eq!(turn(&page)["logprobs"], json!([-0.125, -1.5, -0.5]));
    assert!(turn(&page)["feedback"].is_string());
}

#[test]
fn what_cannot_be_shown_is_named() {
    let runs = Runs::new();
    runs.fails(
        &["five", "--html", "p.html", "--model", "nowhere"],
        &["--model", "nowhere"],
    );
    runs.fails(&["five", "--html", "no/such/p.html"], &["no/such/p.html"]);
    runs.write("one/eval/000002/summary.json", "[]");
    runs.fails(
        &["one", "--html", "p.html"],
        &["one/eval/000002/summary.json", "evaluate"],
    );
    runs.write("five/test/after/graded.parquet", "PAR1");
    runs.fails(
        &["five", "--html", "p.html"],
        &["five/test/after/graded.parquet"],
    );
    runs.write("five/settings.toml", "[run");
    runs.fails(&["five", "--html", "p.html"], &["five/settings.toml"]);
    runs.report(&["five", "--dialogues", "3"]).assert().code(2);
    assert!(!runs.path("p.html").exists());
}

// --- in a browser ---------------------------------------------------------------------------------------------------

const LIGHT: &[&str] = &[
    "--window-size=1280,900",
    "--blink-settings=preferredColorScheme=1",
];
const DARK: &[&str] = &[
    "--window-size=1280,900",
    "--blink-settings=preferredColorScheme=0",
];

/// Presses a key, then what is asked.
const PRESS: &str = "const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true})); \
    const text = (selector) => document.querySelector(selector).textContent; ";

#[test]
fn keys_and_filters_browse_dialogues() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let runs = Runs::new();
    let page = runs.page(&["five"]);
    let script = PRESS.to_owned()
        + "const seen = {first: [text('#place'), text('.question')]};
        press('j'); seen.second = [text('#place'), text('.question')];
        press('k'); seen.back = [text('#place'), text('.question')];
        press('/'); seen.focus = document.activeElement.name;
        document.activeElement.blur();
        const choose = (name, value) => { const field = document.querySelector('#filters').elements[name];
            field.value = value; field.dispatchEvent(new Event('change')); };
        choose('outcome', '2'); seen.solved = [text('#place'), text('#dialogue .turn:last-child .verdict')];
        choose('outcome', 'unsolved'); seen.unsolved = text('#dialogue .turn:last-child .verdict');
        document.querySelector('#filters').elements.changed.click(); seen.changed = text('#dialogue');
        press('?'); seen.keys = document.querySelector('#keys').open;
        return seen;";
    let seen = browser.ask(&page, LIGHT, &script);
    let first = &embedded(&page)[0]["dialogues"][0]["question"];
    let second = &embedded(&page)[0]["dialogues"][1]["question"];
    assert_eq!(seen["first"], json!(["1 of 50", first]));
    assert_eq!(seen["second"], json!(["2 of 50", second]));
    assert_eq!(seen["back"], seen["first"]);
    assert_eq!(seen["focus"], "text");
    assert_eq!(seen["solved"][1], "correct");
    assert_eq!(seen["unsolved"], "wrong");
    assert_eq!(seen["changed"], "No dialogue is like that.");
    assert_eq!(seen["keys"], true);
}

#[test]
fn tokens_are_coloured_by_what_the_file_holds() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let runs = Runs::new();
    let page = runs.page(&["five"]);
    let script = PRESS.to_owned()
        + "const form = document.querySelector('#filters').elements;
        const offered = () => [...form.colour.options].map((option) => option.value);
        const grounds = () => [...document.querySelectorAll('.text span')].map((span) => getComputedStyle(span).backgroundColor);
        const seen = {evaluation: offered(), plain: grounds()[1]};
        form.group.value = form.group.options.length - 1; form.group.dispatchEvent(new Event('change'));
        seen.step = offered();
        press('c'); press('c'); seen.colour = form.colour.value; seen.painted = grounds().slice(0, 2);
        seen.title = document.querySelector('.text span').title;
        return seen;";
    let seen = browser.ask(&page, LIGHT, &script);
    assert_eq!(seen["evaluation"], json!(["none", "logprobs"]));
    assert_eq!(seen["plain"], "rgba(0, 0, 0, 0)");
    assert_eq!(
        seen["step"],
        json!(["none", "logprobs", "advantages", "values"])
    );
    assert_eq!(seen["colour"], "advantages");
    assert_eq!(
        seen["painted"],
        json!(["rgba(0, 114, 178, 0.65)", "rgba(213, 94, 0, 0.65)"])
    );
    assert_eq!(seen["title"], "advantage 1.5");
}

#[test]
fn evil_text_is_shown_and_nothing_is_fetched() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let runs = Runs::new();
    let page = runs.page(&["five"]);
    let script = "await new Promise((resolve) => setTimeout(resolve, 200));
        return {title: document.title, images: document.images.length, question: document.querySelector('.question').textContent,
            fetched: performance.getEntriesByType('resource').map((one) => one.name)};";
    let seen = browser.ask(&page, LIGHT, script);
    assert_eq!(seen["title"], "five – reattempt");
    assert_eq!(seen["images"], 0);
    assert_eq!(seen["fetched"], json!([]));
    assert!(seen["question"].as_str().unwrap().ends_with(EVIL), "{seen}");
}

#[test]
fn light_and_dark_follow_the_system_and_the_reader() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let runs = Runs::new();
    let page = runs.page(&["five"]);
    let script = PRESS.to_owned()
        + "const colours = () => [getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector('#curves figure text')).fill,
            getComputedStyle(document.querySelector('#curves figure rect')).fill];
        const seen = [colours()]; press('t'); seen.push(colours()); return seen;";
    let light = json!([
        "rgb(251, 251, 250)",
        "rgb(34, 34, 34)",
        "rgb(255, 255, 255)"
    ]);
    let dark = json!(["rgb(21, 23, 26)", "rgb(230, 231, 232)", "rgb(29, 32, 36)"]);
    assert_eq!(browser.ask(&page, LIGHT, &script), json!([light, dark]));
    // Another reader: what the first one chose is remembered.
    let browser = Browser::find().unwrap();
    assert_eq!(browser.ask(&page, DARK, &script), json!([dark, light]));
}

#[test]
fn nothing_is_wider_than_a_telephone() {
    let Some(browser) = Browser::find() else {
        return;
    };
    let runs = Runs::new();
    let page = runs.page(&["five", "one"]);
    // A window may have a least width; a frame has none.
    let script = "const frame = document.createElement('iframe'); frame.style.cssText = 'width:375px;height:800px;border:0';
        const whole = document.documentElement.cloneNode(true); whole.querySelector('script[type=module]').remove();
        document.body.replaceChildren(frame);
        frame.contentDocument.open(); frame.contentDocument.write('<!doctype html>' + whole.outerHTML); frame.contentDocument.close();
        await new Promise((resolve) => setTimeout(resolve, 300));
        for (const one of frame.contentDocument.querySelectorAll('details')) one.open = true;
        const root = frame.contentDocument.documentElement;
        return [frame.contentWindow.innerWidth, root.scrollWidth - root.clientWidth, frame.contentDocument.querySelector('#place').textContent];";
    let seen = browser.ask(&page, LIGHT, script);
    assert_eq!(seen, json!([375, 0, "1 of 50"]));
}

//! `learn_mask` and `value_mask`: which policy tokens are learned from.
#![allow(clippy::unwrap_used)]

mod support;

use fixtures::contents;
use serde_json::{Value, json};
use support::Bench;

/// Every second policy token.
fn half(row: &Value) -> Value {
    let mut kept = false;
    let mask = row["loss_mask"].as_array().unwrap().iter();
    let mask = mask.map(|on| {
        kept = (on == true) != kept;
        json!(on == true && kept)
    });
    mask.collect()
}

fn with_masks(rows: &[Value], masks: &[&str], of: impl Fn(&Value) -> Value) -> Vec<Value> {
    let mut rows = rows.to_vec();
    for row in &mut rows {
        for mask in masks {
            row[mask] = of(row);
        }
    }
    rows
}

fn seconds_aside(mut records: Vec<Value>) -> Vec<Value> {
    for record in &mut records {
        record.as_object_mut().unwrap().remove("seconds");
    }
    records
}

#[test]
fn masks_of_all_policy_tokens_change_nothing() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let plain = bench.run("plain", &[]);
    let all = |row: &Value| row["loss_mask"].clone();
    bench.write_rows(&with_masks(&bench.rows, &["learn_mask", "value_mask"], all));
    let masked = bench.run("masked", &[]);
    assert_eq!(seconds_aside(plain), seconds_aside(masked));
    assert!(contents(&bench.path("plain")) == contents(&bench.path("masked")));
}

/// What is not learned from might as well not be the policy's.
#[test]
fn a_learn_mask_is_a_narrower_loss_mask() {
    let Some(bench) = Bench::new() else { return };
    let narrow = |mask: &str| with_masks(&bench.rows, &[mask], half);
    bench.write_rows(&narrow("loss_mask"));
    let expected = bench.run("loss-mask", &["--minibatch", "4"]);
    bench.write_rows(&narrow("learn_mask"));
    let found = bench.run("learn-mask", &["--minibatch", "4"]);
    assert_eq!(seconds_aside(found), seconds_aside(expected));
    assert!(contents(&bench.path("loss-mask")) == contents(&bench.path("learn-mask")));
}

/// The mean of the value loss is over the critic's tokens, that of the policy loss over the policy's.
#[test]
fn a_value_mask_is_for_the_critic_alone() {
    let Some(bench) = Bench::new() else { return };
    bench.write_rows(&bench.rows);
    let all = bench.run("all", &[]);
    bench.write_rows(&with_masks(&bench.rows, &["loss_mask"], half));
    let halves = bench.run("half", &[]);
    bench.write_rows(&with_masks(&bench.rows, &["value_mask"], half));
    let found = bench.run("critic-half", &[]);
    let of = |name: &str, part: &str| contents(&bench.path(name).join(part));
    assert!(of("critic-half", "policy") == of("all", "policy"));
    assert!(of("critic-half", "critic") == of("half", "critic"));
    assert!(of("critic-half", "critic") != of("all", "critic"));
    assert_eq!(found[0]["policy_tokens"], all[0]["policy_tokens"]);
    assert_eq!(found[0]["value_tokens"], halves[0]["policy_tokens"]);
    assert_eq!(found[0]["value_loss"], halves[0]["value_loss"]);
    assert_eq!(found[0]["policy_loss"], all[0]["policy_loss"]);
}

#[test]
fn dialogues_that_nothing_is_learned_from_are_left_out() {
    let Some(bench) = Bench::new() else { return };
    let nothing = |row: &Value| json!(vec![false; row["loss_mask"].as_array().unwrap().len()]);
    let mut rows = bench.rows.clone();
    rows[2]["learn_mask"] = nothing(&rows[2]);
    bench.write_rows(&rows);
    assert_eq!(bench.run("seven", &[])[0]["dialogues"], 7);
    bench.write_rows(&with_masks(&bench.rows, &["learn_mask"], nothing));
    assert!(
        bench
            .fail(&[])
            .contains("no dialogue has a policy token to learn from")
    );
    // The policy still learns where the critic has nothing to.
    bench.write_rows(&with_masks(&bench.rows, &["value_mask"], nothing));
    let record = &bench.run("policy-alone", &[])[0];
    assert_eq!(record["value_tokens"], 0);
    assert!(record["policy_loss"].is_number() && record.get("value_loss").is_none());
}

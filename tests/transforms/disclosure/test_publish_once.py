"""Over time: a person-based cell is published once and corrected only in groups of people."""

import polars as pl

PARENTS = {"acme": None, "a": "acme", "b": "acme"}
A, B = range(20), range(100, 120)


def answers(world, kind_a=9, kind_b=9, *, a=A, b=B):
    return world.kpi(world.rows(world.team("a", a, kind_a) + world.team("b", b, kind_b)))


def values(world, disclosed):
    return {unit: world.row(disclosed, unit)["value"] for unit in ("acme", "a", "b")}


def temporal(disclosed):
    return disclosed.hidden.filter(rule="temporal")["n_cells"].sum()


def test_a_second_run_changes_nothing(world):
    acme = world(PARENTS)
    first = acme.night(answers(world), run_id="one")
    second = acme.night(answers(world), run_id="two", later=1)
    assert second.rows.equals(first.rows)
    assert second.ledger_additions.is_empty()
    assert second.restatements.is_empty()
    assert temporal(second) == 0


def test_hidden_cells_stay_in_their_state_on_a_second_run(world):
    acme = world({"acme": None, "a": "acme", "b": "acme", "c": "acme"})
    kpi = world.kpi(world.rows(world.team("a", range(4)) + world.team("b", range(10, 16), 3) + world.team("c", B, 9)))
    first = acme.night(kpi, run_id="one")
    second = acme.night(kpi, run_id="two", later=1)
    assert second.rows.equals(first.rows)
    assert set(world.states(first).values()) == {"published", "suppressed_primary", "suppressed_complementary"}


def test_a_change_by_four_people_never_shows(world):
    # 9 of 20 becomes 13 of 20: four people changed their answer.
    acme = world(PARENTS)
    first = acme.night(answers(world, kind_a=9))
    second = acme.night(answers(world, kind_a=13), run_id="two", later=1)
    assert second.rows.equals(first.rows)
    assert second.ledger_additions.is_empty()
    assert second.restatements.is_empty()
    assert temporal(second) == 2  # team a and the company above it


def test_a_change_by_five_people_is_a_correction(world):
    # Team b has five people: before, a 8/20 and acme 10/25; after, a 13/20 and acme 15/25; b is 2/5 as it was.
    few, acme = range(100, 105), world(PARENTS)
    acme.night(answers(world, 8, 2, b=few), run_id="one")
    second = acme.night(answers(world, 13, 2, b=few), run_id="two", later=1)
    assert values(world, second) == {"acme": 0.6, "a": 0.65, "b": 0.4}
    assert [world.row(second, unit)["run_id"] for unit in ("acme", "a", "b")] == ["two", "two", "one"]
    assert second.ledger_additions.select("org_unit_id", "revision").rows() == [("a", 1), ("acme", 1)]
    restated = second.restatements.select("org_unit_id", "old_value", "new_value").rows()
    assert restated == [("a", 0.4, 0.65), ("acme", 0.4, 0.6)]
    third = acme.night(answers(world, 13, 2, b=few), run_id="three", later=2)
    assert third.rows.equals(second.rows)


def test_people_who_join_or_leave_count_as_changed(world):
    acme = world(PARENTS)
    first = acme.night(answers(world))
    assert acme.night(answers(world, a=range(24)), later=1).rows.equals(first.rows)
    assert acme.night(answers(world, a=range(16)), later=2).rows.equals(first.rows)
    assert acme.night(answers(world, a=range(25)), later=3).ledger_additions.height == 2


def test_the_difference_of_two_corrections_is_a_group_too(world):
    # Five changed in team a, one in team b: the company's correction less that of a would be one person of b.
    acme = world(PARENTS)
    first = acme.night(answers(world))
    second = acme.night(answers(world, kind_a=14, kind_b=10), run_id="two", later=1)
    assert values(world, second) == values(world, first) | {"a": 0.7}
    assert second.ledger_additions["org_unit_id"].to_list() == ["a"]


def test_a_correction_is_measured_against_every_earlier_revision(world):
    # First to second night people 9..13 turn kind. On the third 9..11 turn back and 14, 15 turn kind: five people
    # differ from the second night, but only four from the first.
    def kind(*people):
        happened = [("a", person, float(person in people)) for person in A]
        return world.kpi(world.rows(happened + world.team("b", B, 9)))

    acme = world(PARENTS)
    acme.night(kind(*range(9)), run_id="one")
    second = acme.night(kind(*range(14)), run_id="two", later=1)
    assert world.row(second, "a")["run_id"] == "two"
    third = acme.night(kind(*range(9), 12, 13, 14, 15), run_id="three", later=2)
    assert third.rows.equals(second.rows)
    # Back to the very first answers: nobody differs from the first night, five from the second.
    fourth = acme.night(kind(*range(9)), run_id="four", later=3)
    assert world.row(fourth, "a")["value"] == 0.45
    assert fourth.ledger_additions.select("org_unit_id", "revision").rows() == [("a", 2), ("acme", 2)]


def test_a_correction_may_not_leave_a_small_group(world):
    # 16 of 20 leave: many changed, but four people are no group; the number stays as it was published.
    acme = world(PARENTS)
    first = acme.night(answers(world))
    second = acme.night(answers(world, a=range(4)), run_id="two", later=1)
    assert second.rows.equals(first.rows)


def test_a_cell_hidden_once_is_not_shown_beside_older_numbers(world):
    # Team b had four people and grows to nine. The company is out with the four in it.
    acme = world(PARENTS)
    acme.night(answers(world, kind_b=2, b=range(100, 104)), run_id="one")
    second = acme.night(answers(world, kind_b=5, b=range(100, 109)), run_id="two", later=1)
    assert world.states(second)["b"] == "suppressed_temporal"
    assert world.row(second, "b")["value"] is None
    assert second.hidden.filter(rule="temporal").height == 1


def test_a_team_whose_answers_all_come_later_may_follow(world):
    acme = world(PARENTS)
    acme.night(world.kpi(world.rows(world.team("a", A, 9))), run_id="one")
    second = acme.night(answers(world), run_id="two", later=1)
    assert world.states(second) == {"acme": "published", "a": "published", "b": "published"}
    assert {unit: world.row(second, unit)["run_id"] for unit in ("acme", "a", "b")} == {
        "acme": "one",  # 9/20 and 18/40 are both 0.45, in the same band: nothing to restate
        "a": "one",
        "b": "two",
    }


def test_a_night_run_again_with_other_data_corrects_nothing(world):
    acme = world(PARENTS)
    first = acme.night(answers(world))
    again = acme.night(answers(world, kind_a=18), run_id="again")
    assert again.rows.equals(first.rows)
    backfill = acme.night(answers(world, kind_a=18), run_id="backfill", later=-30)
    assert backfill.rows.equals(first.rows)


def test_published_cells_outlive_their_data(world):
    acme = world(PARENTS)
    first = acme.night(answers(world))
    other = world.kpi(world.rows(world.team("a", A, 9), component="other"), components=("main", "other"))
    second = acme.night(other, run_id="two", later=1)
    assert second.rows.filter(component="main").equals(first.rows)
    assert temporal(second) == 0


def test_components_of_a_cell_are_corrected_together_or_not_at_all(world):
    # Of the shares that sum to one, `kind` changed in six people and `unkind` in two: 1 - kind would show the two.
    def shares(kind, unkind):
        parts = [
            world.rows(world.team("acme", A, n), component=name) for name, n in (("kind", kind), ("unkind", unkind))
        ]
        return world.kpi(pl.concat(parts), components=("kind", "unkind"))

    acme = world({"acme": None})
    first = acme.night(shares(8, 12))
    assert acme.night(shares(14, 10), run_id="two", later=1).rows.equals(first.rows)
    assert set(acme.night(shares(14, 6), run_id="three", later=2).rows["run_id"]) == {"three"}


def crowd(world, n_answers, kind):
    happened = world.rows([("acme", 0, float(n < kind)) for n in range(n_answers)], crowd_item_id="item")
    return world.kpi(happened.with_columns(respondent_key=pl.lit(None, dtype=pl.String)))


def test_of_answers_without_a_person_only_growth_by_a_group_shows(world):
    acme = world({"acme": None})
    first = acme.night(crowd(world, 20, 9))
    # The same number of answers, other contents: nobody knows whose changed.
    assert acme.night(crowd(world, 20, 15), later=1).rows.equals(first.rows)
    assert acme.night(crowd(world, 24, 15), later=2).rows.equals(first.rows)
    assert world.row(acme.night(crowd(world, 25, 15), later=3), "acme")["value"] == 0.6


def test_a_correction_is_never_exact(world):
    acme = world({"acme": None})
    first = acme.night(world.kpi(world.rows(world.team("acme", range(100), 33))))
    assert world.row(first, "acme")["numerator"] == 33.0
    second = acme.night(world.kpi(world.rows(world.team("acme", range(100), 40))), run_id="two", later=1)
    assert (world.row(second, "acme")["value"], world.row(second, "acme")["numerator"]) == (0.4, None)


def test_another_definition_of_the_same_answers_is_published_afresh(world):
    acme = world(PARENTS)
    acme.night(answers(world), run_id="one")
    kpi = world.kpi(answers(world).observe(None).collect(), version=2)
    second = acme.night(kpi, run_id="two", later=1)
    assert set(second.rows.select("definition_version", "state", "run_id").rows()) == {(2, "published", "two")}
    assert set(second.ledger_additions["revision"]) == {1}
    assert acme.night(kpi, run_id="three", later=2).rows.equals(second.rows)


def test_a_definition_that_reads_the_answers_of_four_people_otherwise_shows_nothing_of_them(world):
    # Version 2 counts 13 of a's 20 as favourable, version 1 counted 9; b is read as before.
    acme = world(PARENTS)
    acme.night(answers(world, kind_a=9), run_id="one")
    kpi = world.kpi(answers(world, kind_a=13).observe(None).collect(), version=2)
    second = acme.night(kpi, run_id="two", later=1)
    held = {"acme": "suppressed_temporal", "a": "suppressed_temporal", "b": "published"}
    assert world.states(second) == held
    assert world.states(acme.night(kpi, run_id="three", later=2)) == held


def test_a_definition_that_reads_the_answers_of_five_people_otherwise_is_shown(world):
    acme = world(PARENTS)
    acme.night(answers(world, kind_a=8), run_id="one")
    kpi = world.kpi(answers(world, kind_a=13).observe(None).collect(), version=2)
    assert values(world, acme.night(kpi, run_id="two", later=1))["a"] == 0.65


def test_another_definition_on_the_same_night_waits_for_the_next(world):
    acme = world(PARENTS)
    acme.night(answers(world), run_id="one")
    kpi = world.kpi(answers(world).observe(None).collect(), version=2)
    assert set(world.states(acme.night(kpi, run_id="two")).values()) == {"suppressed_temporal"}
    assert set(world.states(acme.night(kpi, run_id="three", later=1)).values()) == {"published"}

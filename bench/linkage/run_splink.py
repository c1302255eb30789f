"""One run of Splink (4 or 5) on a spec: loads two Parquet tables, then trains, predicts, writes and clusters, timed.

python run_splink.py spec.json data_folder out_folder threads memory_limit
Prints one line of JSON: seconds by stage (wall and CPU of all threads), peak memory in MB, versions.
"""

import json
import logging
import resource
import sys
import time
import warnings

warnings.filterwarnings("ignore")
import duckdb  # noqa: E402
import splink  # noqa: E402
from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: E402

logging.getLogger("splink").setLevel(logging.ERROR)
NEWER = int(splink.__version__.split(".")[0]) >= 5


def test_sql(t):
    kind = t["test"]
    if kind == "equal":
        c = t["column"]
        return f'"{c}_l" = "{c}_r"'
    if kind == "reversed":
        a, b = t["columns"]
        return f'"{a}_l" = "{b}_r" AND "{a}_r" = "{b}_l"'
    c = t["column"]
    if kind == "within":
        return f'abs("{c}_l" - "{c}_r") <= {t["at_most"]}'
    if kind == "jaro_winkler":
        return f'jaro_winkler_similarity("{c}_l", "{c}_r") >= {t["at_least"]}'
    return f'{kind}("{c}_l", "{c}_r") <= {t["at_most"]}'


def comparison(c):
    missing = " AND ".join(f'("{x}_l" IS NULL OR "{x}_r" IS NULL)' for x in c["columns"])
    levels = [{"sql_condition": missing, "label_for_charts": "missing", "is_null_level": True}]
    for level in c["levels"]:
        tests = level.get("tests")
        made = {
            "sql_condition": " AND ".join(test_sql(t) for t in tests) if tests else "ELSE",
            "label_for_charts": level["name"],
        }
        if "term_frequency" in level:
            made["tf_adjustment_column"] = level["term_frequency"]
            made["tf_adjustment_weight"] = 1.0
        levels.append(made)
    return {"output_column_name": c["name"], "comparison_levels": levels}


def main():
    spec_file, data, out, threads, memory = sys.argv[1:6]
    spec = json.load(open(spec_file))
    linking = spec["link_type"] == "link_only"
    tables = ["a_left", "b_right"] if linking else ["a_left"]
    connection = duckdb.connect(config={"threads": int(threads), "memory_limit": memory, "temp_directory": f"{out}/spill"})
    for name in tables:
        side = name[2:]
        connection.execute(f"create table {name} as select * from read_parquet('{data}/{side}.parquet')")
    api = DuckDBAPI(connection)

    stages = {}
    clock = [time.perf_counter(), time.process_time()]

    def done(stage):
        now = [time.perf_counter(), time.process_time()]
        stages[stage] = {"wall": now[0] - clock[0], "cpu": now[1] - clock[1]}
        clock[:] = now

    settings = SettingsCreator(
        link_type=spec["link_type"],
        comparisons=[comparison(c) for c in spec["comparisons"]],
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in spec["rules"]],
        unique_id_column_name="record_id",
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=False,
    )
    if NEWER:
        inputs = [api.register(name, dataset_display_name=name + "_in") for name in tables]
        linker = Linker(inputs if linking else inputs[0], settings, log_level=logging.ERROR)
    else:
        linker = Linker(tables if linking else tables[0], settings, api, set_up_basic_logging=False)
    training = spec["training"]
    linker.training.estimate_probability_two_random_records_match(
        [block_on(*rule) for rule in training["deterministic_rules"]], recall=training["recall"]
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=training["u_pairs"], seed=1)
    done("u")
    for rule in training["em_rules"]:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*rule), estimate_without_term_frequencies=True
        )
    done("em")
    predicted = linker.inference.predict(threshold_match_probability=spec["least_probability"])
    connection.execute(
        f"copy (select record_id_l as left_id, record_id_r as right_id, match_weight, match_probability"
        f" from {predicted.physical_name}) to '{out}/pairs.parquet' (format parquet)"
    )
    done("predict")
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
        predicted, threshold_match_probability=spec["cluster_probability"]
    )
    connection.execute(f"copy (select * from {clusters.physical_name}) to '{out}/clusters.parquet' (format parquet)")
    done("cluster")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    core = linker._settings_obj
    learnt = []
    for made, asked in zip(core.comparisons, spec["comparisons"]):
        found = [level for level in made.comparison_levels if not level.is_null_level]
        learnt.append(
            {
                "name": asked["name"],
                "levels": [{"m": level.m_probability, "u": level.u_probability} for level in found],
            }
        )
    for c in sorted({x["term_frequency"] for y in spec["comparisons"] for x in y["levels"] if "term_frequency" in x}):
        table = linker.table_management.compute_tf_table(c).physical_name
        connection.execute(
            f'copy (select "{c}" as value, "tf_{c}" as share from {table}) to \'{out}/tf_{c}.parquet\' (format parquet)'
        )
    trained = {"prior": core._probability_two_random_records_match, "comparisons": learnt}
    json.dump(trained, open(f"{out}/trained.json", "w"), indent=1)
    print(json.dumps({"version": splink.__version__, "duckdb": duckdb.__version__, "stages": stages, "peak_mb": peak}))


main()
